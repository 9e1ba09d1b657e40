"""A case as one row of a list: what is asked, for whom, until when, whose turn."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from consortium.casework.models import Case
from consortium.casework.queries.worklists import Tab
from consortium.casework.states import Ball, CaseKind, Priority
from consortium.kernel import clock
from consortium.kernel.actors import NOBODY, Actor
from consortium.kernel.templatetags.when import age
from consortium.patients.states import Sex

#: whose pages show a case of each kind; the features above own them
PLACES = {CaseKind.CONSULTATION: "consultations", CaseKind.REFERRAL: "referrals"}
_CODES = {p.value: p.code for p in Priority}

#: what an empty list says: (title, what happens next)
EMPTY = {
    Tab.MINE: (
        gettext_lazy("Nothing waits for you"),
        gettext_lazy("What needs you appears here by itself, the most urgent on top."),
    ),
    Tab.QUEUE: (gettext_lazy("Nothing to be taken"), gettext_lazy("New questions appear here by themselves.")),
    Tab.SERVICE: (gettext_lazy("Nothing is open"), gettext_lazy("Every question of the service has been closed.")),
    Tab.ASKED: (
        gettext_lazy("No open questions"),
        gettext_lazy("What your clinic asks appears here until it is closed."),
    ),
    Tab.DRAFTS: (gettext_lazy("No drafts"), gettext_lazy("A question you begin is kept here until you send it.")),
    Tab.CLOSED: (gettext_lazy("Nothing closed yet"), gettext_lazy("Closed questions stay here, the newest first.")),
}


def case_url(case: Case, name: str = "show", *args: Any) -> str:
    """The page `name` of a case: all features name theirs alike."""
    return page_url(case.kind, name, case.pk, *args)


def page_url(kind: str, name: str, *args: Any) -> str:
    return reverse(f"{PLACES[CaseKind(kind)]}:{name}", args=args)


@lru_cache
def _around(kind: str) -> tuple[str, str]:
    before, _case, after = page_url(kind, "show", NOBODY).partition(str(NOBODY))
    return before, after


def show_url(kind: str, case_id: UUID) -> str:
    """The page of a case, without looking its address up for each row of a list."""
    before, after = _around(kind)
    return f"{before}{case_id}{after}"


def take_word(kind: str) -> str:
    """What waits to be done with a case that nobody has yet."""
    return _("To be accepted") if kind == CaseKind.REFERRAL else _("To be taken")


def kilograms(grams: int | None) -> str:
    """6800 -> "6.8"; "" when not known."""
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") if grams else ""


def age_words(days: int | None, on: date | None = None) -> str:
    """An age in days as paediatricians say it."""
    on = on or clock.today()
    return age(on - timedelta(days=days), on) if days is not None else ""


def child_words(sex: str, age_days: int | None, weight_grams: int | None) -> str:
    """ "Girl, 7 months, 6.8 kg": who it is about, without a name."""
    return _child_words(sex, age_days, weight_grams, clock.today(), get_language())


@lru_cache(4096)
def _child_words(sex: str, age_days: int | None, weight_grams: int | None, today: date, language: str | None) -> str:
    weight = _("%(weight)s kg") % {"weight": kilograms(weight_grams)} if weight_grams else ""
    parts = [str(Sex(sex).label) if sex != Sex.UNKNOWN else "", age_words(age_days, today), weight]
    return pgettext("between two facts about a child", ", ").join(part for part in parts if part)


def spoken(item: dict[str, Any], name: str) -> str:
    """The reader's form of a bilingual name in a row; "" when there is none."""
    english, chinese = item[f"{name}_names"] or ("", "")
    return (chinese if (get_language() or "").startswith("zh") else "") or english


def party_words(case: Case) -> str:
    """Who has to act, by name where one person does; "" when nobody does."""
    if case.ball_user:
        return case.ball_user.get_full_name()
    service = case.service.name if case.service else ""
    return _party(case.ball, asker=case.asking_institution.name, service=service)


def _party(ball: str, *, asker: str, service: str) -> str:
    words = {
        Ball.ASKER: asker, Ball.RESPONDER: service, Ball.COORDINATOR: _("the coordinator"),
        Ball.TRANSPORT: _("the transport"), Ball.FAMILY: _("the family"),
    }  # fmt: skip
    return words.get(Ball(ball), "")


def _holder(item: dict[str, Any]) -> str:
    """Who has to act, when it is not the reader."""
    if item["ball"] == Ball.NONE or not item["submitted_at"]:
        return ""
    if name := spoken(item, "holder"):
        return name
    if item["kind"] == CaseKind.REFERRAL:
        return _party(item["ball"], asker=spoken(item, "place"), service=spoken(item, "service"))
    return _("the coordinator") if item["responder_id"] else ""


def _to_take(item: dict[str, Any]) -> bool:
    """Nobody has it yet: a question in its queue; a referral while the receiving service has not said yes."""
    waits = item["kind"] == CaseKind.CONSULTATION or item["ball"] == Ball.RESPONDER
    return item["responder_id"] is None and waits


def row_of(item: dict[str, Any], actor: Actor, names: dict[UUID, str]) -> dict[str, Any]:
    """The row for the template, of an item of `worklists.worklist`."""
    open_ = item["is_open"] and item["submitted_at"] is not None
    who = child_words(item["sex"], item["age_days"], item["weight_grams"])
    name, is_referral = names.get(item["id"], ""), item["kind"] == CaseKind.REFERRAL
    return {
        "url": show_url(item["kind"], item["id"]),
        "priority": _CODES[item["priority"]],
        "mine": open_ and item["ball_user_id"] == actor.user_id,
        "to_take": open_ and _to_take(item),
        "take_word": take_word(item["kind"]),
        "kind_word": _("Referral") if is_referral else "",
        "draft": item["submitted_at"] is None,
        "holder": _holder(item),
        "unread": item["last_message_seq"] > (item["seen"] or 0) and (is_referral or item["responder_id"] is not None),
        "who": f"{name} · {who}" if name else who,
        "title": item["headline"] or _("No question yet"),
        "meta": _meta(item, actor),
        "due_at": item["due_at"] if open_ else None,
        "started_at": item["started_at"],
        "at": item["closed_at"] or item["created_at"],
    }


def back_row(item: dict[str, Any]) -> dict[str, Any]:
    """One case that came back, as the aside shows it: no name stands there."""
    return {
        "url": page_url(item["kind"], "show", item["id"]),
        "who": child_words(item["sex"], item["age_days"], None),
        "title": item["headline"],
        "is_open": item["is_open"],
        "at": item["back_at"],
    }


def _meta(item: dict[str, Any], actor: Actor) -> list[str]:
    asked_by = spoken(item, "asker") if item["asker_id"] != actor.user_id else _("Asked by you")
    return [part for part in (asked_by, spoken(item, "place"), spoken(item, "service")) if part]
