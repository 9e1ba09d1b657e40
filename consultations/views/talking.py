"""The thread of a consultation: writing into it, and its earlier messages."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.casework.forms import MessageForm
from consortium.casework.operations import post_message
from consortium.casework.policies import may_read_thread
from consortium.casework.queries.thread import earlier_of, quoted
from consortium.files.queries.sent import files_to_send
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consultations.models import Consultation
from consultations.queries import consultation_for


def fresh_form(actor: Actor, consultation: Consultation, reply_to: UUID | None = None) -> MessageForm:
    """An empty composer, with the files of the case that may be sent along."""
    initial = {"request_key": uuid4(), "reply_to": reply_to}
    return MessageForm(initial=initial, files=files_to_send(actor, consultation.case))


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
def message(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write into the thread. htmx gets an empty composer back; the thread itself comes by the live part."""
    actor, consultation = current_actor(), consultation_for(case_id)
    form = MessageForm(request.POST, files=files_to_send(actor, consultation.case))
    if form.is_valid():
        try:
            post_message(actor=actor, case_id=case_id, **form.words())
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name, str(words))
        else:
            if not request.headers.get("HX-Request"):
                return redirect(reverse("consultations:show", args=[case_id]) + "#thread")
            form = fresh_form(actor, consultation)
    context = {"message_form": form, "case": consultation.case, "quote": _quote(form, consultation)}
    if request.headers.get("HX-Request"):
        return render(request, "consultations/composer.html", context)
    return render(request, "consultations/message_page.html", context, status=422)


def _quote(form: MessageForm, consultation: Consultation) -> dict[str, object] | None:
    """What is being answered stays above a message that came back with what is wrong."""
    return quoted(consultation.case, uuid_of(form.data.get("reply_to", "")) if form.is_bound else None)


@never_cache
@require_safe
def thread(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The messages before `?before=`: for htmx what is put above the others, else a page of its own."""
    actor, consultation = current_actor(), consultation_for(case_id)
    case, before = consultation.case, request.GET.get("before", "")
    require(may_read_thread(actor, case))
    if not before.isdecimal() or len(before) > 9:
        raise NotVisible
    note_read(actor=actor, subject=case, patient_id=case.patient_id, what="messages", once_per_look=True)
    context = {"case": case, "thread": earlier_of(actor, case, int(before))}
    template = (
        "consultations/thread_earlier.html" if request.headers.get("HX-Request") else "consultations/earlier.html"
    )
    return render(request, template, context)
