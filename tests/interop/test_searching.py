"""Search parameters, as conditions on columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from consortium.interop.r4.kinds import Kind, Param, Reader, Source, kinds, register
from consortium.interop.r4.searching import BadSearch, coded, conditions, dated, kept, refers, token, uuids, wanted
from consortium.kernel.actors import ANONYMOUS

ONE, TWO = UUID(int=11), UUID(int=12)


def where(param: Param, *values: str) -> Q:
    assert param.where is not None
    return param.where(values)


def parts(condition: Q) -> dict[str, Any]:
    """The comparisons of a condition, flat."""
    found: dict[str, Any] = {}
    children: list[Any] = condition.children
    for child in children:
        found |= parts(child) if isinstance(child, Q) else dict([child])
    return found


@pytest.mark.parametrize("text", [f"Patient/{ONE}", f"{ONE}", f"http://localhost/fhir/R4/Patient/{ONE}"])
def test_a_reference_may_be_written_in_three_ways(text: str) -> None:
    assert uuids([text], "Patient") == [ONE]


@pytest.mark.parametrize("text", [f"Task/{ONE}", "Patient/none", "", "Patient/"])
def test_what_cannot_be_it_names_nothing(text: str) -> None:
    assert uuids([text], "Patient") == []


def test_a_reference_is_compared_with_its_column() -> None:
    assert parts(where(refers("Patient", "case__patient_id"), f"{ONE}", f"{TWO}")) == {
        "case__patient_id__in": [ONE, TWO]
    }


def test_a_code_stands_for_its_condition() -> None:
    status = coded({"active": Q(step="open"), "completed": Q(step="closed")})
    assert parts(where(status, "active"))["step"] == "open"


def test_a_code_may_carry_its_system() -> None:
    assert parts(where(coded({"active": Q(step="open")}), "http://x|active"))["step"] == "open"


def test_an_unknown_code_finds_nothing() -> None:
    assert parts(where(coded({"active": Q(step="open")}), "gone")) == {"pk__in": ()}


def test_a_token_is_given_in_its_two_parts() -> None:
    seen: list[tuple[str, str]] = []

    def note(system: str, code: str) -> Q:
        seen.append((system, code))
        return Q()

    where(token(note), "urn:x|7", "8", "urn:x|")
    assert seen == [("urn:x", "7"), ("", "8")]


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("2026-11-22", {"at__gte": (21, 16), "at__lt": (22, 16)}),
        ("ge2026-11-22", {"at__gte": (21, 16)}),
        ("gt2026-11-22", {"at__gte": (22, 16)}),
        ("lt2026-11-22", {"at__lt": (21, 16)}),
        ("le2026-11-22", {"at__lt": (22, 16)}),
    ],
)
def test_a_day_is_the_consortium_s_own(text: str, compared: dict[str, tuple[int, int]]) -> None:
    """From midnight to midnight in Shanghai, which is 16 h UTC."""
    told = parts(where(dated("at"), text))
    told.pop("pk__in")
    assert {name: (at.astimezone(UTC).day, at.astimezone(UTC).hour) for name, at in told.items()} == compared


@pytest.mark.parametrize("text", ["ge2026-11-22T08:30:00Z", "ge2026-11-22T16:30:00+08:00", "ge2026-11-22T16:30:00"])
def test_an_instant_may_have_a_zone_or_the_consortium_s(text: str) -> None:
    assert parts(where(dated("at"), text))["at__gte"] == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_a_plus_lost_in_an_address_is_found_again() -> None:
    assert parts(where(dated("at"), "ge2026-11-22T16:30:00 08:00"))["at__gte"].hour == 8


def test_an_instant_is_as_precise_as_it_is_written() -> None:
    told = parts(where(dated("at"), "2026-11-22T08:30:00.250Z"))
    assert (told["at__lt"] - told["at__gte"]).total_seconds() == 0.001


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "ge", "2026-11-22T99:00:00Z"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadSearch) as refused:
        where(dated("at"), text)
    assert refused.value.status == 400


# -- over one source --------------------------------------------------------------------------------------------------


SOURCE = Source(
    rows=lambda: None, shape=lambda reader, rows: [],
    params={"subject": refers("Patient", "patient_id"), "status": kept("status"), "code": kept("code", "text")},
    child="case.patient_id",
)  # fmt: skip


def test_occurrences_are_joined_by_and_values_by_or() -> None:
    condition = conditions(SOURCE, {"subject": [f"{ONE},{TWO}", f"{TWO}"]})
    assert condition.connector == "AND"
    assert [child[1] for child in condition.children if isinstance(child, tuple)] == [[ONE, TWO], [TWO]]


def test_a_parameter_of_another_source_finds_nothing_here() -> None:
    assert parts(conditions(SOURCE, {"sender": ["x"]})) == {"pk__in": ()}


def test_what_no_column_tells_is_asked_of_the_resource() -> None:
    assert conditions(SOURCE, {"status": ["received"]}) == Q()
    assert wanted(SOURCE, {"status": ["received,rejected"]}, {"status": "rejected"})
    assert not wanted(SOURCE, {"status": ["received"]}, {"status": "rejected"})


def test_a_path_that_is_not_there_is_not_equal() -> None:
    assert not wanted(SOURCE, {"code": ["x"]}, {"code": "x"})
    assert wanted(SOURCE, {"code": ["x"]}, {"code": {"text": "x"}})


def test_a_source_knows_whom_a_row_is_about() -> None:
    class Row:
        patient_id = ONE
        case: Any

    row = Row()
    row.case = row
    assert SOURCE.child_of(row) == ONE
    assert Source(rows=lambda: None, shape=lambda reader, rows: []).child_of(row) is None


# -- the register -----------------------------------------------------------------------------------------------------


def test_a_kind_registered_twice_is_one() -> None:
    before = dict(kinds())
    for kind in before.values():
        register(kind)
    assert dict(kinds()) == before


def test_features_add_to_a_kind() -> None:
    """Messages, answers, opinions, hand-overs and acknowledgements are all Communications."""
    assert len(kinds()["Communication"].sources) == 5
    assert len(kinds()["Provenance"].sources) == 3


def test_a_kind_has_the_parameters_of_all_its_sources() -> None:
    one = Source(rows=lambda: None, shape=lambda reader, rows: [], params={"a": kept("a")})
    two = Source(rows=lambda: None, shape=lambda reader, rows: [], params={"b": kept("b")})
    assert set(Kind("X", (one, two)).params) == {"a", "b"}


def test_every_kind_can_be_narrowed_by_what_it_asks_for() -> None:
    for kind in kinds().values():
        assert set(kind.needs) & set(kind.params) or not kind.needs, kind.name


def test_a_reader_knows_only_whom_they_may() -> None:
    reader = Reader(ANONYMOUS, frozenset({ONE}))
    assert reader.knows(ONE)
    assert not reader.knows(UUID(int=1))
    assert not reader.knows(None)
