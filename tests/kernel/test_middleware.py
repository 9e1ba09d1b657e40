"""Who acts for a request, and how a domain error looks as a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from consortium.kernel import errors
from consortium.kernel.actors import ANONYMOUS, _actor, current_actor
from consortium.kernel.errors import DomainError
from consortium.kernel.middleware import ActorMiddleware, NothingKept, error_page
from consortium.people.models import User
from tests.cast import client_for


def visitor(request: HttpRequest) -> Any:
    return ANONYMOUS


@pytest.fixture
def request_of_nobody(rf: RequestFactory, settings: Any) -> HttpRequest:
    settings.ACTOR_OF_REQUEST = f"{__name__}.visitor"
    return rf.get("/")


def test_inside_the_view_the_request_s_actor_acts(request_of_nobody: HttpRequest) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        assert current_actor() is ANONYMOUS
        return HttpResponse("seen")

    assert ActorMiddleware(view)(request_of_nobody).content == b"seen"


def test_after_the_view_nobody_acts(request_of_nobody: HttpRequest) -> None:
    ActorMiddleware(lambda request: HttpResponse())(request_of_nobody)
    assert _actor.get() is None


def test_after_a_view_that_raised_nobody_acts(request_of_nobody: HttpRequest) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ActorMiddleware(view)(request_of_nobody)
    assert _actor.get() is None


def test_the_request_carries_its_actor(request_of_nobody: HttpRequest) -> None:
    ActorMiddleware(lambda request: HttpResponse())(request_of_nobody)
    assert request_of_nobody.actor is ANONYMOUS  # type: ignore[attr-defined]


def middleware() -> ActorMiddleware:
    return ActorMiddleware(lambda request: HttpResponse())


def test_an_error_of_ours_becomes_a_page(request_of_nobody: HttpRequest) -> None:
    page = middleware().process_exception(request_of_nobody, errors.NotPermitted())
    assert page is not None
    assert page.status_code == 403


def test_any_other_error_is_left_to_the_server(request_of_nobody: HttpRequest) -> None:
    assert middleware().process_exception(request_of_nobody, ZeroDivisionError()) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "heading"),
    [(errors.NotPermitted, 403), (errors.NotVisible, 404), (errors.Taken, 409), (errors.WrongStep, 422),
     (errors.TooMany, 429)],
)  # fmt: skip
def test_each_refusal_keeps_its_status(kind: type[DomainError], heading: int, request_of_nobody: HttpRequest) -> None:
    assert error_page(request_of_nobody, kind()).status_code == heading


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [errors.Busy, errors.TooLarge, errors.StorageFull])
def test_a_refusal_without_a_page_of_its_own_keeps_its_status(
    kind: type[DomainError], request_of_nobody: HttpRequest
) -> None:
    assert error_page(request_of_nobody, kind()).status_code == kind.status


@pytest.mark.django_db
def test_the_page_says_the_reason(request_of_nobody: HttpRequest) -> None:
    assert "Only the lead." in error_page(request_of_nobody, errors.NotPermitted("Only the lead.")).content.decode()


@pytest.mark.django_db
def test_the_reason_is_escaped(request_of_nobody: HttpRequest) -> None:
    assert "<b>" not in error_page(request_of_nobody, errors.NotPermitted("<b>no</b>")).content.decode()


def test_pages_are_not_kept(rf: RequestFactory) -> None:
    reply = NothingKept(lambda request: HttpResponse())(rf.get("/"))
    assert reply["Cache-Control"] == "private, no-store"


def test_a_page_that_holds_nothing_of_anybody_says_so_itself(rf: RequestFactory) -> None:
    reply = NothingKept(lambda request: HttpResponse(headers={"Cache-Control": "max-age=60"}))(rf.get("/"))
    assert reply["Cache-Control"] == "max-age=60"


def test_a_page_of_somebody_s_is_not_kept(asker: User) -> None:
    assert "no-store" in client_for(asker).get("/cases/services/").headers["Cache-Control"]


@pytest.mark.django_db
def test_a_missing_page_is_not_kept() -> None:
    assert "no-store" in Client().get("/no-such-page/").headers["Cache-Control"]


@pytest.mark.django_db
def test_who_is_not_signed_in_is_led_to_the_sign_in() -> None:
    """LoginRequiredMiddleware stands before every view; the few public ones say so themselves."""
    reply = Client().get("/cases/")
    assert (reply.status_code, reply.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.django_db
def test_after_signing_in_one_comes_back_to_where_one_wanted_to_go() -> None:
    assert Client().get("/cases/?tab=asked").headers["Location"].endswith("next=/cases/%3Ftab%3Dasked")
