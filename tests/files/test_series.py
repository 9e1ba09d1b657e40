"""Files of one series: gathered, inspected together, looked at as one stack, set beside another date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.casework.models import Case
from consortium.files.models import Attachment, Series
from consortium.files.operations import inspecting
from consortium.files.queries.stacks import comparable, day_of, kind_of, stack_of
from consortium.files.queries.tiles import tiles_of_case
from consortium.files.sandbox import Inspected, inspect_files
from consortium.files.sniff import Fault
from consortium.files.states import Step
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for, client_for
from tests.factories.cases import make_draft
from tests.factories.patients import make_patient

from . import makers
from .conftest import Attach, fresh, inspected, inspected_together


@pytest.fixture
def slices(draft_case: Case, attach: Attach) -> list[Attachment]:
    """Five files of one series, in no order."""
    return inspected_together([attach(draft_case, data) for data in makers.series(5)])


def stacked(user: User, row: Attachment) -> Any:
    with acting_as(actor_for(user)):
        return stack_of(fresh(row))


# -- gathering --------------------------------------------------------------------------------------------------------


def test_files_with_one_uid_become_one_series(slices: list[Attachment]) -> None:
    assert len({row.series_id for row in slices}) == 1
    assert Series.unscoped.count() == 1


def test_the_uid_is_kept_nowhere_as_it_is(draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.dicom(SeriesInstanceUID="1.2.3.4.5.6.7")))
    kept = Series.unscoped.get()
    assert b"1.2.3.4.5.6.7" not in bytes(kept.uid_hash)
    assert "1.2.3.4.5.6.7" not in str(row.about)
    assert "origin" not in row.frames


def test_the_same_uid_in_another_case_is_another_series(
    draft_case: Case, attach: Attach, patient: Patient, asker: User, community: Institution
) -> None:
    other: Case = make_draft(patient, asker, community).case
    data = makers.dicom(SeriesInstanceUID="1.2.3")
    one, two = (inspected(attach(case, data)) for case in (draft_case, other))
    assert one.series_id != two.series_id


def test_a_file_without_a_uid_stands_alone(draft_case: Case, attach: Attach) -> None:
    assert inspected(attach(draft_case, makers.dicom())).series_id is None


def test_photos_have_no_series(draft_case: Case, attach: Attach) -> None:
    assert inspected(attach(draft_case, makers.jpeg())).series_id is None


def test_a_series_is_there_once(slices: list[Attachment]) -> None:
    kept = Series.unscoped.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Series.unscoped.create(case_id=kept.case_id, uid_hash=kept.uid_hash, created_at=clock.now())


def test_a_stranger_sees_no_series(slices: list[Attachment], stranger: User) -> None:
    with acting_as(actor_for(stranger)):
        assert not Series.objects.exists()


# -- inspected together -----------------------------------------------------------------------------------------------


def test_small_files_of_one_case_are_opened_by_one_child(
    draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [attach(draft_case, data) for data in makers.series(4)]
    opened: list[int] = []

    def counted(pairs: Any) -> list[Inspected]:
        opened.append(len(pairs))
        return inspect_files(pairs)

    monkeypatch.setattr(inspecting, "inspect_files", counted)
    inspected(rows[0])
    assert opened == [4]
    assert {fresh(row).step for row in rows} == {Step.AVAILABLE}


def test_one_bad_file_among_them_is_alone_in_it(draft_case: Case, attach: Attach) -> None:
    good, bad = attach(draft_case, makers.jpeg()), attach(draft_case, makers.jpeg((600, 400))[:3000])
    inspected(good)
    assert (fresh(good).step, fresh(bad).fault) == (Step.AVAILABLE, Fault.TRUNCATED)


def test_what_the_child_did_not_come_to_is_let_go_untried(
    draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [attach(draft_case, makers.jpeg()) for _ in range(3)]
    monkeypatch.setattr(inspecting, "inspect_files", lambda pairs: [Inspected("", Fault.TOO_SLOW)])
    inspected(rows[0])
    assert fresh(rows[0]).fault == Fault.TOO_SLOW
    assert [(fresh(row).step, fresh(row).attempts, fresh(row).inspecting_since) for row in rows[1:]] == [
        (Step.PENDING, 0, None)
    ] * 2


def test_a_large_file_is_opened_alone(draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "TOGETHER_BYTES", 100)
    rows = [attach(draft_case, makers.jpeg()) for _ in range(2)]
    inspected(rows[0])
    assert fresh(rows[1]).step == Step.PENDING


def test_files_of_another_case_wait_for_their_own_turn(
    draft_case: Case, attach: Attach, patient: Patient, asker: User, community: Institution
) -> None:
    other = attach(make_draft(patient, asker, community).case, makers.jpeg())
    inspected(attach(draft_case, makers.jpeg()))
    assert fresh(other).step == Step.PENDING


def test_a_full_disk_puts_all_of_them_off(draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [attach(draft_case, makers.jpeg()) for _ in range(2)]

    def full(pairs: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inspecting, "inspect_files", full)
    inspected(rows[0])
    assert [(fresh(row).held_up, fresh(row).attempts) for row in rows] == [("server", 0)] * 2
    monkeypatch.undo()
    with clock.moved(inspecting.LOST_AFTER * 2):
        inspected(rows[0])
    assert [(fresh(row).step, fresh(row).held_up) for row in rows] == [(Step.AVAILABLE, "")] * 2


def test_only_a_waiting_file_can_be_held_up(slices: list[Attachment]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.unscoped.filter(pk=slices[0].pk).update(held_up="scanner")


# -- the stack --------------------------------------------------------------------------------------------------------


def test_the_stack_goes_by_place(slices: list[Attachment], asker: User) -> None:
    stack = stacked(asker, slices[0])
    assert [member.place for member in stack.members] == [5.0, 10.0, 15.0, 20.0, 25.0]
    assert stack.count == 5


def test_it_starts_at_the_file_that_was_asked_for(slices: list[Attachment], asker: User) -> None:
    starts = {row.number: stacked(asker, row).start for row in slices}
    assert starts == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}


def test_slots_of_several_frames_are_counted(draft_case: Case, attach: Attach, asker: User) -> None:
    for number in (1, 2):
        data = makers.dicom(frames=3, SeriesInstanceUID="1.2", InstanceNumber=number)
        row = inspected(attach(draft_case, data))
    stack = stacked(asker, row)
    assert (stack.count, stack.start) == (6, 4)
    assert [(stack.at(slot)[0].number, stack.at(slot)[1]) for slot in (1, 3, 4, 6)] == [(1, 1), (1, 3), (2, 1), (2, 3)]


def test_beyond_the_end_there_is_nothing(slices: list[Attachment], asker: User) -> None:
    with pytest.raises(NotVisible):
        stacked(asker, slices[0]).at(6)


def test_a_withdrawn_slice_leaves_the_stack(slices: list[Attachment], asker: User) -> None:
    Attachment.unscoped.filter(pk=slices[1].pk).update(withdrawn_at=clock.now())
    assert stacked(asker, slices[0]).count == 4


def test_a_withdrawn_slice_is_shown_alone_to_its_uploader(slices: list[Attachment], asker: User) -> None:
    Attachment.unscoped.filter(pk=slices[1].pk).update(withdrawn_at=clock.now())
    assert stacked(asker, slices[1]).count == 1


def test_slices_that_disagree_about_their_pixels_are_not_calibrated(
    draft_case: Case, attach: Attach, asker: User
) -> None:
    for spacing in ([1, 1], [2, 2]):
        row = inspected(attach(draft_case, makers.dicom(SeriesInstanceUID="1.2", PixelSpacing=spacing)))
    assert stacked(asker, row).agreed("spacing", []) == []


def test_slices_that_agree_are(draft_case: Case, attach: Attach, asker: User) -> None:
    for number in (1, 2):
        data = makers.dicom(SeriesInstanceUID="1.2", PixelSpacing=[1, 1], InstanceNumber=number)
        row = inspected(attach(draft_case, data))
    assert stacked(asker, row).agreed("spacing", []) == [1.0, 1.0]


# -- tiles and pages --------------------------------------------------------------------------------------------------


def test_a_series_has_one_tile(slices: list[Attachment], asker: User) -> None:
    (tile,) = as_tiles(asker, slices[0].case)
    assert (tile["name"], tile["note"]) == ("Series CT", "5 pictures")
    middle = next(row for row in slices if row.number == 3)
    assert tile["url"] == reverse("files:show", args=[middle.pk])


def as_tiles(user: User, case: Case) -> list[dict[str, Any]]:
    actor = actor_for(user)
    with acting_as(actor):
        return tiles_of_case(actor, case)


def test_a_slice_that_waits_has_a_tile_of_its_own(slices: list[Attachment], attach: Attach, asker: User) -> None:
    attach(slices[0].case, makers.series(1)[0])
    assert len(as_tiles(asker, slices[0].case)) == 2


def test_the_page_of_a_slice_shows_the_whole_series(slices: list[Attachment], asker: User) -> None:
    page = client_for(asker).get(reverse("files:show", args=[slices[0].pk]))
    assert page.context["viewer"]["count"] == 5
    assert len(page.context["viewer"]["script"]["pieces"]) == 5


def test_without_script_the_next_picture_is_the_next_file(slices: list[Attachment], asker: User) -> None:
    by_number = {row.number: row for row in slices}
    page = client_for(asker).get(reverse("files:show", args=[slices[0].pk]) + "?frame=4")
    assert page.context["viewer"]["image_url"] == reverse("files:frame", args=[by_number[4].pk, 1, "default"])


def test_looking_through_a_series_is_one_read(slices: list[Attachment], asker: User) -> None:
    client = client_for(asker)
    for row in slices:
        client.get(reverse("files:show", args=[row.pk]))
        client.get(reverse("files:sized_frame", args=[row.pk, 1, "default", "small"]))
    reads = Entry.unscoped.filter(verb="read", facts__what="image")
    assert [(entry.subject_type, entry.subject_id) for entry in reads] == [("files.series", str(slices[0].series_id))]


@pytest.mark.parametrize(("count", "queries"), [(1, 15), (3, 14)])
def test_the_page_asks_no_more_for_three_slices_than_for_one(
    draft_case: Case, attach: Attach, asker: User, count: int, queries: int
) -> None:
    rows = inspected_together([attach(draft_case, data) for data in makers.series(count)])
    client = client_for(asker)
    client.get(reverse("files:show", args=[rows[0].pk]))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("files:show", args=[rows[0].pk])).status_code == 200
    assert len(asked) == queries


# -- two dates --------------------------------------------------------------------------------------------------------


def taken(case: Case, attach: Attach, day: str, **elements: Any) -> Attachment:
    return inspected(attach(case, makers.dicom(AcquisitionDate=day, **elements)))


def others(user: User, row: Attachment) -> list[Attachment]:
    with acting_as(actor_for(user)):
        return comparable(fresh(row))


def test_the_day_is_the_files_own(draft_case: Case, attach: Attach) -> None:
    assert day_of(taken(draft_case, attach, "20260301")) == date(2026, 3, 1)


def test_a_photos_day_is_when_it_was_sent(draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    assert day_of(row) == row.created_at.date()
    assert kind_of(row) == "photo"


def test_other_dates_of_the_same_kind_are_offered_newest_first(draft_case: Case, attach: Attach, asker: User) -> None:
    rows = [taken(draft_case, attach, day) for day in ("20260101", "20260301", "20260201")]
    taken(draft_case, attach, "20260401", modality="MR")
    assert [day_of(row).month for row in others(asker, rows[0])] == [3, 2]


def test_photos_are_set_beside_photos(draft_case: Case, attach: Attach, asker: User) -> None:
    one, two = (inspected(attach(draft_case, makers.jpeg())) for _ in range(2))
    taken(draft_case, attach, "20260401")
    assert others(asker, one) == [two]


def test_a_series_is_offered_once_and_not_beside_itself(slices: list[Attachment], attach: Attach, asker: User) -> None:
    lone = taken(slices[0].case, attach, "20260401")
    assert others(asker, slices[0]) == [lone]
    assert len(others(asker, lone)) == 1


def test_pictures_of_another_case_of_the_same_child_are_offered(
    draft_case: Case, attach: Attach, patient: Patient, asker: User, community: Institution
) -> None:
    one = taken(draft_case, attach, "20260101")
    two = taken(make_draft(patient, asker, community).case, attach, "20260201")
    assert others(asker, one) == [two]


def test_two_dates_are_shown_the_older_first(draft_case: Case, attach: Attach, asker: User) -> None:
    new, old = taken(draft_case, attach, "20260301"), taken(draft_case, attach, "20260101")
    page = client_for(asker).get(reverse("files:beside", args=[new.pk, old.pk]))
    assert [viewer["id"] for viewer in page.context["viewers"]] == [old.pk, new.pk]


def test_different_kinds_are_not_set_side_by_side(draft_case: Case, attach: Attach, asker: User) -> None:
    one, two = taken(draft_case, attach, "20260301"), inspected(attach(draft_case, makers.jpeg()))
    assert client_for(asker).get(reverse("files:beside", args=[one.pk, two.pk])).status_code == 404


def test_documents_are_not_set_side_by_side(draft_case: Case, attach: Attach, asker: User) -> None:
    one, two = (inspected(attach(draft_case, makers.PDF)) for _ in range(2))
    assert client_for(asker).get(reverse("files:beside", args=[one.pk, two.pk])).status_code == 404


def test_pictures_of_two_children_are_not_set_side_by_side(
    draft_case: Case, attach: Attach, asker: User, community: Institution
) -> None:
    other: Case = make_draft(make_patient(community, "Wu Ping"), asker, community).case
    one, two = taken(draft_case, attach, "20260301"), taken(other, attach, "20260401")
    assert client_for(asker).get(reverse("files:beside", args=[one.pk, two.pk])).status_code == 404
    assert others(asker, one) == []


def test_setting_side_by_side_is_one_look_at_one_child(draft_case: Case, attach: Attach, asker: User) -> None:
    """The bytes of each picture are noted as they leave."""
    one, two = taken(draft_case, attach, "20260301"), taken(draft_case, attach, "20260401")
    client_for(asker).get(reverse("files:beside", args=[one.pk, two.pk]))
    read = Entry.unscoped.filter(verb="read", patient_id=draft_case.patient_id)
    assert list(read.values_list("subject_id", flat=True)) == [str(one.pk)]
