"""What a data set tells of itself: series, place, day and the size of a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from consortium.files.dicom.origin import Origin, origin_of, spacing_of, taken_on
from consortium.files.dicom.windows import line_through


def dataset(**elements: Any) -> Dataset:
    made = Dataset()
    for name, value in elements.items():
        setattr(made, name, value)
    return made


LYING = {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}


def test_the_place_is_taken_along_the_scanned_direction() -> None:
    assert origin_of(dataset(ImagePositionPatient=[9, 9, 42.5], **LYING)).place == 42.5


def test_a_tilted_slice_has_its_place_along_its_own_normal() -> None:
    tilted = dataset(ImagePositionPatient=[0, 3, 4], ImageOrientationPatient=[1, 0, 0, 0, 0.8, -0.6])
    assert origin_of(tilted).place == pytest.approx(5.0)


def test_without_a_position_the_slices_location_counts() -> None:
    assert origin_of(dataset(SliceLocation="-12.5", **LYING)).place == -12.5


@pytest.mark.parametrize("position", [[1, 2], None, []])
def test_damaged_positions_are_none(position: Any) -> None:
    assert origin_of(dataset(ImagePositionPatient=position, **LYING)).place is None


def test_series_and_number() -> None:
    assert origin_of(dataset(SeriesInstanceUID="1.2.3", InstanceNumber="7")) == Origin("1.2.3", None, 7)


def test_a_file_that_tells_nothing() -> None:
    assert origin_of(Dataset()) == Origin("", None, None)


def test_a_number_beyond_the_databases_is_none() -> None:
    assert origin_of(dataset(InstanceNumber=str(2**31))).number is None


@pytest.mark.parametrize(
    ("elements", "day"),
    [
        ({"StudyDate": "20260102"}, "2026-01-02"),
        ({"StudyDate": "20260102", "AcquisitionDate": "20260103"}, "2026-01-03"),
        ({"StudyDate": "", "SeriesDate": "20260104"}, "2026-01-04"),
        ({}, ""),
    ],
)
def test_the_day_it_was_taken(elements: dict[str, str], day: str) -> None:
    assert taken_on(dataset(**elements)) == day


def test_spacing_in_the_body_comes_before_that_at_the_detector() -> None:
    assert spacing_of(dataset(PixelSpacing=[0.5, 0.4], ImagerPixelSpacing=[1, 1])) == ([0.5, 0.4], "body")


def test_spacing_at_the_detector_is_told_as_such() -> None:
    assert spacing_of(dataset(ImagerPixelSpacing=[0.14, 0.14])) == ([0.14, 0.14], "detector")


def test_spacing_of_a_scanned_film() -> None:
    assert spacing_of(dataset(NominalScannedPixelSpacing=[0.1, 0.1])) == ([0.1, 0.1], "film")


def test_spacing_of_an_enhanced_multi_frame_file() -> None:
    group = dataset(PixelMeasuresSequence=Sequence([dataset(PixelSpacing=[0.7, 0.7])]))
    assert spacing_of(dataset(SharedFunctionalGroupsSequence=Sequence([group]))) == ([0.7, 0.7], "body")


def test_spacing_of_an_enhanced_file_without_measures() -> None:
    assert spacing_of(dataset(SharedFunctionalGroupsSequence=Sequence([Dataset()]))) == ([], "")


@pytest.mark.parametrize("spacing", [[0, 0], [-1, 1], [500, 500], [1]])
def test_an_impossible_spacing_is_not_calibrated(spacing: list[float]) -> None:
    assert spacing_of(dataset(PixelSpacing=spacing)) == ([], "")


def test_a_straight_line_of_values_is_found() -> None:
    assert line_through(np.arange(4096, dtype=np.float64) * 2 - 1024) == [2.0, -1024.0]


def test_a_crooked_one_is_not() -> None:
    assert line_through(np.square(np.arange(100, dtype=np.float64))) == []


def test_one_value_is_no_line() -> None:
    assert line_through(np.zeros(16)) == []
