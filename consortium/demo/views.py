"""The style guide: every component, and whole screens composed of them, with children who do not exist.

Reachable in demo mode only (consortium/urls.py includes this app's addresses then).
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consortium.demo.story.people import STAFF
from consortium.kernel.clock import now
from consortium.kernel.limits import address
from consortium.people.models import User


class SampleForm(forms.Form):
    """One field of each kind, as the ask form uses them."""

    question = forms.CharField(
        label="Your question",
        help_text="One question the specialist can answer. What have you seen, and what would change what you do?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    weight = forms.DecimalField(label="Weight today", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    temperature = forms.DecimalField(
        label="Temperature", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    seen_on = forms.DateField(label="Seen on", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    service = forms.ChoiceField(
        label="Whom do you ask?", choices=[("", "Choose a service"), ("resp", "Respiratory"), ("neo", "Neonatology")]
    )
    priority = forms.ChoiceField(
        label="How soon is an answer needed?",
        help_text="Not sure? Take the higher one.",
        choices=[
            ("stat", "Now: a life may be at risk – call back in 15 minutes"),
            ("urgent", "Today: answer within 2 hours"),
            ("routine", "Routine: answer within 12 hours"),
        ],
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(label="The guardian agrees that this case is shared with the specialist")


def _row(title: str, who: str, meta: list[str], **more: Any) -> dict[str, Any]:
    plain = {"priority": "routine", "mine": False, "holder": "", "unread": False, "url": "/styleguide/case/"}
    return {**plain, "title": title, "who": who, "meta": meta, **more}


def _clocked(minutes_left: float, minutes_of: float) -> dict[str, Any]:
    due = now() + timedelta(minutes=minutes_left)
    return {"due_at": due, "started_at": due - timedelta(minutes=minutes_of)}


def sample_rows() -> list[dict[str, Any]]:
    return [
        _row(
            "Fast breathing, drinks poorly since this morning",
            "Girl, 7 months, 6.8 kg",
            ["Dr Lin, Yanghang community centre", "2 images", "Manual: cough, “stridor when calm”"],
            priority="stat",
            mine=True,
            unread=True,
            **_clocked(4, 15),
        ),
        _row(
            "Pale, floppy after a fit of ten minutes",
            "Boy, 18 days, 3.1 kg",
            ["Dr He, Baoshan district hospital"],
            priority="stat",
            holder="Dr Qian",
            **_clocked(-6, 15),
        ),
        _row(
            "Fever day 6, red eyes, rash",
            "Boy, 4 years, 16 kg",
            ["Dr Wu, Baoshan district hospital", "Information supplied 8 min ago"],
            priority="urgent",
            mine=True,
            **_clocked(52, 120),
        ),
        _row(
            "Third ear infection since June: should he have tubes?",
            "Boy, 2 years, 11.5 kg",
            ["Dr Zhao, Chongming centre"],
            holder="asker",
            paused_at=now(),
            pause_reason="photo of the drum asked for",
            **_clocked(500, 720),
        ),
        _row(
            "Weight for age falls from −1.1 to −2.3 z within ten weeks, otherwise well and cheerful at each visit",
            "Girl, 14 months, 7.4 kg",
            ["Dr Lin, Yanghang community centre", "1 document"],
            mine=True,
            **_clocked(431, 720),
        ),
    ]


def sample_case() -> dict[str, Any]:
    at = now()
    thread = [
        {"id": 1, "author": "Dr Lin Yue", "author_place": "Yanghang community centre", "at": at - timedelta(minutes=8),
         "text": "She was well yesterday. Her older brother has a cold."},
        {"id": 2, "author": "Dr Shen Kai", "author_place": "Respiratory", "mine": True, "at": at - timedelta(minutes=5),
         "text": "Thank you. Is the stridor there when she sleeps in her mother's arms?"},
        {"id": 3, "author": "Dr Lin Yue", "author_place": "Yanghang community centre", "at": at - timedelta(minutes=2),
         "text": "Yes. Video and photo are above.\nShe took 30 ml in the last hour.", "new": True},
    ]  # fmt: skip
    return {
        "clock": _clocked(4, 15),
        "patient": {"name": "", "sex": "Girl", "age": "7 months", "weight": "6.8", "facts": ["Born at 38 weeks"]},
        "facts": [
            {"label": "Respiratory rate", "value": "64", "unit": "/min", "severity": "pink", "word": "PEWS 4"},
            {"label": "SpO₂ in air", "value": "91", "unit": "%", "severity": "pink", "word": "PEWS 4"},
            {"label": "Temperature", "value": "37.9", "unit": "°C"},
            {"label": "Weight for age", "value": "−0.9", "unit": "z", "severity": "green", "word": "Normal"},
        ],
        "thread": thread,
        "answer": {
            "signer": "Dr Shen Kai",
            "signer_title": "Respiratory, Children's Hospital",
            "impression": "Severe croup (Westley 8).",
            "do_now": "Dexamethasone 0.6 mg/kg = 4.1 mg by mouth, once. Oxygen. Send by the green channel.",
            "red_flags": "Tires, turns pale or drowsy; SpO₂ below 90 % with oxygen.",
            "when_to_refer": "Now, by ambulance with oxygen.",
            "follow_up": "Call the mother in 24 hours; visit on day 3.",
            "signed_at": at - timedelta(minutes=1),
            "licence": "110310000012345",
        },
        "steps": [
            {"label": "Asked", "who": "Dr Lin Yue", "at": at - timedelta(minutes=11)},
            {"label": "Paged and opened", "who": "Dr Shen Kai", "at": at - timedelta(minutes=9)},
            {"label": "Information supplied", "who": "Dr Lin Yue", "at": at - timedelta(minutes=2), "state": "now"},
            {"label": "Answer due", "at": at + timedelta(minutes=4), "state": "next"},
        ],
        "files": [
            {"id": 1, "name": "Chest, lying", "note": "CT, 34 frames", "url": "#file-1", "sign": "scan"},
            {"id": 2, "name": "Neck.jpg", "note": "Photo, 1.2 MB", "url": "#file-2", "sign": "image"},
            {"id": 3, "name": "Blood gas.pdf", "percent": 62, "note": "62 % of 3.4 MB"},
            {"id": 4, "name": "IMG_2231.heic", "problem": "This kind of picture cannot be read. Send it as JPEG."},
        ],
    }


def sample_notices() -> list[dict[str, Any]]:
    at = now()
    stat = {"urgent": True, "unread": True, "url": "#n1", "acknowledge_url": "#ack"}
    return [
        {"text": "A stat question waits for your answer", "detail": "Respiratory", "at": at, **stat},
        {"text": "Information you asked for has come", "at": at - timedelta(hours=2), "unread": True, "url": "#n2"},
        {"text": "Your question was answered", "at": at - timedelta(days=1), "url": "#n3", "sign": "circle-check"},
    ]


def _pressed(verb: str, label: str, look: str = "", required: tuple[str, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(verb=verb, label=label, look=look, required=required)


def sample_context(page: str) -> dict[str, Any]:
    form = SampleForm({"question": "Can she wait?", "weight": "6,8 kg", "service": "resp"}) if page == "index" else None
    return {
        "rows": sample_rows(),
        **sample_case(),
        "form": form or SampleForm(initial={"priority": "urgent", "service": "resp"}),
        "duty": {"number": "021-5555 0142", "name": "Dr Shen Kai, respiratory"},
        "case": SimpleNamespace(pk="case", version=3),
        "actions": [
            _pressed("answer", "Answer", "main", ("impression",)),
            _pressed("ask", "Ask for more", "", ("text",)),
            _pressed("decline", "Pass on", "", ("reason",)),
        ],
        "tabs": [
            {"label": "Waiting for you", "url": "#1", "here": True, "count": 3},
            {"label": "My service", "url": "#2", "count": 12},
            {"label": "Answered", "url": "#3", "count": None},
        ],
        "summary": [
            {"label": "Child", "value": "Girl, 7 months, 6.8 kg", "url": "#child"},
            {"label": "Question", "value": "Can she wait for the morning? Is dexamethasone right?", "url": "#q"},
            {"label": "Consent", "value": "Given by the mother, today"},
        ],
        "notices": sample_notices(),
        "inbox": {"unread": 2},
        "ask_url": "/styleguide/ask/",
    }


_PAGES = ("index", "worklist", "case", "ask", "report", "empty")


@login_not_required
@require_safe
def styleguide(request: HttpRequest, page: str = "index") -> HttpResponse:
    if page not in _PAGES:
        raise Http404
    return render(request, f"styleguide/{page}.html", sample_context(page))


@login_not_required
@require_safe
def act(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Where the sample buttons lead: back to the samples."""
    return styleguide(request, "case")


