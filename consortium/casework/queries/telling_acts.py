"""The acts on a case as the "So far" of its page tells them: what, who, when. The features say what each act was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.states import Leg, Priority, Tell
from consortium.journal.queries import TimelineStep, timeline
from consortium.people.models import User
from consortium.people.states import Role

#: what people and services are called, by their id or by the name they had then
Names = Mapping[str, str]
Note = Callable[[TimelineStep, Names], str]
_SERVICES = ("service", "alternative")


@dataclass(frozen=True, slots=True)
class Words:
    """How a feature tells the acts on its cases (settings.CASE_WORDS): what each was, and what else there is to say of
    it. `people`: the ids that a note names."""

    past: Mapping[str, str | Promise]
    note: Note
    people: Callable[[TimelineStep], Iterable[str]] = lambda act: ()


def steps_from(case: Case, words: Words) -> list[dict[str, Any]]:
    """The acts on a case that have words, oldest first; messages stand in the thread. The caller has checked the right
    to the case."""
    steps = told([case], {str(case.pk): timeline(case)}, {case.kind: words})[str(case.pk)]
    if steps:
        steps[-1]["state"] = "now" if case.is_open else "done"
    return steps


def told(
    cases: Sequence[Case], acts: Mapping[str, list[TimelineStep]], words: Mapping[str, Words]
) -> dict[str, list[dict[str, Any]]]:
    """The acts on several cases, by case id, in the words of each one's kind. At most two queries."""
    worded = {
        str(case.pk): [act for act in acts[str(case.pk)] if act.verb in words[case.kind].past] for case in cases
    }  # fmt: skip
    kinds = {str(case.pk): words[case.kind] for case in cases}
    parties = _spoken([user for case in cases for user in (case.asker, case.responder) if user is not None])
    known = parties | _named([(act, kinds[pk].people) for pk, each in worded.items() for act in each], parties)
    return {
        pk: [_step(act, kinds[pk].past[act.verb], kinds[pk].note(act, known), known) for act in each]
        for pk, each in worded.items()
    }


def _spoken(people: list[User]) -> dict[str, str]:
    """The journal keeps names as they were said then; those known, by id too, are named in the reader's language."""
    by_id = {str(user.pk): user.get_full_name() for user in people}
    return by_id | {said: by_id[str(u.pk)] for u in people for said in (u.full_name, u.full_name_zh) if said}


def _named(
    acts: Sequence[tuple[TimelineStep, Callable[[TimelineStep], Iterable[str]]]], parties: Names
) -> dict[str, str]:
    """Names of who acted and of the people and services that facts speak of, by id. At most two queries."""
    who = {user_id for act, people in acts for user_id in (*people(act), act.by) if user_id and user_id not in parties}
    services = {act.facts[fact] for act, _people in acts for fact in _SERVICES if act.facts.get(fact)}
    known = list(User.objects.filter(pk__in=map(UUID, who))) if who else []
    names = _spoken(known)
    if services:
        names |= {str(s.pk): s.name for s in Service.objects.filter(pk__in=map(UUID, services))}
    return names


def _step(act: TimelineStep, label: str | Promise, note: str, known: Names) -> dict[str, Any]:
    role = act.role.split(",")[0]
    who = known.get(act.by) or known.get(act.who, act.who) if role in Role.values else _("The system")
    seat = Role(role).label if role in Role.values else ""
    return {"label": label, "who": f"{who}, {seat}" if seat else who, "at": act.at, "note": note, "state": "done"}


def escalated_words(facts: dict[str, Any]) -> str:
    """Which clock had come how far, and whom that tells."""
    who = {"leg": Leg(facts["leg"]).label, "percent": facts["percent"], "who": Tell(facts["tell"]).label}
    return _("%(leg)s, %(percent)s %% of the time: %(who)s") % who


def urgency_words(facts: dict[str, Any]) -> str:
    """The urgency that an act gave; "" when it says none."""
    code = facts.get("after") or facts.get("priority")
    return str(Priority[code.upper()].label) if code else ""
