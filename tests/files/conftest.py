"""A draft and an asked case, and the ways to bring a file to them."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment
from consortium.files.sandbox import parent
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.cases import make_asked, make_draft
from tests.files import makers, readings

Attach = Callable[..., Attachment]


@pytest.fixture(autouse=True)
def read_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes are read by the sandbox once (readings.py), but where it is the sandbox that is tried."""
    monkeypatch.setattr(makers, "used", itertools.count())
    if "sandbox" not in request.node.path.stem:
        monkeypatch.setattr(parent, "_run", readings.run)


def as_(user: User, operation: Callable[..., Any], **words: Any) -> Any:
    """Do it as `user`, with the seats they hold at this moment."""
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


def inspected(attachment: Attachment) -> Attachment:
    """What the media worker does."""
    with acting_as(system("test")) as actor:
        inspect_attachment(actor=actor, attachment_id=attachment.pk)
    return fresh(attachment)


def fresh(attachment: Attachment) -> Attachment:
    row: Attachment = Attachment.unscoped.select_related("case").get(pk=attachment.pk)
    return row


@pytest.fixture
def draft_case(patient: Patient, asker: User, community: Institution) -> Case:
    case: Case = make_draft(patient, asker, community).case
    return case


@pytest.fixture
def asked_case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    """In the queue of the respiratory service."""
    case: Case = make_asked(patient, asker, community, service).case
    return case


@pytest.fixture
def attach(asker: User) -> Attach:
    """attach(case, data, name=..., by=...) -> the attachment, not yet inspected."""

    def make(case: Case, data: bytes, *, name: str = "Lin Xiaoyu.jpg", by: User = asker) -> Attachment:
        made: Attachment = as_(by, attach_small, case_id=case.pk, name=name, size=len(data), pieces=[data])
        return fresh(made)

    return make


def inspected_together(rows: list[Attachment]) -> list[Attachment]:
    """The same for small files of one case: one child opens them all."""
    inspected(rows[0])
    return [fresh(row) for row in rows]


@pytest.fixture
def media(settings: Any) -> Path:
    return Path(settings.MEDIA_ROOT)