# -- one-click sign-in ------------------------------------------------------------------------------------------------

DEMO_NAMES = (
    "community", "district", "specialist", "lead", "coordinator", "nurse", "trainer", "lecturer", "editor", "reviewer",
    "pharmacist", "admin", "manager", "privacy", "auditor", "stranger",
)  # fmt: skip
_HERE = ("localhost", "127.0.0.1", "[::1]")
_PASSWORD = "demo"  # noqa: S105 - the demonstration's, said on its sign-in page


def may_sign_in_by_click(request: HttpRequest) -> bool:
    """In demo mode, from this very machine; a proxy on it does not make the whole world local."""
    host = request.get_host()
    named = host.startswith(_HERE) and host.removesuffix(f":{request.get_port()}") in _HERE
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    near = address(request) in ("127.0.0.1", "::1")
    return bool(settings.DEMO_MODE and near and named and not forwarded)


def people() -> list[dict[str, Any]]:
    """One person of the demonstration for each role: username, role in words, name; the stranger last."""
    said = {"community": _("Community doctor"), "district": _("District doctor"), "stranger": _("Stranger")}
    known = {somebody.username: somebody for somebody in STAFF}
    chinese = (get_language() or "").startswith("zh")
    return [
        {
            "username": name,
            "role": said.get(name, known[name].roles[0].label),
            "name": known[name].zh if chinese else known[name].en,
        }
        for name in DEMO_NAMES
    ]


@login_not_required
@require_POST
def sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as a person of the demonstration, who must still have its password."""
    user = User.objects.filter(username=username, is_active=True).first() if username in DEMO_NAMES else None
    if user is None or not may_sign_in_by_click(request) or not user.check_password(_PASSWORD):
        raise Http404
    response: HttpResponse = perform_password_login(request, {"username": username}, Login(user=user, redirect_url="/"))
    return response
