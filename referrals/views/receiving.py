"""A child that came without a referral; and the ticks of the checklist."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from consortium.casework.models import Service
from consortium.casework.queries.worklists import seats_of
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from consortium.patients.queries.record import patient_for
from consortium.people.states import CLINICAL_ROLES
from referrals.forms.travelling import UnannouncedForm
from referrals.models import Referral
from referrals.operations.checking import tick
from referrals.operations.unannounced import receive_unannounced
from referrals.policies import may_receive_somewhere
from referrals.queries.page import referral_page
from referrals.queries.parts.checklist import part_checklist
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, Step


def _services(actor: Actor) -> list[Service]:
    """Those of the institutions where the actor works with children, the ones they answer for first."""
    places, own = actor.institution_ids(*CLINICAL_ROLES), {seat.service_id for seat in seats_of(actor)}
    rows = Service.objects.filter(institution_id__in=places, is_open=True).select_related("institution")
    return sorted(rows.order_by("institution__name_en", "name_en"), key=lambda service: service.pk not in own)


@form_page
def unannounced(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Receive the child; a referral that is open for it is shown first, for then it is no unannounced one."""
    actor = current_actor()
    require(may_receive_somewhere(actor))
    patient, services = patient_for(patient_id), _services(actor)
    form: Any = UnannouncedForm(request.POST or None, initial={"request_key": uuid4()})
    form.fields["service_id"].choices = [(str(s.pk), f"{s.name}, {s.institution.name}") for s in services]
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        key = said.pop("request_key")
        try:
            referral = receive_unannounced(actor=actor, patient_id=patient.pk, key=key, **said)
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name if name in form.fields else None, str(words))
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("referrals:show", referral.pk)
    elif not form.is_bound:
        note_read(actor=actor, subject=patient, patient_id=patient.pk, what="unannounced", once_per_look=True)
    coming = Referral.objects.filter(
        patient=patient, step__in=(*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS)
    ).select_related("case__service__institution")
    context = {"form": form, "patient": patient, "coming": list(coming)}
    return render(request, "referrals/unannounced.html", context, status=422 if form.is_bound else 200)


@require_POST
def check(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One tap of the checklist; the card comes back as it stands now."""
    actor, said = current_actor(), request.POST
    tick(
        actor=actor, case_id=case_id, item=said.get("item", ""), state=said.get("state", ""), note=said.get("note", "")
    )  # fmt: skip
    if not request.headers.get("HX-Request"):
        return redirect("referrals:show", case_id)
    page = referral_page(actor, case_id)
    part = part_checklist(page) or {}
    return render(request, "referrals/parts/checklist.html", {"part": part, "page": page, "case": page.case})
