"""What a library is made of once it has been read. Plain values: nothing here knows a database or a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from decision_manual.expressions import Expression, Vocabulary
from decision_manual.library.places import Words

Severity = Literal["pink", "yellow", "green", "info"]
SEVERITIES: tuple[str, ...] = ("pink", "yellow", "green", "info")
#: E0 resuscitate and call the emergency transfer now; E1 emergency department within the hour; U1 seen by a
#: paediatrician the same day; U2 within 24-48 h; R1 outpatients within 2 weeks; R2 routine; H home with a safety net.
URGENCIES = ("E0", "E1", "U1", "U2", "R1", "R2", "H")
#: which rows count: the first that holds (worst first); the one that can hold; all of the worst severity; all
HITS = ("first", "unique", "worst", "multi")
KINDS = ("medicine", "fluid", "procedure", "test", "advice", "refer", "follow_up")
TYPES = ("bool", "int", "decimal", "choice")
OPTIONAL = ("never", "unlisted", "always")


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is asked, looked for or measured.

    `optional`: "always" may be left out everywhere (its comparisons count as not abnormal, and the page says what is
    not excluded); "unlisted" the same only where the caller says that whatever is not listed is negative; "never" else.
    `worse`: in which direction a number is worse (for the proof of monotonicity); `effort` 1 ask or look, 2 count or
    measure, 3 test at the bedside, 4 laboratory.
    """

    code: str
    type: str
    label: Words
    ask: Words | None = None
    unit: str = ""
    quantity: str = ""
    hard: tuple[Decimal, Decimal] | None = None
    plausible: tuple[Decimal, Decimal] | None = None
    choices: tuple[Choice, ...] = ()
    normal: str = ""
    optional: str = "never"
    effort: int = 1
    worse: str = ""
    group: str = "history"
    profile: str = ""
    media: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class ProfileKey:
    """A choice that a site makes once. `default` until it has."""

    code: str
    label: Words
    choices: tuple[Choice, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Class:
    """A classification. `severity` "" for classes whose rows say it."""

    code: str
    title: Words
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    title: str
    edition: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a rule stands. `grade` as in facts: WHO strength and certainty, AAP letter, NICE verb, or validation."""

    source: str
    locator: str
    grade: Mapping[str, str] = field(default_factory=dict)
    verify: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` (inclusive) to `high` (exclusive), in the unit of the dose's `by`."""

    low: Decimal
    high: Decimal
    amount: Decimal
    amount_to: Decimal | None = None
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """`by` "kg": amount per kg up to `max`; "weight_kg", "age_days", "age_months": bands; "fixed": one amount."""

    by: str
    unit: str
    amount: Decimal | None = None
    amount_to: Decimal | None = None
    max: Decimal | None = None
    bands: tuple[Band, ...] = ()
    round_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What to do. Doses stand here once, whoever refers to them. `when`: only if (else it is left out)."""

    id: str
    kind: str
    title: Words
    how: Words | None = None
    medicine: str = ""
    route: str = ""
    dose: Dose | None = None
    daily_max: Decimal | None = None
    schedule: Words | None = None
    times_per_day: int = 0
    age_days: tuple[Decimal, Decimal] | None = None
    weight_kg: tuple[Decimal, Decimal] | None = None
    in_days: int = 0
    only_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cite: tuple[Cite, ...] = ()
    verify: str = ""


@dataclass(frozen=True, slots=True)
class Indication:
    """Why a child is referred, citable by its id."""

    id: str
    urgency: str
    title: Words
    to: str = ""
    letter_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another source says in this place; `profile` names the site choice that would take it, if one can."""

    source: str
    says: Words
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `when` has the site profile's conditions and `otherwise` already in it."""

    id: str
    when: Expression
    severity: str
    title: Words | None = None
    class_code: str = ""
    actions: tuple[str, ...] = ()
    referral: str = ""
    cite: tuple[Cite, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    note: Words | None = None
    verify: str = ""
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one question. `complete`: some row must hold for every child who enters."""

    id: str
    title: Words
    hit: str
    entry: Expression
    rows: tuple[Row, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Derived:
    name: str
    label: Words
    when: Expression


@dataclass(frozen=True, slots=True)
class Term:
    points: int
    label: Words
    when: Expression


@dataclass(frozen=True, slots=True)
class Score:
    name: str
    label: Words
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Reassess:
    """Findings taken again (after a bronchodilator, say): they take the place of what was found first."""

    code: str
    label: Words
    replaces: tuple[str, ...]
    when: Expression


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where sources differ, and what this page follows."""

    id: str
    topic: Words
    positions: tuple[tuple[str, Words], ...]
    chosen: str
    why: Words
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    text: Words


@dataclass(frozen=True, slots=True)
class Review:
    author: str
    written_on: str
    next_review: str


@dataclass(frozen=True)
class Pathway:
    """A pathway, whole: everything it needs is in it, imported parts included. `bundle` is what it was read from."""

    id: str
    family: str
    title: Words
    summary: Words | None
    age_days: tuple[int, int]
    primary_source: str
    imports: tuple[str, ...]
    entry: Expression
    findings: Mapping[str, Finding]
    derived: Mapping[str, Derived]
    scores: Mapping[str, Score]
    tables: tuple[Table, ...]
    actions: Mapping[str, Action]
    indications: Mapping[str, Indication]
    classes: Mapping[str, Class]
    reassess: tuple[Reassess, ...]
    profile: Mapping[str, ProfileKey]
    sources: Mapping[str, Source]
    ask: tuple[str, ...]
    safety_net: tuple[Words, ...]
    conflicts: tuple[Conflict, ...]
    chapter: tuple[Section, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    body: tuple[str, ...]
    review: Review
    verify: tuple[str, ...]
    #: the pathway that classifies danger signs beside this one; "" when this one does it itself
    danger_by: str
    #: pathways of one name here cover one theme by age, without gap or overlap
    bands: str
    bundle: Mapping[str, Any]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for table in self.tables for row in table.rows)

    def row(self, row_id: str) -> Row:
        return next(row for row in self.rows if row.id == row_id)


def vocabulary(
    findings: Mapping[str, Finding], profile: Mapping[str, ProfileKey], derived: frozenset[str], scores: frozenset[str]
) -> Vocabulary:
    """The names that expressions may use: findings, the child's age, the site's choices as `profile.KEY`."""
    names = {code: (f.type, f.unit, tuple(c.code for c in f.choices)) for code, f in findings.items()}
    choices = {f"profile.{key}": ("choice", "", tuple(c.code for c in p.choices)) for key, p in profile.items()}
    age = {"age_days": ("int", "d", ()), "age_months": ("int", "mo", ())}
    return Vocabulary({**names, **choices, **age}, derived, scores)
