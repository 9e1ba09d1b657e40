"""From a child to a referral sent. What was typed is never lost: it is kept as a draft whatever else is wrong."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.casework.models import Case
from consortium.casework.states import Priority, Symptom
from consortium.casework.views.drafting import kept, number_in, show_version, take_weight, weight_shown
from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from consortium.patients.queries.growing import glance
from consortium.patients.queries.record import patient_for
from referrals.forms.drafting import (
    FIELD_NAMES,
    INDICATION,
    URGENCY_OF_INDICATION,
    BeginForm,
    ReferForm,
    initial_of,
)
from referrals.models import Referral
from referrals.operations.drafting import save_draft
from referrals.operations.sending import send
from referrals.policies import may_refer
from referrals.queries import referral_for
from referrals.queries.mine import own_referrals
from referrals.queries.routing import Need, Place, places
from referrals.states import MACHINE, Step


@form_page
def begin(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """How urgent, and what about; posting makes the draft, once for each `request_key`."""
    actor = current_actor()
    require(may_refer(actor))
    patient = patient_for(patient_id)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="refer", once_per_look=True)
    # the manual hands over what it found: the first look at this page, though it comes by POST (no fact in an address)
    bound = request.method == "POST" and "from_manual" not in request.POST
    offered = request.POST.getlist("indications")
    form = BeginForm(request.POST if bound else None, initial=_first(request), offered=offered)
    if form.is_bound and form.is_valid():
        fields = {"patient_id": patient.pk, **form.draft_fields()}
        draft = save_draft(actor=actor, fields=fields, key=form.cleaned_data["request_key"])
        return redirect("referrals:edit", draft.pk)
    return render(
        request, "referrals/begin.html", {"form": form, "patient": patient}, status=422 if form.is_bound else 200
    )


def _first(request: HttpRequest) -> dict[str, Any]:
    """What the manual's result says: its words, the indication, and how soon."""
    said = {f"indication_{part}": request.POST.get(f"indication_{part}", "")[:80] for part in INDICATION}
    urgency = URGENCY_OF_INDICATION.get(said["indication_urgency"], "" if not said["indication_id"] else 3)
    return {
        **said, "priority": urgency, "request_key": uuid4(), "situation": request.POST.get("situation", "")[:4000],
        "symptom": request.POST.get("symptom", ""),
    }  # fmt: skip


@form_page
def edit(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form of a draft; posting saves it, then sends it when everything is there."""
    referral = referral_for(case_id)
    if referral.step != Step.DRAFT:
        return redirect("referrals:show", case_id)
    MACHINE.check("save", current_actor(), referral)
    form = _form(request, referral)
    conflict: DomainError | None = None
    if form.is_bound:
        take_weight(form)
        try:
            if _sent(form, case_id):
                return redirect("referrals:show", case_id)
        except InvalidInput as error:
            _add_errors(form, error)
        except DomainError as error:
            conflict = error
            show_version(form, error.detail.get("version", form.data.get("version", "")))
    return _page(request, referral, form, conflict)


def _form(request: HttpRequest, referral: Referral) -> ReferForm:
    case = referral.case
    initial = {**initial_of(referral), "weight": weight_shown(case)}
    suggested = _places(referral, request.POST)
    return ReferForm(
        request.POST if request.method == "POST" else None, initial=initial, age_days=case.age_days,
        places=suggested, chosen_id=case.service_id,
    )  # fmt: skip


def _places(referral: Referral, said: Any) -> list[Place]:
    """Where the child may go, by what the form says now, else by the draft."""
    typed: dict[str, Any] = {}
    if (priority := number_in(said.get("priority"))) in Priority.values:
        typed["priority"] = priority
    if said.get("symptom") in Symptom.values:
        typed["symptom"] = said["symptom"]
    return places(Need.of_referral(referral, **typed))


def _sent(form: ReferForm, case_id: UUID) -> bool:
    """Save what was typed; send it when nothing is wrong with it."""
    actor, version = current_actor(), number_in(form.data.get("version"))
    saved = save_draft(actor=actor, case_id=case_id, fields=form.draft_fields(), version=version)
    show_version(form, saved.case.version)
    unfinished = "later" in form.data or "use_weight" in form.data
    if unfinished or not form.is_valid():
        return unfinished
    send(actor=actor, case_id=case_id, weight_sure=form.cleaned_data["weight_sure"])
    return True


def _add_errors(form: ReferForm, error: InvalidInput) -> None:
    """What the operation found, beside the fields it is about."""
    form.is_valid()
    for name, words in error.fields.items():
        field = FIELD_NAMES.get(name, name)
        form.add_error(field if field in form.fields else None, str(words))


def _page(request: HttpRequest, referral: Referral, form: ReferForm, conflict: DomainError | None) -> HttpResponse:
    actor, case = current_actor(), referral.case
    patient = patient_for(case.patient_id)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="refer", once_per_look=True)
    context = {
        "form": form, "case": case, "referral": referral, "patient": patient, "conflict": conflict,
        "here": request.path, "glance": glance(actor, patient),
    }  # fmt: skip
    wrong = 422 if form.is_bound and form.errors else 200
    form.show_needed()
    return render(request, "referrals/edit.html", context, status=conflict.status if conflict else wrong)


@require_POST
def autosave(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keeps a draft while it is typed."""

    def save() -> Case:
        form, version = ReferForm(request.POST), number_in(request.POST.get("version"))
        fields = form.draft_fields()
        return save_draft(actor=current_actor(), case_id=case_id, fields=fields, version=version).case

    return kept(save)


@never_cache
@require_safe
def suggestions(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where the child may go, as urgency and symptom stand in the form now: a fragment."""
    referral = referral_for(case_id)
    MACHINE.check("save", current_actor(), referral)
    chosen_id = referral.case.service_id
    initial = {"service_id": request.GET.get("service_id") or str(chosen_id or "")}
    form = ReferForm(initial=initial, places=_places(referral, request.GET), chosen_id=chosen_id)
    form.show_needed()
    return render(request, "referrals/suggestions.html", {"form": form})


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own referred children: on their way, or over, with what became of each."""
    actor = current_actor()
    require(may_refer(actor))
    over = request.GET.get("tab") == "over"
    page = own_referrals(actor, is_open=not over, after=request.GET.get("after", ""))
    note_list_read(actor=actor, what="referred", patient_ids=[row["patient_id"] for row in page.items])
    asked = {"tab": "over"} if over else {}
    more = f"{request.path}?{urlencode({**asked, 'after': page.next_cursor})}" if page.next_cursor else ""
    tabs = [
        {"url": request.path, "label": _("On their way"), "here": not over},
        {"url": f"{request.path}?tab=over", "label": _("Over"), "here": over},
    ]
    return render(request, "referrals/mine.html", {"rows": page.items, "next_url": more, "tabs": tabs, "over": over})
