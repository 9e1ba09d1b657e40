"""The alarm of the green channel: at most three taps from the start page or a child; and what became of it."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput, NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from consortium.patients.models import Patient
from consortium.patients.queries.record import patient_for
from consortium.people.models import Institution, User
from consortium.people.states import Tier
from referrals.forms.travelling import AlarmForm, CallForm
from referrals.operations.alarm import age_in_days, raise_alarm, record_alarm_call
from referrals.policies import may_act_for_asker, may_record_for, may_refer
from referrals.queries import referral_for
from referrals.queries.alarming import alarm_of, alarm_running, alarm_services
from referrals.queries.checking import weigh_url
from referrals.queries.concerned import DOCTORS, callers_at
from referrals.queries.page import referral_page
from referrals.states import AlarmProblem

_SIGNS = {
    AlarmProblem.BREATHING: "wind",
    AlarmProblem.SHOCK: "droplets",
    AlarmProblem.SEIZURE: "zap",
    AlarmProblem.NEWBORN: "baby",
    AlarmProblem.INJURY: "flame",
}


@form_page
def alarm(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What threatens the child: the tile that is pressed sends the alarm."""
    actor = current_actor()
    require(may_refer(actor))
    patient = patient_for(patient_id)
    places = _places(actor)
    form = AlarmForm(request.POST or None, places=_choices(places), initial={"request_key": uuid4()})
    if request.method == "POST":
        if form.is_valid() and (sent := _sent(actor, form, patient, places)):
            return redirect("referrals:alarm_sent", sent)
    else:
        note_read(actor=actor, subject=patient, patient_id=patient.pk, what="alarm", once_per_look=True)
    services = alarm_services(places[0], age_in_days(patient))
    context = {
        "form": form, "patient": patient, "running": alarm_running(patient), "to": services[0] if services else None,
        "tiles": [(problem.value, problem.label, _SIGNS[problem]) for problem in AlarmProblem if problem in _SIGNS],
        "other": AlarmProblem.OTHER,
    }  # fmt: skip
    return render(request, "referrals/alarm.html", context, status=422 if form.is_bound else 200)


def _places(actor: Actor) -> list[Institution]:
    """The institutions for which the actor may refer, the lowest tier first: alarms go up."""
    mine = Institution.objects.filter(pk__in=actor.institution_ids(*DOCTORS), closed_at=None)
    found = list(mine.order_by("tier", "name_en"))
    if not found:
        raise NotVisible
    return found


def _choices(places: list[Institution]) -> list[tuple[str, str]]:
    return [(str(place.pk), place.name) for place in places]


def _sent(actor: Actor, form: AlarmForm, patient: Patient, places: list[Institution]) -> UUID | None:
    said = form.cleaned_data
    try:
        referral = raise_alarm(
            actor=actor, patient_id=patient.pk, institution_id=said["institution_id"] or places[0].pk,
            problem=said["problem"], words=said["words"], key=said["request_key"],
        )  # fmt: skip
    except DomainError as error:
        _show(form, error)
        return None
    found: UUID = referral.pk
    return found


def _show(form: Any, error: DomainError) -> None:
    if not isinstance(error, InvalidInput) or not error.fields:
        form.add_error(None, str(error.message))
        return
    for name, words in error.fields.items():
        form.add_error(name if name in form.fields else None, str(words))


@never_cache
@require_safe
def alarm_sent(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who was called, the telephone, and what is still missing; the middle of it comes anew while one waits."""
    actor, referral = current_actor(), referral_for(case_id)
    if not may_act_for_asker(actor, referral).allowed:
        return redirect("referrals:show", case_id)
    page = referral_page(actor, case_id)
    context = {
        "page": page, "case": page.case, "referral": referral, "alarm": alarm_of(referral),
        "weigh_url": weigh_url(page),
    }  # fmt: skip
    template = "referrals/alarm_state.html" if request.headers.get("HX-Request") else "referrals/alarm_sent.html"
    return render(request, template, context)


@form_page
def alarm_call(request: HttpRequest) -> HttpResponse:
    """An alarm by telephone, written down by the coordinator: first which clinic calls (`?clinic=`), then the rest."""
    actor = current_actor()
    require(may_record_for(actor))
    clinics = Institution.objects.filter(closed_at=None, tier__lt=Tier.TERTIARY).order_by("name_en")
    chosen = _uuid(request.GET.get("clinic", ""))
    clinic = clinics.filter(pk=chosen).first() if chosen else None
    if clinic is None:
        return render(request, "referrals/alarm_clinics.html", {"clinics": clinics})
    initial = {"request_key": uuid4(), "institution_id": clinic.pk}
    form: Any = CallForm(request.POST or None, initial=initial)
    form.fields["institution_id"].choices = [(str(clinic.pk), clinic.name)]
    form.fields["asker_id"].choices = _callers(actor, clinic)
    if form.is_bound and form.is_valid():
        try:
            referral = record_alarm_call(actor=actor, **form.told())
        except DomainError as error:
            _show(form, error)
        else:
            return redirect("referrals:alarm_sent", referral.pk)
    context = {"form": form, "clinic": clinic}
    return render(request, "referrals/alarm_call.html", context, status=422 if form.is_bound else 200)


def _callers(actor: Actor, clinic: Institution) -> list[tuple[Any, str]]:
    """Who calls is to be chosen, never assumed; where nobody there has an account, it is the coordinator's own."""
    people = User.objects.filter(pk__in=callers_at(clinic.pk)).order_by("full_name")
    named = [(user.pk, user.get_full_name()) for user in people]
    return [*([("", "—")] if named else []), *named, (actor.user_id, _("Somebody without an account here"))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
