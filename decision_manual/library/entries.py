"""The shared entries: findings, classes, sources, actions with their doses, choices of a site."""

from decimal import Decimal
from itertools import pairwise

from consortium.clinical.units import KINDS as QUANTITIES
from decision_manual.library.places import Place, Words
from decision_manual.library.shapes import (
    KINDS,
    OPTIONAL,
    SEVERITIES,
    TYPES,
    Action,
    Band,
    Choice,
    Cite,
    Class,
    Dose,
    Finding,
    ProfileKey,
    Source,
)

EFFORTS = (1, 2, 3, 4)
GROUPS = ("danger", "history", "look", "measure", "test")
WORSE = ("", "high", "low")
BY = ("kg", "weight_kg", "age_days", "age_months", "fixed")
GRADES = (
    "strength", "certainty", "evidence_quality", "nice_verb", "derivation", "validated_external",
    "multicentre_validated", "accuracy",
)  # fmt: skip
FOREVER = Decimal(10) ** 9


def _choices(place: Place) -> tuple[Choice, ...]:
    return tuple(Choice(code, words.words()) for code, words in place.entries())


def finding(code: str, place: Place) -> Finding:
    place.mapping(
        ("ask", "unit", "quantity", "hard", "plausible", "choices", "normal", "optional", "effort", "worse", "group",
         "profile", "media", "danger"),
        ("type", "label"),
    )  # fmt: skip
    made = Finding(
        code=code,
        type=place.at("type").one_of(TYPES),
        label=place.at("label").words(),
        ask=place.at("ask").maybe(Place.words),
        unit=place.at("unit").text(""),
        quantity=place.at("quantity").one_of(("", *QUANTITIES), ""),
        hard=place.at("hard").maybe(Place.pair),
        plausible=place.at("plausible").maybe(Place.pair),
        choices=_choices(place.at("choices")),
        normal=place.at("normal").text(""),
        optional=place.at("optional").one_of(OPTIONAL, "never"),
        effort=place.at("effort").whole(1),
        worse=place.at("worse").one_of(WORSE, ""),
        group=place.at("group").one_of(GROUPS, "history"),
        profile=place.at("profile").text(""),
        media=place.at("media").text(""),
        danger=place.at("danger").flag(),
    )
    _check_finding(made, place)
    return made


def _check_finding(made: Finding, place: Place) -> None:
    if made.effort not in EFFORTS:
        place.at("effort").wrong("must be 1 (ask, look), 2 (count, measure), 3 (bedside test) or 4 (laboratory)")
    if made.type in ("int", "decimal"):
        _check_number(made, place)
    if made.type == "choice" and len(made.choices) < 2:
        place.at("choices").wrong("a choice needs at least two choices, code: {en: ..., zh: ...}")
    if made.normal and made.normal not in {choice.code for choice in made.choices}:
        place.at("normal").wrong("must be the code of one of the choices")


def _check_number(made: Finding, place: Place) -> None:
    if not made.unit or made.hard is None or made.plausible is None:
        place.wrong("a number needs unit, hard and plausible limits")
    elif not made.hard[0] <= made.plausible[0] <= made.plausible[1] <= made.hard[1]:
        place.at("plausible").wrong("must lie within the hard limits")
    if made.quantity and made.unit not in {unit.code for unit in QUANTITIES[made.quantity].units}:
        place.at("unit").wrong(f"{made.quantity} is not measured in {made.unit}")


def profile_key(code: str, place: Place) -> ProfileKey:
    place.mapping((), ("label", "choices", "default"))
    choices = _choices(place.at("choices"))
    default = place.at("default").one_of([choice.code for choice in choices])
    return ProfileKey(code, place.at("label").words(), choices, default)


def classification(code: str, place: Place) -> Class:
    place.mapping(("severity",), ("en", "zh"))
    title = Words(place.at("en").text(), place.at("zh").text())
    return Class(code, title, place.at("severity").one_of(("", *SEVERITIES), ""))


