"""The ledger: what a rule gives, what caps leave, what is withheld, taken back, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium.journal.models import Entry
from consortium.kernel.actors import ANONYMOUS, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Certificate, CreditEntry, CreditRule
from courses.assessment.operations.awarding import reverse_credit
from courses.assessment.operations.crediting import set_credit_rule
from courses.assessment.queries.credits import ledger_of, standings_of
from tests.cast import actor_for
from tests.factories.credits import DAY, awarded, learned, make_rule
from tests.factories.exams import make_trainer
from tests.factories.people import make_staff, number

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def trainer(hospital: Institution) -> User:
    return make_trainer(hospital)


def does(user: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def told(entries: list[CreditEntry]) -> list[tuple[str, Decimal, str]]:
    return [(entry.kind, entry.credits, entry.cap) for entry in entries]


# -- awards -----------------------------------------------------------------------------------------------------------


def test_a_course_gives_credits_by_the_rule(asker: User, hospital: Institution) -> None:
    make_rule(hospital, hours_per_credit=D(3))

    (entry,) = awarded(asker, learned(hospital, 6))

    assert (entry.credits, entry.earned, entry.hours) == (D(2), D(2), D(6))


def test_told_twice_it_gives_once(asker: User, hospital: Institution) -> None:
    make_rule(hospital)
    what = learned(hospital)
    awarded(asker, what)

    assert awarded(asker, what) == []
    assert CreditEntry.unscoped.count() == 1
    assert Certificate.unscoped.count() == 1


def test_each_scheme_counts_by_itself(asker: User, hospital: Institution) -> None:
    make_rule(hospital, "one")
    make_rule(hospital, "two", hours_per_credit=D(2))

    assert {entry.scheme: entry.credits for entry in awarded(asker, learned(hospital))} == {"one": D(2), "two": D(1)}


def test_without_a_rule_there_is_a_certificate_alone(asker: User, hospital: Institution) -> None:
    assert awarded(asker, learned(hospital)) == []
    assert Certificate.unscoped.get().credits == []


def test_a_course_without_credit_gives_a_certificate_alone(asker: User, hospital: Institution) -> None:
    make_rule(hospital)

    assert awarded(asker, learned(hospital, 0)) == []
    assert Certificate.unscoped.get().hours == D(3)


@pytest.mark.parametrize(
    ("activity", "since", "until"),
    [
        ("lecture", date(2024, 1, 1), None),
        ("course", date(2026, 3, 11), None),
        ("course", date(2024, 1, 1), date(2026, 3, 9)),
    ],
)
def test_a_rule_of_another_thing_or_time_gives_nothing(
    activity: str, since: date, until: date | None, asker: User, hospital: Institution
) -> None:
    make_rule(hospital, activity=activity, valid_from=since, valid_to=until)

    assert awarded(asker, learned(hospital)) == []


@pytest.mark.parametrize(
    ("caps", "days", "wanted"),
    [
        ({"cap_day": D(3)}, [DAY, DAY, DAY], [(D(2), ""), (D(1), "day"), (D(0), "day")]),
        ({"cap_day": D(3)}, [DAY, date(2026, 3, 11)], [(D(2), ""), (D(2), "")]),
        ({"cap_category": D(3)}, [DAY, date(2026, 5, 1)], [(D(2), ""), (D(1), "category")]),
        ({"cap_category": D(3)}, [date(2025, 12, 31), date(2026, 1, 1)], [(D(2), ""), (D(2), "")]),
        ({"cap_scheme": D(3)}, [DAY, date(2026, 12, 31)], [(D(2), ""), (D(1), "scheme")]),
        ({"cap_scheme": D(3), "period_years": 2}, [DAY, date(2027, 12, 31)], [(D(2), ""), (D(1), "scheme")]),
        ({"cap_scheme": D(0)}, [DAY], [(D(0), "scheme")]),
    ],
)
def test_caps_cut_and_say_so(
    caps: dict[str, Any], days: list[date], wanted: list[tuple[Decimal, str]], asker: User, hospital: Institution
) -> None:
    make_rule(hospital, **caps)

    found = [entry for day in days for entry in awarded(asker, learned(hospital), day)]

    assert [(entry.credits, entry.cap) for entry in found] == wanted
    assert {entry.earned for entry in found} == {D(2)}


def test_another_s_credits_use_up_nobody_s_cap(asker: User, colleague: User, hospital: Institution) -> None:
    make_rule(hospital, cap_scheme=D(2))
    awarded(colleague, learned(hospital))

    assert told(awarded(asker, learned(hospital))) == [("awarded", D(2), "")]


@pytest.mark.parametrize(
    ("evidence", "proof", "lacks"),
    [
        (["exam"], {}, ["exam"]),
        (["exam"], {"exam_percent": D(59)}, ["exam"]),
        (["exam"], {"exam_percent": D(60)}, []),
        (["feedback"], {}, ["feedback"]),
        (["feedback"], {"feedback": True}, []),
        (["exam", "feedback"], {"feedback": True}, ["exam"]),
        ([], {}, []),
    ],
)
def test_what_a_rule_asks_for_has_to_be_there(
    evidence: list[str], proof: dict[str, Any], lacks: list[str], asker: User, hospital: Institution
) -> None:
    make_rule(hospital, evidence=evidence, pass_percent=60)

    (entry,) = awarded(asker, learned(hospital, **proof))

    assert entry.lacks == lacks
    assert told([entry]) == [("withheld", D(0), "") if lacks else ("awarded", D(2), "")]


def test_what_was_withheld_is_given_when_it_is_there(asker: User, hospital: Institution) -> None:
    make_rule(hospital, evidence=["feedback"])
    subject = uuid4()
    awarded(asker, learned(hospital, subject_id=subject))

    assert awarded(asker, learned(hospital, subject_id=subject)) == []
    assert told(awarded(asker, learned(hospital, subject_id=subject, feedback=True))) == [("awarded", D(2), "")]


def test_the_journal_keeps_an_award(asker: User, hospital: Institution) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))

    kept = Entry.unscoped.get(subject_id=str(entry.pk))
    assert (kept.verb, kept.event, kept.facts["credits"]) == ("credit-awarded", "assessment.CreditAwarded", "2.00")


# -- reversals --------------------------------------------------------------------------------------------------------


def test_a_reversal_takes_the_credits_back(asker: User, hospital: Institution, trainer: User) -> None:
    make_rule(hospital, cap_scheme=D(2))
    (entry,) = awarded(asker, learned(hospital))

    back = does(trainer, reverse_credit, entry_id=entry.pk, reason=" Not there ")

    assert (back.kind, back.credits, back.day, back.reason) == ("reversed", D(-2), entry.day, "Not there")
    assert told(awarded(asker, learned(hospital))) == [("awarded", D(2), "")]  # there is room again


def test_the_same_thing_gives_no_credit_again(asker: User, hospital: Institution, trainer: User) -> None:
    make_rule(hospital)
    what = learned(hospital)
    (entry,) = awarded(asker, what)
    does(trainer, reverse_credit, entry_id=entry.pk, reason="Not there")

    assert awarded(asker, what) == []


def test_a_reversal_needs_a_reason(asker: User, hospital: Institution, trainer: User) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))

    with pytest.raises(InvalidInput):
        does(trainer, reverse_credit, entry_id=entry.pk, reason="  ")


def test_nothing_is_taken_back_twice(asker: User, hospital: Institution, trainer: User) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))
    back = does(trainer, reverse_credit, entry_id=entry.pk, reason="Not there")

    for one in (entry, back):
        with pytest.raises(WrongStep):
            does(trainer, reverse_credit, entry_id=one.pk, reason="Again")


@pytest.mark.parametrize(
    ("who", "refusal"), [("asker", NotPermitted), ("colleague", NotVisible), ("manager", NotPermitted)]
)
def test_only_who_leads_the_training_takes_back(
    who: str, refusal: type[Exception], asker: User, colleague: User, manager: User, hospital: Institution
) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))

    with pytest.raises(refusal):
        does(
            {"asker": asker, "colleague": colleague, "manager": manager}[who],
            reverse_credit,
            entry_id=entry.pk,
            reason="x",
        )


def test_a_trainer_of_elsewhere_sees_no_entry(asker: User, hospital: Institution, district: Institution) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))

    with pytest.raises(NotVisible):
        does(make_trainer(district), reverse_credit, entry_id=entry.pk, reason="x")


def test_nobody_takes_back_their_own(hospital: Institution, trainer: User) -> None:
    make_rule(hospital)
    (entry,) = awarded(trainer, learned(hospital))

    with pytest.raises(NotPermitted):
        does(trainer, reverse_credit, entry_id=entry.pk, reason="x")


# -- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_keeps_every_entry(act: str, asker: User, hospital: Institution) -> None:
    make_rule(hospital)
    awarded(asker, learned(hospital))
    rows = CreditEntry.unscoped.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(credits=9) if act == "update" else rows.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"credits": D(3)},
        {"credits": D(-1)},
        {"kind": "withheld"},
        {"kind": "reversed", "credits": D(-1)},
        {"kind": "x"},
    ],
)
def test_the_database_takes_no_entry_that_is_none(wrong: dict[str, Any], asker: User, hospital: Institution) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))
    fresh = CreditEntry.unscoped.get(pk=entry.pk)
    fresh.pk, fresh.subject_id = uuid4(), uuid4()
    for name, value in wrong.items():
        setattr(fresh, name, value)

    with pytest.raises(IntegrityError), transaction.atomic():
        fresh.save(force_insert=True)


def test_the_database_gives_once(asker: User, hospital: Institution) -> None:
    make_rule(hospital)
    (entry,) = awarded(asker, learned(hospital))
    entry.pk = uuid4()

    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.parametrize("act", ["change", "delete"])
def test_the_database_keeps_every_rule(act: str, hospital: Institution) -> None:
    rule = make_rule(hospital)
    rows = CreditRule.unscoped.filter(pk=rule.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(goal=3) if act == "change" else rows.delete()


def test_a_rule_may_end(hospital: Institution) -> None:
    rule = make_rule(hospital)

    assert CreditRule.unscoped.filter(pk=rule.pk).update(valid_to=DAY) == 1


# -- rules ------------------------------------------------------------------------------------------------------------


def test_a_newer_rule_ends_the_one_before(hospital: Institution) -> None:
    old = make_rule(hospital)
    new = make_rule(hospital, valid_from=DAY)

    old.refresh_from_db()
    assert (old.number, new.number, old.valid_to) == (1, 2, date(2026, 3, 9))


def test_what_was_awarded_keeps_its_rule(asker: User, hospital: Institution) -> None:
    old = make_rule(hospital)
    awarded(asker, learned(hospital))
    make_rule(hospital, valid_from=DAY, hours_per_credit=D(2))

    (entry,) = awarded(asker, learned(hospital), DAY)
    assert entry.credits == D(1)
    assert CreditEntry.unscoped.filter(rule=old).count() == 1


def test_a_rule_does_not_begin_before_a_later_one(hospital: Institution) -> None:
    make_rule(hospital, valid_from=DAY)

    with pytest.raises(InvalidInput):
        make_rule(hospital, valid_from=date(2025, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours_per_credit": D(0)}, {"period_years": 0}, {"first_year": 1900}, {"pass_percent": 101}, {"goal": D(-1)},
        {"cap_day": D(-1)}, {"valid_to": date(2023, 1, 1)}, {"activity": "sleep"}, {"source": ""},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any], hospital: Institution) -> None:
    with pytest.raises(DomainError):
        make_rule(hospital, **wrong)


def test_the_database_holds_two_rules_apart(hospital: Institution) -> None:
    rule = make_rule(hospital)
    rule.pk, rule.number, rule.request_key = uuid4(), 2, uuid4()

    with pytest.raises(IntegrityError), transaction.atomic():
        rule.save(force_insert=True)


def test_a_rule_is_made_once(hospital: Institution) -> None:
    manager = make_staff(f"m{number()}", hospital, Role.CONSORTIUM_MANAGER)
    key = uuid4()
    fields = {
        "scheme": "s",
        "title_en": "S",
        "category_en": "C",
        "hours_per_credit": D(1),
        "valid_from": DAY,
        "source": "x",
    }

    made = [does(manager, set_credit_rule, fields=fields, key=key) for _ in range(2)]

    assert [fresh for _rule, fresh in made] == [True, False]


def test_a_trainer_sets_no_rule(trainer: User) -> None:
    with pytest.raises(NotPermitted):
        does(trainer, set_credit_rule, fields={})


def test_everybody_who_learns_reads_the_rules(asker: User, hospital: Institution) -> None:
    make_rule(hospital)

    with acting_as(actor_for(asker)):
        assert CreditRule.objects.count() == 1
    with acting_as(ANONYMOUS):
        assert CreditRule.objects.count() == 0


# -- one's own --------------------------------------------------------------------------------------------------------


def test_the_year_says_what_is_missing(asker: User, hospital: Institution) -> None:
    make_rule(hospital, goal=D(25), cap_category=D(10))
    awarded(asker, learned(hospital, 5))

    with acting_as(actor_for(asker)):
        (standing,) = standings_of(asker.pk, DAY)
    assert (standing.total, standing.left, standing.percent, standing.period.words) == (D(5), D(20), 20, "2026")
    assert standing.by_activity == (("Online", D(5), D(10)),)


def test_more_than_enough_leaves_nothing_missing(asker: User, hospital: Institution) -> None:
    make_rule(hospital, goal=D(1))
    awarded(asker, learned(hospital, 5))

    with acting_as(actor_for(asker)):
        (standing,) = standings_of(asker.pk, DAY)
    assert (standing.left, standing.percent) == (D(0), 100)


def test_a_scheme_without_a_goal_misses_nothing(asker: User, hospital: Institution) -> None:
    make_rule(hospital)

    with acting_as(actor_for(asker)):
        (standing,) = standings_of(asker.pk, DAY)
    assert (standing.left, standing.percent, standing.total) == (None, 0, D(0))


def test_last_year_s_credits_do_not_count_this_year(asker: User, hospital: Institution) -> None:
    make_rule(hospital, goal=D(5))
    awarded(asker, learned(hospital), date(2025, 12, 31))

    with acting_as(actor_for(asker)):
        assert standings_of(asker.pk, DAY)[0].total == D(0)


@pytest.mark.parametrize(("who", "seen"), [("asker", 1), ("colleague", 0), ("manager", 1)])
def test_a_ledger_is_one_s_own(
    who: str, seen: int, asker: User, colleague: User, manager: User, hospital: Institution
) -> None:
    make_rule(hospital)
    awarded(asker, learned(hospital))

    with acting_as(actor_for({"asker": asker, "colleague": colleague, "manager": manager}[who])):
        assert ledger_of(asker.pk).count() == seen


def test_a_system_reads_no_rule_as_a_person(hospital: Institution) -> None:
    make_rule(hospital)

    with acting_as(system("a test")):
        assert CreditRule.objects.in_force(DAY).count() == 1


def test_credits_that_were_withheld_come_with_what_was_missing(asker: User, hospital: Institution) -> None:
    make_rule(hospital, evidence=["exam"], pass_percent=60)
    what = learned(hospital)
    assert told(awarded(asker, what)) == [("withheld", D(0), "")]

    assert told(awarded(asker, replace(what, exam_percent=D(80)))) == [("awarded", D(2), "")]
    assert [line["credits"] for line in Certificate.unscoped.get(step="valid").credits] == ["2.00"]
