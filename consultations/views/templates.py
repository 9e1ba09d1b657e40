"""Texts to start an answer from: a service lead finds, writes and retires them."""

from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.policies import require
from consultations.forms import TemplateForm
from consultations.operations.templates import PARTS, retire_template, write_template
from consultations.policies import may_write_templates
from consultations.queries.templates import Pair, pair_for, pairs_of, specialties_led


@never_cache
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The texts of the specialties that the actor leads; `?q=` finds words in them. htmx gets the list alone."""
    actor = current_actor()
    require(may_write_templates(actor))
    search = request.GET.get("q", "")[:100].strip()
    context = {"pairs": pairs_of(specialties_led(actor), search=search), "q": search}
    alone = bool(request.headers.get("HX-Request"))
    shown = "consultations/templates_list.html" if alone else "consultations/templates_page.html"
    return render(request, shown, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, pair: UUID | None = None) -> HttpResponse:
    """Write one, in both languages side by side; without `pair` a new one."""
    actor = current_actor()
    require(may_write_templates(actor))
    written = pair_for(specialties_led(actor), pair) if pair else None
    form = _form(request, actor, written)
    if form.is_bound and form.is_valid() and _saved(request, actor, form, pair):
        return redirect("consultations:templates")
    status = 422 if form.is_bound else 200
    return render(request, "consultations/template.html", {"form": form, "pair": written}, status=status)


def _form(request: HttpRequest, actor: Actor, written: Pair | None) -> TemplateForm:
    led = specialties_led(actor)
    first: dict[str, object] = {"request_key": uuid4(), "specialty_id": str(led[0].pk) if led else ""}
    if written is not None:
        first["specialty_id"] = str(written.specialty.pk)
        for code, row in written.texts.items():
            first |= {f"{part}.{code}": getattr(row, part) for part in PARTS}
    choices = [(str(each.pk), str(each)) for each in led]
    sent = request.POST if request.method == "POST" else None
    return TemplateForm(sent, initial=first, specialties=choices, languages=dict(settings.LANGUAGES))


def _saved(request: HttpRequest, actor: Actor, form: TemplateForm, pair: UUID | None) -> bool:
    """Kept; else what is wrong stands beside its field. A new one is named by the form's own key: sent twice is one."""
    named = pair or form.cleaned_data["request_key"] or uuid4()
    try:
        write_template(actor=actor, specialty_id=form.cleaned_data["specialty_id"], texts=form.texts(), pair=named)
    except InvalidInput as error:
        for name, words in error.fields.items():
            form.add_error(name if name in form.fields else None, str(words))
    except DomainError as error:
        form.add_error(None, str(error.message))
    else:
        messages.success(request, _("Kept. It is offered from the next answer on."))
        return True
    return False


@require_POST
def template_retire(request: HttpRequest, pair: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_write_templates(actor))
    pair_for(specialties_led(actor), pair)
    retire_template(actor=actor, pair=pair)
    messages.success(request, _("No longer offered."))
    return redirect("consultations:templates")
