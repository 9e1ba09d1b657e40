"""From a child to a question sent. What was typed is never lost: it is kept as a draft whatever else is wrong."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework.models import Case, Service
from consortium.casework.queries.intake import refusal
from consortium.casework.states import Priority
from consortium.casework.views.drafting import kept, number_in, show_version, take_weight, weight_shown
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.policies import require
from consortium.patients.queries.growing import glance
from consortium.patients.queries.record import patient_for
from consortium.patients.views import choosing
from consultations import operations
from consultations.forms import FIELD_NAMES, TEXTS, AskForm, BeginForm, ManualForm, manual_of
from consultations.forms.asking import MANUAL_FIELDS
from consultations.forms.intake import NeedsForm
from consultations.models import Consultation
from consultations.policies import may_ask
from consultations.queries import consultation_for
from consultations.states import MACHINE, Step
from consultations.views.citing import manual_form, page_beside


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_child(request: HttpRequest) -> HttpResponse:
    """About whom?"""
    require(may_ask(current_actor()))
    title = _("Ask a specialist")
    return choosing.choose_child(request, title=title, begin="consultations:begin", what="ask-about")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Whom to ask and how soon; posting makes the draft, once for each `request_key`."""
    actor = current_actor()
    require(may_ask(actor))
    patient = patient_for(patient_id)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="ask", once_per_look=True)
    # the manual hands over what it found: the first look at this page, though it comes by POST (no fact in an address)
    arrives = "from_manual" in request.POST
    first: dict[str, Any] = {
        "priority": "", "request_key": uuid4(), "situation": request.POST.get("situation", "")[:4000],
        **{name: request.POST.get(name, "")[:120] for name in MANUAL_FIELDS[:5]},
    }  # fmt: skip
    form = BeginForm(request.POST if request.method == "POST" and not arrives else None, initial=first)
    if form.is_bound and form.is_valid():
        kept = ("service_id", "priority", "situation")
        typed = {"patient_id": patient.pk, **{k: form.cleaned_data[k] for k in kept if form.cleaned_data[k] != ""}}
        if use := manual_of(form.cleaned_data):
            typed["manual"] = use
        draft = operations.save_draft(actor=actor, fields=typed, key=form.cleaned_data["request_key"])
        return redirect("consultations:edit", draft.pk)
    status = 422 if form.is_bound else 200
    return render(request, "consultations/begin.html", {"form": form, "patient": patient}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form of a draft; posting saves it, then sends it when everything is there."""
    actor = current_actor()
    consultation = consultation_for(case_id)
    if consultation.step != Step.DRAFT:
        return redirect("consultations:show", case_id)
    MACHINE.check("save", actor, consultation)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(consultation),
        age_days=consultation.case.age_days,
    )
    form.needs = _needs(request, consultation)
    manual = manual_form(request, consultation)
    conflict: DomainError | None = None
    if request.method == "POST":
        take_weight(form)
        try:
            if _sent(form, manual, case_id):
                return redirect("consultations:show", case_id)
        except InvalidInput as error:
            _add_errors(form, error, manual)
        except DomainError as error:
            conflict = error
            show_version(form, error.detail.get("version", ""))
    return _edit_page(request, consultation, form, conflict, manual)


def _needs(request: HttpRequest, consultation: Consultation) -> NeedsForm:
    return NeedsForm(request.POST if "symptom" in request.POST else None, consultation)


def _fields(form: AskForm, manual: ManualForm) -> dict[str, Any]:
    """What was typed, the manual with it where the page asked for it."""
    return {**form.draft_fields(), **({"manual": manual.use()} if manual.is_bound else {})}


def _sent(form: AskForm, manual: ManualForm, case_id: UUID) -> bool:
    """Save what was typed; send it when nothing is wrong with it."""
    actor = current_actor()
    version = number_in(form.data.get("version"))
    saved = operations.save_draft(actor=actor, case_id=case_id, fields=_fields(form, manual), version=version)
    show_version(form, saved.case.version)
    unfinished = "later" in form.data or "use_weight" in form.data
    if unfinished or not form.is_valid():
        return unfinished
    operations.submit(actor=actor, case_id=case_id, weight_sure=form.cleaned_data["weight_sure"])
    return True


def _add_errors(form: AskForm, error: InvalidInput, manual: ManualForm) -> None:
    """What the operation found, beside the fields it is about."""
    form.is_valid()
    for name, words in error.fields.items():
        field = FIELD_NAMES.get(name, name)
        if field in manual.fields and manual.is_bound:
            manual.add_error(field, str(words))
        elif form.needs is not None and form.needs.is_bound and field in form.needs.fields:
            form.needs.add_error(field, str(words))
        else:
            form.add_error(field if field in form.fields else None, str(words))


def _initial(consultation: Consultation) -> dict[str, Any]:
    case = consultation.case
    return {
        **{name: getattr(consultation, name) for name in TEXTS},
        "service_id": str(case.service_id or ""),
        "priority": str(case.priority),
        "weight": weight_shown(case),
        "consent_given": consultation.consent_given,
        "may_be_converted": consultation.may_be_converted,
        "version": case.version,
    }


def _edit_page(
    request: HttpRequest, consultation: Consultation, form: AskForm, conflict: DomainError | None, manual: ManualForm
) -> HttpResponse:
    actor, case = current_actor(), consultation.case
    patient = patient_for(case.patient_id)
    note_read(actor=actor, subject=patient, patient_id=patient.pk, what="ask", once_per_look=True)
    context = {
        "form": form, "case": case, "patient": patient, "conflict": conflict, "service": _chosen(form, case.service),
        "here": request.path, "glance": glance(actor, patient), "manual": manual, "beside": page_beside(manual),
        "needs": form.needs,
    }  # fmt: skip
    return render(request, "consultations/edit.html", context, status=_status(form, manual, conflict))


def _status(form: AskForm, manual: ManualForm, conflict: DomainError | None) -> int:
    if conflict is not None:
        return conflict.status
    return 422 if any(each and each.is_bound and each.errors for each in (form, manual, form.needs)) else 200


def _chosen(form: AskForm, known: Service | None) -> Service | None:
    """The service as chosen in the form just now, whose note stands beside it."""
    form.is_valid()
    wanted = form.cleaned_data.get("service_id") if form.is_bound else None
    return Service.objects.filter(pk=wanted).first() if wanted else known


@require_POST
def autosave(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keeps a draft while it is typed."""

    def save() -> Case:
        form, consultation = AskForm(request.POST), consultation_for(case_id)
        form.needs, manual = _needs(request, consultation), manual_form(request, consultation)
        return operations.save_draft(
            actor=current_actor(),
            case_id=case_id,
            fields=_fields(form, manual),
            version=number_in(form.data.get("version")),
        ).case

    return kept(save)


@require_safe
def service_note(request: HttpRequest) -> HttpResponse:
    """What the chosen service wants to be sent, its telephone, and who takes the question when it does not: a fragment
    beside the form."""
    try:
        service = Service.objects.filter(pk=UUID(request.GET.get("service_id", ""))).first()
    except ValueError:
        service = None
    priority = number_in(request.GET.get("priority"))
    context: dict[str, Any] = {"service": service, "stat": priority == Priority.STAT}
    if service is not None and priority in Priority.values:
        age_days = number_in(request.GET.get("age_days"))
        context["why_not"], context["takers"] = refusal(service, age_days, priority)
    return render(request, "consultations/service_note.html", context)