def source(key: str, place: Place) -> Source:
    place.mapping(("url",), ("title", "edition"))
    return Source(key, place.at("title").text(), place.at("edition").text(), place.at("url").text(""))


def cite(place: Place) -> Cite:
    place.mapping(("grade", "verify"), ("source", "locator"))
    place.at("grade").maybe(lambda grade: grade.mapping(GRADES))
    grade = {key: value.text() for key, value in place.at("grade").entries()}
    return Cite(place.at("source").text(), place.at("locator").text(), grade, place.at("verify").text(""))


def cites(place: Place) -> tuple[Cite, ...]:
    return tuple(cite(item) for item in place.items())


def only_if(place: Place) -> dict[str, tuple[str, ...]]:
    """{profile key: choice or choices}."""
    return {key: value.texts() if isinstance(value.value, list) else (value.text(),) for key, value in place.entries()}


def action(code: str, place: Place) -> Action:
    place.mapping(
        ("how", "medicine", "route", "dose", "daily_max", "schedule", "times_per_day", "age_days", "weight_kg",
         "in_days", "only_if", "cite", "verify"),
        ("kind", "title"),
    )  # fmt: skip
    made = Action(
        id=code,
        kind=place.at("kind").one_of(KINDS),
        title=place.at("title").words(),
        how=place.at("how").maybe(Place.words),
        medicine=place.at("medicine").text(""),
        route=place.at("route").text(""),
        dose=place.at("dose").maybe(dose),
        daily_max=place.at("daily_max").maybe(Place.number),
        schedule=place.at("schedule").maybe(Place.words),
        times_per_day=place.at("times_per_day").whole(0),
        age_days=place.at("age_days").maybe(Place.pair),
        weight_kg=place.at("weight_kg").maybe(Place.pair),
        in_days=place.at("in_days").whole(0),
        only_if=only_if(place.at("only_if")),
        cite=cites(place.at("cite")),
        verify=place.at("verify").text(""),
    )
    _check_action(made, place)
    return made


def _check_action(made: Action, place: Place) -> None:
    if made.kind in ("medicine", "fluid") and not (made.medicine and made.route and made.dose and made.cite):
        place.wrong("a medicine or fluid needs medicine, route, dose and cite")
    if made.kind == "follow_up" and made.in_days < 1:
        place.at("in_days").wrong("a follow-up says in how many days (1 or more)")


def dose(place: Place) -> Dose:
    place.mapping(("amount", "amount_to", "max", "bands", "round_to"), ("by", "unit"))
    made = Dose(
        by=place.at("by").one_of(BY),
        unit=place.at("unit").text(),
        amount=place.at("amount").maybe(Place.number),
        amount_to=place.at("amount_to").maybe(Place.number),
        max=place.at("max").maybe(Place.number),
        bands=tuple(band(item) for item in place.at("bands").items()),
        round_to=place.at("round_to").maybe(Place.number),
    )
    if made.by in ("kg", "fixed") and made.amount is None:
        place.at("amount").wrong("give the amount (per kg, or fixed)")
    if made.by == "kg" and made.max is None:
        place.at("max").wrong("a dose per kg needs an absolute maximum for one dose")
    if made.by not in ("kg", "fixed"):
        _check_bands(made.bands, place.at("bands"))
    return made


def _check_bands(bands: tuple[Band, ...], place: Place) -> None:
    if not bands:
        place.wrong("give the bands: [{from: 4, below: 10, amount: 1}, ...]")
    for before, after in pairwise(bands):
        if before.high != after.low:
            place.wrong(f"bands must join: one ends at {before.high}, the next begins at {after.low}")


def band(place: Place) -> Band:
    place.mapping(("below", "amount_to", "note"), ("from", "amount"))
    low, high = place.at("from").number(), place.at("below").maybe(Place.number) or FOREVER
    if low >= high:
        place.wrong("from must be less than below")
    note: Words | None = place.at("note").maybe(Place.words)
    return Band(low, high, place.at("amount").number(), place.at("amount_to").maybe(Place.number), note)
