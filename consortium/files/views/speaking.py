"""Voice notes: the page on which what is said is written down."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium.files import queries
from consortium.files.forms import TranscriptForm
from consortium.files.operations import transcribe
from consortium.files.policies import may_transcribe
from consortium.files.views.bytes_out import note
from consortium.kernel.actors import current_actor
from consortium.kernel.policies import require


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transcript(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Listen, and write down what is said."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    require(may_transcribe(actor, found))
    note(actor, found, "sound")
    player = queries.player(actor, found, queries.names_in(actor, found.case))
    form = TranscriptForm(request.POST or None, initial={"text": player["words"]})
    if form.is_valid():
        text = form.cleaned_data["text"]
        if form.run(lambda: transcribe(actor=actor, attachment=found, text=text)):
            messages.success(request, _("Saved."))
            return redirect(queries.case_url(found.case))
    context = {"form": form, "player": player, "attachment": found, "back_url": queries.case_url(found.case)}
    return render(request, "files/transcript.html", context, status=form.status)
