"""A pathway written and read back: the same rows, and the same bytes when it is written again."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from consortium.casework.models import BallSpell, Case, Clock
from consortium.interop.fhir.state import whole_pathway, without_files
from consortium.interop.operations import read_pathway
from consortium.interop.r4.reading import Unreadable
from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as, system
from consortium.kernel.api.rendering import to_json
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.patients.models import Pathway
from consortium.people.models import User
from referrals.models import FollowUp, Offer, Referral
from tests.cast import actor_for
from tests.consultations.cases import answered
from tests.interop.checking import accepted, resources
from tests.referrals.stages import STEPS, Stage, new_stage

pytestmark = pytest.mark.django_db


def written() -> Any:
    """The one pathway there is, as its bytes say."""
    with acting_as(system("test")) as operator:
        return json.loads(to_json(whole_pathway(operator, Pathway.unscoped.get().pk)))


def carried(step: str) -> tuple[Any, Stage]:
    """A pathway at `step` as it was written, and nothing of it in the tables any more."""
    with transaction.atomic():
        stage = new_stage()
        stage.bring_to(step)
        bundle = written()
        transaction.set_rollback(True)
    assert (User.objects.count(), Case.unscoped.count(), Entry.unscoped.count()) == (0, 0, 0)
    return bundle, stage


def read(bundle: Any) -> Pathway:
    with acting_as(system("test")) as operator:
        return read_pathway(actor=operator, bundle=bundle)


@pytest.mark.parametrize("step", [step for step in STEPS if step != "draft"])
def test_read_back_it_gives_the_same_bytes(step: str) -> None:
    bundle, stage = carried(step)
    read(bundle)
    assert Referral.unscoped.get(pk=stage.case_id).step == step
    assert to_json(written()) == to_json(bundle)


@pytest.fixture
def back() -> Any:
    """A child sent back with a plan, and everything of it read again."""
    bundle, _stage = carried("following")
    read(bundle)
    return bundle


def test_how_it_stands_is_read_back(back: Any) -> None:
    following = Referral.unscoped.get(kind="back")
    case = Case.unscoped.get(pk=following.pk)
    assert (following.step, case.ball, case.is_open) == ("following", "responder", True)
    visits = FollowUp.unscoped.filter(case=case).order_by("number")
    assert list(visits.values_list("number", "step")) == [(1, "recall"), (2, "planned")]
    assert Offer.unscoped.get(case=case).step == "accepted"
    assert Clock.unscoped.get(case=case, stopped_at=None).leg == "follow_up"
    assert BallSpell.unscoped.get(case=case, until=None).party == case.ball


def test_every_open_case_has_one_holder_and_one_clock(back: Any) -> None:
    for case in Case.unscoped.filter(is_open=True):
        assert BallSpell.unscoped.filter(case=case, until=None).count() == 1
        assert Clock.unscoped.filter(case=case, stopped_at=None).count() == 1


def test_nobody_who_was_read_can_sign_in(back: Any) -> None:
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_journal_tells_what_was_done_and_that_it_was_read(back: Any) -> None:
    verbs = list(Entry.unscoped.order_by("pk").values_list("verb", flat=True))
    assert {"send", "open", "accept", "arrive", "admit", "back_refer", "take_over", "visit_missed"} <= set(verbs)
    assert verbs[-1] == "import"


def test_work_goes_on_where_it_was_read(back: Any) -> None:
    """The machine, its triggers and the rights are those of the house that read it."""
    from consortium.kernel.clock import today
    from referrals.operations.following import visit_done
    from tests.consultations.cases import by

    nurse, following = User.objects.get(username="nurse"), Referral.unscoped.get(kind="back")
    done = by(nurse, visit_done, case_id=following.pk, text="Well.", next_on=today(), next_task="Weigh.")
    assert done.step == "following"


def test_every_resource_of_it_is_r4(back: Any) -> None:
    for each in resources(back):
        accepted(each)


def test_a_pathway_of_a_question_is_carried_too() -> None:
    with transaction.atomic():
        stage = new_stage()
        answered(stage.cast["asker"], stage.cast["specialist"], stage.patient, stage.service)
        bundle = written()
        transaction.set_rollback(True)
    read(bundle)
    assert to_json(written()) == to_json(bundle)


def test_it_is_read_once(back: Any) -> None:
    with pytest.raises(InvalidInput):
        read(back)


def test_what_carries_no_state_is_no_such_bundle() -> None:
    with pytest.raises(Unreadable):
        read({"resourceType": "Bundle", "entry": []})


@pytest.mark.parametrize("change", [{"code": {}}, {"extension": []}, {"extension": [{"url": "x"}]}])
def test_a_row_that_cannot_be_read_is_refused_by_name(change: Any) -> None:
    bundle, _stage = carried("requested")
    row = next(each for each in resources(bundle, "Basic"))
    row.update(change)
    with pytest.raises(Unreadable):
        read(bundle)


def test_a_table_that_is_not_carried_is_refused() -> None:
    bundle, _stage = carried("requested")
    resources(bundle, "Basic")[0]["code"]["coding"][0]["code"] = "people.Secret"
    with pytest.raises(Unreadable, match=r"people\.Secret"):
        read(bundle)


def test_only_an_operator_writes_and_reads_it(asker: User) -> None:
    actor = actor_for(asker)
    with acting_as(actor):
        with pytest.raises(NotPermitted):
            whole_pathway(actor, asker.pk)
        with pytest.raises(NotPermitted):
            read_pathway(actor=actor, bundle={})


def test_the_commands_write_a_file_and_read_it(tmp_path: Path) -> None:
    file = tmp_path / "pathway.json"
    with transaction.atomic():
        new_stage().to_seen()
        call_command("write_pathway", Pathway.unscoped.get().number, file, stdout=StringIO())
        transaction.set_rollback(True)
    assert file.stat().st_mode & 0o077 == 0
    call_command("read_pathway", file, stdout=StringIO())
    assert Referral.unscoped.get().step == "seen"


def test_a_file_that_is_none_and_a_number_that_nothing_has_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{")
    with pytest.raises(CommandError):
        call_command("read_pathway", tmp_path / "no.json")
    with pytest.raises(CommandError, match="P-1"):
        call_command("write_pathway", "P-1", tmp_path / "x")


def test_what_refers_to_a_file_is_left_out() -> None:
    told = {
        "supportingInfo": [{"reference": "DocumentReference/1"}],
        "payload": [{"contentString": "Look."}, {"contentReference": {"reference": "DocumentReference/1"}}],
    }
    assert without_files(told) == {"payload": [{"contentString": "Look."}]}
