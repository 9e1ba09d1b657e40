"""Teaching cases for pages: what is on the shelf, what waits for a second person, what a case may be made of."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from consortium.casework.models import Case, Message
from consortium.files.models import Attachment
from consortium.files.queries import tiles_of_case
from consortium.journal.queries import open_texts
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from consortium.patients.models import Guardian, PathwayMember, Patient, RecordNumber
from consortium.patients.queries.record import identity_of
from consortium.people.models import Institution, User
from courses.live.deidentify import Days, Found, Known, find
from courses.live.models.cases import CaseStage, TeachingCase, agreed_to_teaching
from courses.live.policies.cases import may_confirm_case, may_read_source, may_use_case, may_write_case
from courses.live.states.cases import PICTURE_REASONS, TEACHING_CASE, CaseStep, StageKind

_WHY = "what of the record has to be looked for in a text"
MOST_CANDIDATES = 25


def case_for(teaching_case_id: UUID) -> TeachingCase:
    """The teaching case, when the actor sees it."""
    found: TeachingCase | None = TeachingCase.objects.select_related("case").filter(pk=teaching_case_id).first()
    if found is None:
        raise NotVisible
    return found


def cases_listed() -> Any:
    """Those that stand, the newest by the order of the page."""
    return TeachingCase.objects.standing()


def candidates(actor: Actor) -> list[Case]:
    """The newest cases that the actor asked or answered, whose guardian agrees, and of which none is made yet."""
    mine = Case.objects.shown().filter(submitted_at__isnull=False)
    mine = mine.filter(asker_id=actor.user_id) | mine.filter(responder_id=actor.user_id)
    made = TeachingCase.objects.standing().values("case_id")
    found = mine.filter(agreed_to_teaching("patient")).exclude(pk__in=made)
    return list(found.select_related("service").order_by("-submitted_at", "-id")[:MOST_CANDIDATES])


def is_agreed(case: Case) -> bool:
    """Whether the child's guardian agrees to teaching now."""
    return bool(Case.objects.filter(agreed_to_teaching("patient"), pk=case.pk).exists())


# -- what tells who the child is --------------------------------------------------------------------------------------


def known_of(case: Case) -> Known:
    """Every name, number and place of the record that a text about the child may hold."""
    patient: Patient = unfiltered(Patient, why=_WHY).get(pk=case.patient_id)
    same = unfiltered(Patient, why=_WHY).filter(Q(pk=patient.pk) | Q(merged_into=patient))
    twins = Q(twin_of=patient) | Q(pk=patient.twin_of_id) | Q(twin_of__isnull=False, twin_of=patient.twin_of_id)
    children = list(same | unfiltered(Patient, why=_WHY).filter(twins))
    guardians = list(unfiltered(Guardian, why=_WHY).filter(patient__in=children))
    staff = _staff(case)
    places = _places(case)
    records = unfiltered(RecordNumber, why=_WHY).filter(patient__in=children).values_list("number", flat=True)
    phones = [row.phone for row in (*guardians, *staff, *places)] + [row.duty_phone for row in places]
    pathway = case.pathway.number if case.pathway else ""
    return Known(
        child=tuple(each.name for each in children),
        family=(*(each.baby_of for each in children), *(each.name for each in guardians)),
        staff=tuple(name for each in staff for name in (each.full_name, each.full_name_zh)),
        numbers=tuple(filter(None, (*records, *map(identity_of, children), pathway, *phones))),
        places=tuple(name for each in places for name in (each.name_en, each.name_zh)),
    )


def _staff(case: Case) -> list[User]:
    wrote = unfiltered(Message, why=_WHY).filter(case_id=case.pk).values("author_id")
    sides = User.objects.filter(pk__in=filter(None, (case.asker_id, case.responder_id)))
    return list((sides | User.objects.filter(pk__in=wrote)).distinct())


def _places(case: Case) -> list[Institution]:
    places = {case.asking_institution_id, case.service.institution_id if case.service else case.asking_institution_id}
    if case.pathway:
        members = unfiltered(PathwayMember, why=_WHY).filter(pathway=case.pathway)
        places |= set(members.values_list("institution_id", flat=True))
    return list(Institution.objects.filter(pk__in=places))


