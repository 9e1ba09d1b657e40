"""Invitations and password links: issued by an admin, printed as a QR code, opened by whoever holds them."""

from uuid import UUID

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.limits import address, spend
from consortium.kernel.policies import require
from consortium.kernel.proof import freshly_proven
from consortium.kernel.templatetags.look import qr
from consortium.people import operations, queries
from consortium.people.forms import InvitationForm, JoinForm, NewPasswordForm, ResetForm
from consortium.people.models import Invitation, ResetLink, User
from consortium.people.policies import may_manage_staff, may_reset
from consortium.people.views.institutions import more_url, read_or_write, the_institution

# -- issued -----------------------------------------------------------------------------------------------------------


@require_safe
def invitations(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    page = queries.invitations_of(
        actor=current_actor(), institution_id=institution_id, after=request.GET.get("after", "")
    )
    context = {
        "institution": the_institution(institution_id),
        "page": page,
        "more_url": more_url(request, page.next_cursor),
    }
    return render(request, "people/invitations.html", context)


@read_or_write
@freshly_proven
def invite(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    actor = current_actor()
    require(may_manage_staff(actor, institution_id))
    found = the_institution(institution_id)
    form = InvitationForm(request.POST or None, actor=actor, institution=found)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        key = fields.pop("request_key")
        made = form.run(lambda: operations.invite(actor=actor, institution_id=found.pk, fields=fields, key=key))
        if made:
            return redirect("people:invitation", made.pk)
    return render(request, "people/invite.html", {"form": form, "institution": found}, status=form.status)


@never_cache
@require_safe
def invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """The invitation as a page to print or to show: link and QR code."""
    rows = Invitation.objects.select_related("institution", "department", "specialty")
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise NotVisible()
    url = request.build_absolute_uri(reverse("people:join", args=[found.token()])) if found.is_open else ""
    context = {"invitation": found, "url": url, "qr": qr(url) if url else ""}
    return render(request, "people/invitation.html", context)


@require_POST
def invitation_revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    revoked = operations.revoke_invitation(actor=current_actor(), invitation_id=invitation_id)
    messages.success(request, _("Taken back: the link opens nothing any more."))
    return redirect("people:invitations", revoked.institution_id)


@read_or_write
@freshly_proven
def reset_issue(request: HttpRequest, user_id: UUID) -> HttpResponse:
    actor = current_actor()
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotVisible()
    require(may_reset(actor, user))
    form = ResetForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        link = form.run(
            lambda: operations.issue_reset(
                actor=actor,
                user_id=user_id,
                key=asked["request_key"],
                drops_second_factor=asked["drops_second_factor"],
            )
        )
        if link:
            return redirect("people:reset_link", link.pk)
    return render(request, "people/reset_issue.html", {"form": form, "person": user}, status=form.status)


@never_cache
@require_safe
def reset_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The password link as a page to print or to show; only to who issued it."""
    found = ResetLink.objects.select_related("user").open().filter(pk=link_id).first()
    if found is None:
        raise NotVisible()
    url = request.build_absolute_uri(reverse("people:reset", args=[found.token()]))
    return render(request, "people/reset_link.html", {"link": found, "url": url, "qr": qr(url)})


# -- opened -----------------------------------------------------------------------------------------------------------


def _ended(request: HttpRequest) -> HttpResponse:
    """One answer for used, revoked, run out and never issued."""
    return render(request, "people/link_ended.html", status=410)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@read_or_write
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation, opened: make an account, or take the seat with the one that is signed in."""
    spend("link", address(request))
    offered = queries.open_invitation(token)
    if offered is None:
        return _ended(request)
    if request.user.is_authenticated:
        return _join_signed_in(request, token, offered)
    form = JoinForm(request.POST or None, initial={"full_name": offered.full_name})
    if form.is_valid():
        fields = {**form.cleaned_data, "language": get_language() or ""}
        seat = form.run(lambda: operations.accept_as_new(token=token, fields=fields))
        if seat:
            signed_in = Login(user=seat.user, redirect_url=reverse("home"))
            response: HttpResponse = perform_password_login(request, {"username": seat.user.username}, signed_in)
            return response
    context = {"form": form, "invitation": offered, "here": request.path}
    return render(request, "people/join.html", context, status=form.status)


def _join_signed_in(request: HttpRequest, token: str, offered: Invitation) -> HttpResponse:
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            operations.accept_with_account(actor=current_actor(), token=token)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("Welcome. Your new role is active."))
            return redirect("home")
    context = {"invitation": offered, "problem": problem}
    return render(request, "people/join_signed_in.html", context, status=problem.status if problem else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@read_or_write
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """A password link, opened."""
    spend("link", address(request))
    link = queries.open_reset(token)
    if link is None:
        return _ended(request)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        user = form.run(lambda: operations.use_reset(token=token, password=form.cleaned_data["password"]))
        if user:
            messages.success(request, _("Your new password is set. Sign in with it."))
            return redirect("account_login")
    return render(request, "people/reset.html", {"form": form, "link": link}, status=form.status)
