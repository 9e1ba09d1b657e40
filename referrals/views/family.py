"""The family's page: a link, the child's birth date, no account and no other page; and the link as staff give it."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.limits import address, spend
from consortium.kernel.links import by_link
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from consortium.kernel.templatetags.look import qr
from referrals.forms.family import BirthDateForm
from referrals.models import FamilyLink
from referrals.models.family import TRIES
from referrals.operations import family as operations
from referrals.policies import may_invite_family
from referrals.queries import referral_for
from referrals.queries.family import family_page, link_of, opened_link, standing_link

FAMILY_COOKIE = "family"
#: how long a device that has opened the page goes on reading it
OPEN_SECONDS = 3600
_SALT = "referrals.family"

public = by_link("the family, by link")


def _gone(request: HttpRequest, *, with_link: bool) -> HttpResponse:
    """One answer for taken back, run out, tried too often and never made; without the link, it may be opened again."""
    return render(request, "referrals/family/gone.html", {"by_link": with_link}, status=404)


def _speak(request: HttpRequest, link: FamilyLink) -> None:
    """In the language that was chosen with the link, until the family chooses another."""
    known = link.language in dict(settings.LANGUAGES)
    if known and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(link.language)
        request.LANGUAGE_CODE = link.language


@never_cache
@sensitive_post_parameters("birth_date")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def family_open(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for the child's birth date; a messenger's preview of the link opens and counts nothing."""
    spend("link", address(request))
    link = standing_link(token)
    if link is None:
        return _gone(request, with_link=True)
    _speak(request, link)
    form = BirthDateForm(request.POST or None)
    if form.is_valid():
        try:
            opened = operations.open_family_page(
                actor=current_actor(), token=token, birth_date=form.cleaned_data["birth_date"]
            )
        except NotVisible:
            return _gone(request, with_link=True)
        if opened is not None:
            return _let_in(request, opened)
        if link.wrong_tries + 1 >= TRIES:
            return _gone(request, with_link=True)
        _refuse(form, TRIES - link.wrong_tries - 1)
    return render(request, "referrals/family/open.html", {"form": form}, status=form.status)


def _refuse(form: BirthDateForm, left: int) -> None:
    words = ngettext(
        "This is not the date that we know. You can try %(left)d more time.",
        "This is not the date that we know. You can try %(left)d more times.",
        left,
    )
    form.add_error("birth_date", words % {"left": left})
    form.status = 422


def _let_in(request: HttpRequest, link: FamilyLink) -> HttpResponse:
    response = redirect("referrals:family")
    response.set_signed_cookie(
        FAMILY_COOKIE, str(link.pk), salt=_SALT, max_age=OPEN_SECONDS, httponly=True, samesite="Lax",
        secure=request.is_secure(), path=reverse("referrals:family"),
    )  # fmt: skip
    return response


def _link_here(request: HttpRequest) -> FamilyLink | None:
    said = request.get_signed_cookie(FAMILY_COOKIE, default="", salt=_SALT, max_age=OPEN_SECONDS)
    return opened_link(UUID(said)) if said else None


@never_cache
@require_safe
@public
def family(request: HttpRequest) -> HttpResponse:
    """The family's only page."""
    link = _link_here(request)
    if link is None:
        return _gone(request, with_link=False)
    _speak(request, link)
    return render(request, "referrals/family/page.html", {"page": family_page(link)})


@require_POST
@public
def family_answer(request: HttpRequest) -> HttpResponse:
    """The family comes, or cannot."""
    spend("link", address(request))
    link = _link_here(request)
    if link is None:
        return _gone(request, with_link=False)
    try:
        operations.answer_visit(actor=current_actor(), link_id=link.pk, answer=request.POST.get("answer", ""))
    except DomainError:
        return redirect("referrals:family")  # the visit was moved meanwhile: the page says what holds now
    return redirect("referrals:family")


@form_page
def family_link(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The link as staff give it: to be scanned, sent or printed; POST makes it."""
    actor, referral = current_actor(), referral_for(case_id)
    require(may_invite_family(actor, referral))
    if request.method == "POST":
        language, key = request.POST.get("language", ""), UUID(request.POST["request_key"])
        operations.make_family_link(actor=actor, case_id=case_id, language=language, key=key)
        return redirect("referrals:family_link", case_id)
    link = link_of(case_id)
    context = {"case": referral.case, "link": link, "request_key": uuid4(), "languages": settings.LANGUAGES}
    if link is not None and link.stands:
        context |= _shown(request, link)
    return render(request, "referrals/family/link.html", context)


def _shown(request: HttpRequest, link: FamilyLink) -> dict[str, Any]:
    """The address, as picture and as a message without a word of the child's illness, in the family's language."""
    url = request.build_absolute_uri(reverse("referrals:family_open", args=[link.token()]))
    with translation.override(link.language or translation.get_language()):
        message = _("About your child's appointment: %(url)s It opens with your child's date of birth.") % {"url": url}
    return {"url": url, "qr": qr(url), "message": message}


@require_POST
def family_revoke(request: HttpRequest, case_id: UUID) -> HttpResponse:
    operations.revoke_family_link(actor=current_actor(), case_id=case_id)
    return redirect("referrals:family_link", case_id)