def days_of(case: Case) -> Days:
    """The first day is that of the question."""
    patient: Patient = unfiltered(Patient, why=_WHY).get(pk=case.patient_id)
    return Days(birth=patient.birth_date, first=localtime(case.submitted_at or case.created_at).date())


def found_in(case: Case, text: str) -> list[Found]:
    return find(text, known_of(case), days_of(case))


# -- pages ------------------------------------------------------------------------------------------------------------


def page_of(actor: Actor, row: TeachingCase) -> dict[str, Any]:
    """stages, pictures, actions; for who may know the child also what was written, with what was found in it."""
    reads = may_read_source(actor, row).allowed
    written = list(row.stages.all())
    pictures = list(row.pictures.defer("content").order_by("created_at", "id"))
    return {
        "row": row,
        "reads": reads,
        "writes": row.step == CaseStep.DRAFT and may_write_case(actor, row).allowed,
        "confirms": row.step == CaseStep.REVIEW and may_confirm_case(actor, row).allowed,
        "uses": row.step == CaseStep.APPROVED and may_use_case(actor, row).allowed,
        "stages": _stages(row, written, reads=reads),
        "pictures": [_picture(each) for each in pictures],
        "left": sum(1 for each in (*written, *pictures) if each.confirmed_by_id is None),
        "verbs": {each.verb for each in TEACHING_CASE.available(actor, row)},
    }


def _stages(row: TeachingCase, written: list[CaseStage], *, reads: bool) -> list[dict[str, Any]]:
    """All kinds in their order; `pieces` is what was written, cut at what was found, for who may read it."""
    by_kind = {each.kind: each for each in written}
    sources = dict.fromkeys(by_kind, "")
    if reads:
        texts = open_texts((row.case.patient_id, each.source_sealed) for each in written)
        sources = {each.kind: text for each, text in zip(written, texts, strict=True)}
    known, days = (known_of(row.case), days_of(row.case)) if any(sources.values()) else (Known(), None)
    shown = []
    for kind in StageKind:
        stage = by_kind.get(kind)
        source = sources.get(kind, "")
        pieces = pieces_of(source, find(source, known, days), stage.kept) if stage and source and days else []
        shown.append({"kind": kind.value, "label": kind.label, "stage": stage, "pieces": pieces})
    return shown


def pieces_of(text: str, found: list[Found], kept: list[int]) -> list[dict[str, Any]]:
    """`text` in pieces: plain, taken out, or found and let stand."""
    pieces: list[dict[str, Any]] = []
    at = 0
    for each in found:
        stands = each.start in kept and not each.sure
        pieces += [
            {"text": text[at : each.start], "look": "", "start": 0},
            {"text": text[each.start : each.end], "look": "kept" if stands else "out", "start": each.start,
             "sure": each.sure, "stands": each.stands},
        ]  # fmt: skip
        at = each.end
    return [piece for piece in (*pieces, {"text": text[at:], "look": "", "start": 0}) if piece["text"]]


def _picture(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "width": row.width, "height": row.height, "confirmed": row.confirmed_by_id is not None,
        "reasons": [PICTURE_REASONS[each] for each in row.reasons if each in PICTURE_REASONS],
    }  # fmt: skip


def pictures_to_take(actor: Actor, row: TeachingCase) -> list[dict[str, Any]]:
    """Tiles of the child's case that show something, each with how many `frames` it has."""
    tiles = [tile for tile in tiles_of_case(actor, row.case) if tile["thumbnail_url"]]
    rows = {each.pk: each for each in Attachment.objects.filter(pk__in=[tile["id"] for tile in tiles])}
    return [tile | {"frames": int(rows[tile["id"]].frames.get("count", 1))} for tile in tiles]


def source_of(row: TeachingCase, kind: str) -> tuple[str, list[int]]:
    """(what was written for this stage, the places let stand), for its writer; of a stage not yet written: nothing."""
    stage = row.stages.filter(kind=kind).first()
    if stage is None:
        return "", []
    return open_texts([(row.case.patient_id, stage.source_sealed)])[0], list(stage.kept)
