"""Census of models: each is scoped, or stands in a short list with the reason why everybody may read all its rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from consortium.kernel.actors import ANONYMOUS, acting_as
from consortium.kernel.errors import NobodyActing
from consortium.kernel.scoping import Scoped, ScopedQuerySet

OPEN: dict[str, str] = {
    "journal.Chain": "the head of a chain: a number and a hash, read by the insert trigger",
    "journal.SealingKey": "a wrapped key, useless without the master key; read while opening what was found otherwise",
    "journal.Delivery": "delivery state of events by id; no screen lists it",
    "journal.Verification": "when the chains were checked, and how many faults were found",
    "people.Region": "reference data known to all staff",
    "people.Specialty": "reference data known to all staff",
    "people.Institution": "the consortium's members, known to all staff",
    "people.Department": "known to all staff",
    "people.User_groups": "Django's own, without a row: roles are seats",
    "people.User_user_permissions": "Django's own, without a row: roles are seats",
    "people.User": "sign-in reads it before anybody acts; the directory shows who works where to all staff",
    "casework.Service": "the queues one may ask, known to all staff",
    "casework.ServiceMember": "who answers for a service, known to all staff",
    "casework.ClockRule": "whom the clocks of a service tell, known to all staff",
    "casework.Shift": "who is on duty, known to all staff: it is whom they call",
    "casework.Resource": "rooms, vehicles and people that may be booked, known to all staff; not what for",
    "casework.Calendar": "the clinics of a service, known to all staff who refer to them",
    "casework.SlotRule": "when a clinic has its slots",
    "casework.Closure": "days without slots",
    "casework.Slot": "published slots; who comes is a Booking, which is scoped",
    "referrals.BedBoard": "how many beds are free, known to all staff who refer; about no child",
    "casework.WorkingCalendar": "whose working time it is, known to all staff: clocks count by it",
    "casework.WorkingHours": "when work is done",
    "casework.SpecialDay": "holidays and make-up days",
    "consultations.ReviewPlan": "what share of a service's answers is rated; about nobody",
    "consultations.ReviewRound": "how many answers were drawn in a month; not whose",
    "consultations.AnswerTemplate": "starting texts of a specialty; not about a child",
    "insight.Month": "when the numbers of a month were made; not about anybody",
    "insight.Mark": "how far the journal has been heard: numbers of entries",
    "decision_manual.PathwayVersion": "the manual, read by all staff; not about a child",
    "decision_manual.VersionState": "how far a version has come; not about a child",
    "decision_manual.ProofSheet": "what the checker found; not about a child",
    "decision_manual.Paragraph": "what is searched of the manual; not about a child",
}
#: libraries' own tables, each reached only through the library
LIBRARIES = {"auth", "contenttypes", "sessions", "account", "mfa", "usersessions", "admin", "messages"}


def ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label not in LIBRARIES]


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def scoped() -> list[type[models.Model]]:
    return [m for m in ours() if issubclass(m, Scoped)]


def test_every_model_is_scoped_or_named_with_a_reason() -> None:
    assert sorted(name_of(m) for m in ours() if not issubclass(m, Scoped) and name_of(m) not in OPEN) == []


def test_the_list_of_open_models_names_none_that_is_gone_or_scoped() -> None:
    present = {name_of(m) for m in ours() if not issubclass(m, Scoped)}
    assert sorted(set(OPEN) - present) == []
    assert all(OPEN.values())


def rows_of(model: type[models.Model]) -> Any:
    return model._default_manager.get_queryset.__self__._queryset_class  # type: ignore[attr-defined]


def test_a_scoped_model_says_who_sees_it() -> None:
    """The default shows nobody anything."""
    assert [name_of(m) for m in scoped() if not issubclass(rows_of(m), ScopedQuerySet)] == []
    assert [name_of(m) for m in scoped() if rows_of(m).visible_to is ScopedQuerySet.visible_to] == []


def readable_by_nobody(model: type[models.Model]) -> bool:
    try:
        model._default_manager.all()
    except NobodyActing:
        return False
    return True


def test_rows_are_refused_while_nobody_acts() -> None:
    assert [name_of(m) for m in scoped() if readable_by_nobody(m)] == []


@pytest.mark.django_db
def test_anonymous_sees_no_row_of_a_scoped_model() -> None:
    with acting_as(ANONYMOUS):
        assert [name_of(m) for m in scoped() if m._default_manager.exists()] == []


def test_objects_is_the_default_manager() -> None:
    assert {m._default_manager.name for m in scoped()} == {"objects"}
