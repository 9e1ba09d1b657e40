"""What the reader shows: the questions of a pathway, and what follows from the answers, in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from consortium.clinical.units import KINDS
from decision_manual.chart.outline import row_title
from decision_manual.chart.words import Speaker
from decision_manual.evaluator import Answer, Outcome, dose_for, offered
from decision_manual.evaluator.running import rank, scope_of
from decision_manual.expressions import All, Ref, Some, truth
from decision_manual.library import Finding, Pathway, Row
from decision_manual.library.shapes import Action, Cite

GROUPS = ("danger", "history", "look", "measure", "test")
WEIGHT = "weight_kg"


def reading_language() -> str:
    """ "zh" or "en"."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Question:
    """One finding as the sheet asks it. `offer`: the patient's own value and when it was taken, taken by one tap."""

    code: str
    type: str
    label: str
    ask: str
    unit: str
    units: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]
    value: str = ""
    chosen_unit: str = ""
    error: str = ""
    offer: Any = None
    danger: bool = False


def questions(
    pathway: Pathway, sent: Mapping[str, str], wrong: Mapping[str, Any], offers: Mapping[str, Any]
) -> list[tuple[str, list[Question]]]:
    """(group, its questions) in the order they are asked; danger signs first."""
    findings = asked(pathway)
    named = [(group, [question(f, sent, wrong, offers) for f in findings if f.group == group]) for group in GROUPS]
    return [(group, members) for group, members in named if members]


def asked(pathway: Pathway) -> list[Finding]:
    """The findings on the sheet: as the author ordered them, then as the rows use them. Weight stands elsewhere."""
    first = [code for code in pathway.ask if code in pathway.findings]
    rest = [code for code in pathway.findings if code not in first]
    return [pathway.findings[code] for code in (*first, *rest) if code != WEIGHT]


