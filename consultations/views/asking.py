"""From a child to a question sent. What was typed is never lost: it is kept as a draft whatever else is wrong."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework.models import Service
from consortium.casework.queries.intake import refusal
from consortium.casework.queries.rows import kilograms
from consortium.casework.states import Priority
from consortium.journal.operations import note_list_read, note_read
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require
from consortium.patients.queries.growing import glance
from consortium.patients.queries.measuring import latest_values
from consortium.patients.queries.record import patient_for
from consortium.patients.queries.search import Found, find, patients_page
from consortium.patients.views.registry import unseen_record
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
    """About whom? The clinic's newest children, or those a search finds: by POST, no name stands in an address."""
    actor = current_actor()
    require(may_ask(actor))
    text = request.POST.get("q", "").strip()
    if text:
        spend("search", spender(request))
    found = find(actor, text) if text else Found(patients_page(actor).items)
    note_list_read(actor=actor, what="ask-about", patient_ids=[row["id"] for row in found.rows])
    context: dict[str, Any] = {"children": [_child(row) for row in found.rows], "q": text}
    if found.unseen is not None:
        context |= unseen_record(actor, found.unseen, found.by, text)
    return render(request, "consultations/choose_child.html", context)


def _child(row: dict[str, Any]) -> dict[str, Any]:
    order = f" ({row['birth_order']})" if row["birth_order"] else ""
    name = row["name"] or _("Baby of %(mother)s") % {"mother": row["baby_of"]} + order
    return {**row, "shown": name}


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
        _take_weight(form)
        try:
            if _sent(form, manual, case_id):
                return redirect("consultations:show", case_id)
        except InvalidInput as error:
            _add_errors(form, error, manual)
        except DomainError as error:
            conflict = error
            _show_version(form, error.detail.get("version", ""))
    return _edit_page(request, consultation, form, conflict, manual)


def _needs(request: HttpRequest, consultation: Consultation) -> NeedsForm:
    return NeedsForm(request.POST if "symptom" in request.POST else None, consultation)


def _fields(form: AskForm, manual: ManualForm) -> dict[str, Any]:
    """What was typed, the manual with it where the page asked for it."""
    return {**form.draft_fields(), **({"manual": manual.use()} if manual.is_bound else {})}


def _sent(form: AskForm, manual: ManualForm, case_id: UUID) -> bool:
    """Save what was typed; send it when nothing is wrong with it."""
    actor = current_actor()
    version = _number(form.data.get("version"))
    saved = operations.save_draft(actor=actor, case_id=case_id, fields=_fields(form, manual), version=version)
    _show_version(form, saved.case.version)
    unfinished = "later" in form.data or "use_weight" in form.data
    if unfinished or not form.is_valid():
        return unfinished
    operations.submit(actor=actor, case_id=case_id)
    return True


def _take_weight(form: AskForm) -> None:
    """One tap takes the weight that was measured; it is never taken in silence when it is old."""
    if "use_weight" in form.data and isinstance(form.data, QueryDict):
        form.data = {**form.data.dict(), "weight": form.data["use_weight"]}


def _show_version(form: AskForm, version: Any) -> None:
    """What the form shows again is an edit of this version."""
    form.data = {**form.data.dict(), "version": str(version)} if isinstance(form.data, QueryDict) else form.data


def _number(text: Any) -> int | None:
    return int(text) if str(text or "").isdecimal() else None


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
        "weight": kilograms(case.weight_grams) or _weight_now(consultation),
        "consent_given": consultation.consent_given,
        "may_be_converted": consultation.may_be_converted,
        "version": case.version,
    }


def _weight_now(consultation: Consultation) -> str:
    """A weight that was measured lately enough stands in the form already."""
    known = latest_values(patient_for(consultation.case.patient_id)).get("weight")
    return known.plain if known and known.is_current and not known.row.estimated else ""


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
    """Keeps a draft while it is typed: JSON with the new version, or why it was not kept."""
    form, version = AskForm(request.POST), _number(request.POST.get("version"))
    try:
        consultation = consultation_for(case_id)
        form.needs, manual = _needs(request, consultation), manual_form(request, consultation)
        saved = operations.save_draft(
            actor=current_actor(), case_id=case_id, fields=_fields(form, manual), version=version
        )
    except DomainError as error:
        return JsonResponse({"detail": str(error.message), **error.detail}, status=error.status)
    return JsonResponse({"version": saved.case.version, "saved_at": clock.now().isoformat()})


@require_safe
def service_note(request: HttpRequest) -> HttpResponse:
    """What the chosen service wants to be sent, its telephone, and who takes the question when it does not: a fragment
    beside the form."""
    try:
        service = Service.objects.filter(pk=UUID(request.GET.get("service_id", ""))).first()
    except ValueError:
        service = None
    priority = _number(request.GET.get("priority"))
    context: dict[str, Any] = {"service": service, "stat": priority == Priority.STAT}
    if service is not None and priority in Priority.values:
        age_days = _number(request.GET.get("age_days"))
        context["why_not"], context["takers"] = refusal(service, age_days, priority)
    return render(request, "consultations/service_note.html", context)
