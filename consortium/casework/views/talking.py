"""The thread of a case: writing into it, and its earlier messages. The features' own views find the case."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consortium.casework.forms import MessageForm
from consortium.casework.models import Case
from consortium.casework.operations import post_message
from consortium.casework.policies import may_read_thread
from consortium.casework.queries.rows import case_url
from consortium.casework.queries.thread import earlier_of, quoted
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require

#: (id, name) of the files of a case that may be sent along
Files = list[tuple[str, str]]


def fresh_form(files: Files, reply_to: UUID | None = None) -> MessageForm:
    """An empty composer, with the files that may be sent along."""
    return MessageForm(initial={"request_key": uuid4(), "reply_to": reply_to}, files=files)


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def message(request: HttpRequest, case: Case, files: Files) -> HttpResponse:
    """Write into the thread. htmx gets an empty composer back; the thread itself comes by the live part."""
    form = MessageForm(request.POST, files=files)
    if form.is_valid():
        try:
            post_message(actor=current_actor(), case_id=case.pk, **form.words())
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name, str(words))
        else:
            if not request.headers.get("HX-Request"):
                return redirect(case_url(case) + "#thread")
            form = fresh_form(files)
    context = {"message_form": form, "case": case, "quote": _quote(form, case)}
    if request.headers.get("HX-Request"):
        return render(request, "casework/composer.html", context)
    return render(request, "casework/message_page.html", context, status=422)


def _quote(form: MessageForm, case: Case) -> dict[str, object] | None:
    """What is being answered stays above a message that came back with what is wrong."""
    return quoted(case, uuid_of(form.data.get("reply_to", "")) if form.is_bound else None)


def earlier(request: HttpRequest, case: Case) -> HttpResponse:
    """The messages before `?before=`: for htmx what is put above the others, else a page of its own."""
    actor, before = current_actor(), request.GET.get("before", "")
    require(may_read_thread(actor, case))
    if not before.isdecimal() or len(before) > 9:
        raise NotVisible
    note_read(actor=actor, subject=case, patient_id=case.patient_id, what="messages", once_per_look=True)
    context = {"case": case, "thread": earlier_of(actor, case, int(before))}
    template = "casework/thread_earlier.html" if request.headers.get("HX-Request") else "casework/earlier.html"
    return render(request, template, context)
