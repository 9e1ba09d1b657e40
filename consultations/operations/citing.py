"""Which branch of the manual was used before the question, and why it did not suffice: kept with the draft."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.kernel.errors import InvalidInput
from consortium.kernel.scoping import unfiltered
from consultations.events import BranchFellShort
from consultations.models import Consultation, ManualUse
from consultations.queries.citing import place, times_short
from consultations.states import DID_ITS_PART, FELL_SHORT_OFTEN, FellShort

_WHY = "the manual's branch of a locked case"
NOTE_LENGTH = 2000


def checked_use(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was said of the manual, made sure of: None for nothing. `pathway`, `version`, `node`, `indication`,
    `run_id`, `why`, `note`, any of them. InvalidInput names what is wrong."""
    if not said or not said.get("pathway"):
        return None
    found = place(said["pathway"], said.get("version"), said.get("node") or "")
    if found is None:
        raise InvalidInput({"manual": _("There is no such place in the manual.")})
    why, note = said.get("why") or "", (said.get("note") or "").strip()
    if why not in ("", *FellShort.values):
        raise InvalidInput({"manual_why": _("Choose why the manual did not suffice.")})
    if len(note) > NOTE_LENGTH:
        raise InvalidInput({"manual_note": _("This is longer than %(most)d characters.") % {"most": NOTE_LENGTH}})
    more = {"indication": (said.get("indication") or "")[:80], "run_id": _run(said.get("run_id"))}
    return {"pathway": found.pathway, "version": found.version, "node": found.node, "why": why, "note": note, **more}


def _run(said: Any) -> UUID | None:
    try:
        return UUID(str(said)) if said else None
    except ValueError:
        return None


def keep_use(case_id: UUID, use: Mapping[str, Any] | None) -> None:
    """Keep a checked one with a locked draft; None: the manual was not asked."""
    rows = unfiltered(ManualUse, why=_WHY)
    if use is None:
        rows.filter(case_id=case_id).delete()
    else:
        rows.update_or_create(case_id=case_id, defaults=dict(use))


def use_kept(case_id: UUID) -> ManualUse | None:
    found: ManualUse | None = unfiltered(ManualUse, why=_WHY).filter(case_id=case_id).first()
    return found


def shortfall(consultation: Consultation) -> BranchFellShort | None:
    """The event, when with this question the branch has fallen short often. After the case's save, as it is sent."""
    use = use_kept(consultation.pk)
    if use is None or use.why in ("", *DID_ITS_PART):
        return None
    count = times_short(use.pathway, use.node)
    return BranchFellShort(use.pathway, use.version, use.node, count) if count >= FELL_SHORT_OFTEN else None
