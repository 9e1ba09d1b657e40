"""The sign-in page, whose form and answers are the library's. To whoever brings nothing it is the same for all."""

import re
from typing import Final

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PLACE: Final = "{the visitor's token}"
#: (language, look, style sheet) -> the page with _PLACE where a token belongs
_pages: dict[tuple[str, str, str], str] = {}


@login_not_required
@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """The library's page. What everybody gets at first is drawn once: there it costs more than all else together."""
    if not _brings_nothing(request):
        return _drawn(request)
    look = request.COOKIES.get("theme", "")
    kind = (get_language() or "", look if look in ("light", "dark") else "", static("css/site.css"))
    if kind in _pages:
        return HttpResponse(_pages[kind].replace(_PLACE, get_token(request)))
    response = _drawn(request)
    page = response.content.decode()
    if token := _TOKEN.search(page):
        _pages[kind] = page.replace(token[1], _PLACE)
    return response


def _brings_nothing(request: HttpRequest) -> bool:
    """No session, so neither messages nor a person; nowhere to go afterwards; nothing typed. The demonstration's page
    shows who can be signed in as, which changes."""
    plain = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
    return plain and settings.SESSION_COOKIE_NAME not in request.COOKIES and not (settings.DEMO_MODE or settings.DEBUG)


def _drawn(request: HttpRequest) -> HttpResponse:
    """Whole already: what the library gives is a template yet to be rendered."""
    response: HttpResponse = account.login(request)
    rendered = getattr(response, "render", None)
    return rendered() if rendered is not None else response