def question(
    finding: Finding, sent: Mapping[str, str], wrong: Mapping[str, Any], offers: Mapping[str, Any]
) -> Question:
    language, code = reading_language(), finding.code
    units = KINDS[finding.quantity].units if finding.quantity else ()
    return Question(
        code=code,
        type=finding.type,
        label=finding.label.said(language),
        ask=finding.ask.said(language) if finding.ask else "",
        unit=finding.unit,
        units=tuple((unit.code, unit.label) for unit in units),
        choices=tuple((choice.code, choice.label.said(language)) for choice in finding.choices),
        value=sent.get(code, "")[:40],
        chosen_unit=sent.get(f"{code}.unit", "") or finding.unit,
        error=str(wrong.get(code, "")),
        offer=offers.get(code),
        danger=finding.danger,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An action: what to do, how much for this child and how that was reckoned."""

    kind: str
    title: str
    how: str
    schedule: str
    route: str
    dose: Any
    daily_max: str
    cites: tuple[str, ...]
    verify: str


@dataclass(frozen=True, slots=True)
class Referred:
    code: str
    urgency: str
    title: str
    to: str


@dataclass(frozen=True, slots=True)
class Held:
    """A row that holds: its name and colour, what to do, and why."""

    row: str
    title: str
    severity: str
    actions: tuple[Told, ...]
    referral: Referred | None
    why: tuple[str, ...]
    cites: tuple[str, ...]
    note: str
    alternatives: tuple[tuple[str, str], ...]
    verify: str


@dataclass(frozen=True, slots=True)
class Open:
    """A worse row that may yet hold, and the questions that would settle it."""

    title: str
    severity: str
    why_not: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What follows. `needs`: (code, label) of what is worth asking next, the most telling first."""

    held: tuple[Held, ...]
    severity: str
    not_excluded: str
    not_excluded_title: str
    needs: tuple[tuple[str, str], ...]
    open: tuple[Open, ...]
    walked: tuple[str, ...]
    safety_net: tuple[str, ...]
    unusual: tuple[str, ...] = ()
    referrals: tuple[Referred, ...] = field(default=())

    @property
    def main(self) -> Held | None:
        """The worst row that holds."""
        return self.held[0] if self.held else None


def result_of(answer: Answer) -> Result | None:
    """The result of the one pathway that was asked; None when the facts deny that it is about this child."""
    if not answer.outcomes:
        return None
    _edition, outcome = answer.outcomes[0]
    language = reading_language()
    rows = sorted((row for _table, row in outcome.hits), key=lambda row: rank(row.severity))
    held = [_held(outcome, row, answer, language) for row in rows]
    open_rows = [row for table in outcome.tables for row in table.open]
    worse = next((row for row in open_rows if row.severity == outcome.not_excluded), None)
    speaker = Speaker(outcome.pathway, language)
    return Result(
        held=tuple(held),
        severity=outcome.severity,
        not_excluded=outcome.not_excluded,
        not_excluded_title=row_title(outcome.pathway, worse, language) if worse else "",
        needs=tuple((need.finding, _label(speaker, need.finding)) for need in answer.needs)[:8],
        open=tuple(_open(speaker, row, answer) for row in open_rows if _is_worse(row, outcome)),
        walked=outcome.walked,
        safety_net=tuple(words.said(language) for words in outcome.pathway.safety_net),
        unusual=tuple(_label(speaker, code) for code in answer.given.unusual),
        referrals=tuple({one.referral.code: one.referral for one in held if one.referral}.values()),
    )


def _is_worse(row: Row, outcome: Outcome) -> bool:
    return not outcome.severity or rank(row.severity) < rank(outcome.severity)


def _label(speaker: Speaker, name: str) -> str:
    reassess = {item.code: item.label for item in speaker.pathway.reassess}
    return reassess[name].said(speaker.language) if name in reassess else speaker.label(name)


def _held(outcome: Outcome, row: Row, answer: Answer, language: str) -> Held:
    pathway = outcome.pathway
    actions = [pathway.actions[code] for code in row.actions]
    return Held(
        row=row.id,
        title=row_title(pathway, row, language),
        severity=row.severity,
        actions=tuple(_told(one, answer, language) for one in actions if offered(one, answer.given.profile)),
        referral=_referred(pathway, row, language),
        why=tuple(_conditions(Speaker(pathway, language), row, outcome, answer)),
        cites=tuple(cited(cite, pathway) for cite in row.cite),
        note=row.note.said(language) if row.note else "",
        alternatives=tuple((a.source, a.says.said(language)) for a in row.alternatives),
        verify=row.verify,
    )


def _told(action: Action, answer: Answer, language: str) -> Told:
    return Told(
        kind=action.kind,
        title=action.title.said(language),
        how=action.how.said(language) if action.how else "",
        schedule=action.schedule.said(language) if action.schedule else "",
        route=action.route,
        dose=dose_for(action, answer.given.facts),
        daily_max=f"{action.daily_max:f}" if action.daily_max is not None else "",
        cites=tuple(f"{cite.source}: {cite.locator}" for cite in action.cite),
        verify=action.verify,
    )


def _referred(pathway: Pathway, row: Row, language: str) -> Referred | None:
    if not row.referral:
        return None
    why = pathway.indications[row.referral]
    return Referred(why.id, why.urgency, why.title.said(language), why.to)


def cited(cite: Cite, pathway: Pathway) -> str:
    """ "IMCI14, cough, row 1 (WHO IMCI chart booklet, March 2014); strong, moderate"."""
    source = pathway.sources.get(cite.source)
    name = f" ({source.title}, {source.edition})" if source else ""
    told = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in cite.grade.items())
    grade = f"; {told}" if told else ""
    return f"{cite.source}, {cite.locator}{name}{grade}"


def _conditions(speaker: Speaker, row: Row, outcome: Outcome, answer: Answer) -> Iterator[str]:
    """The parts of the row's condition that hold; for "none of the above" it says that."""
    if row.otherwise:
        yield speaker.phrase("otherwise")
        return
    yield from _true_parts(speaker, row.when, answer, outcome.pathway)


def _true_parts(speaker: Speaker, node: Any, answer: Answer, pathway: Pathway) -> Iterator[str]:
    scope = scope_of(pathway, answer.given.facts, answer.given.lenient)
    for part in _leaves(node, pathway):
        if truth(part, scope):
            yield speaker.say(part)


def _leaves(node: Any, pathway: Pathway) -> Iterator[Any]:
    """The conditions that a reader sees one by one: names are opened, alternatives and additions taken apart."""
    match node:
        case All(items) | Some(items):
            for item in items:
                yield from _leaves(item, pathway)
        case Ref(name):
            yield from _leaves(pathway.derived[name].when, pathway)
        case _:
            yield node


def _open(speaker: Speaker, row: Row, answer: Answer) -> Open:
    scope = scope_of(speaker.pathway, answer.given.facts, frozenset()).strictly()
    states = [(speaker.say(part), truth(part, scope)) for part in _leaves(row.when, speaker.pathway)]
    words = {True: "yes", False: "no", None: "unknown"}
    seen = {text: words[state] for text, state in states}
    return Open(row_title(speaker.pathway, row, speaker.language), row.severity, tuple(seen.items()))
