"""The known traps of a default-deny manager, each with its test."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

import consortium
import consultations
from consortium.kernel.actors import _actor, acting_as, current_actor, system
from consortium.kernel.errors import NobodyActing
from consortium.kernel.scoping import Scoped
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.architecture.measures import ROOT
from tests.cast import actor_for, client_for

_IMPORT_ALL = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "consortium.settings"
import django
django.setup()
from consortium.urls import import_everything
from consortium.kernel.errors import NobodyActing
import_everything()
try:
    from consortium.patients.models import Patient
    Patient.objects.all()
except NobodyActing:
    print("refused, everything imported")
"""


def all_modules() -> list[Any]:
    found = [consortium, consultations]
    for package in (consortium, consultations):
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            if not {"migrations", "management", "embedded"} & set(info.name.split(".")):
                found.append(import_module(info.name))
    return found


def form_classes() -> list[Any]:
    return sorted(
        {
            thing
            for module in all_modules()
            for thing in vars(module).values()
            if inspect.isclass(thing) and issubclass(thing, forms.BaseForm) and thing.__module__ == module.__name__
        },
        key=lambda form: form.__qualname__,
    )


def test_the_whole_urlconf_imports_while_nobody_acts() -> None:
    """A queryset made at import would freeze the first visitor's rows: it raises instead, at boot."""
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "refused, everything imported", done.stderr


def test_a_queryset_made_at_import_would_raise() -> None:
    assert _actor.get() is None
    with pytest.raises(NobodyActing):
        type("Frozen", (forms.Form,), {"child": forms.ModelChoiceField(Patient.objects.all())})


def test_no_form_holds_rows_of_a_scoped_model_in_its_class() -> None:
    """Scoped choices are set in a form's `__init__`, where somebody acts."""
    frozen = [
        f"{form.__qualname__}.{name}"
        for form in form_classes()
        for name, field in form.base_fields.items()
        if issubclass(getattr(getattr(field, "queryset", None), "model", object), Scoped)
    ]
    assert frozen == []


def test_no_module_holds_a_queryset_of_a_scoped_model() -> None:
    found = [
        f"{module.__name__}.{name}"
        for module in all_modules()
        for name, thing in vars(module).items()
        if isinstance(thing, QuerySet) and issubclass(thing.model, Scoped)
    ]
    assert found == []


def test_the_actor_is_gone_after_a_request(asker: User) -> None:
    client_for(asker).get("/api/v1/me/")
    assert _actor.get() is None


def test_the_actor_is_gone_after_a_request_that_failed(asker: User) -> None:
    client_for(asker).get("/api/v1/consultations/00000000-0000-0000-0000-000000000000/")
    Client().get("/api/v1/me/", headers={"Authorization": "Bearer pct_wrong"})
    assert _actor.get() is None


def test_who_acted_before_does_so_again_after_a_block_that_raised(asker: User) -> None:
    with acting_as(system("outer")):
        with pytest.raises(ZeroDivisionError), acting_as(actor_for(asker)):
            raise ZeroDivisionError
        assert current_actor().is_system


def test_a_join_is_not_filtered_so_lists_ask_for_names_apart(asker: User, patient: Patient, stranger: User) -> None:
    """select_related and forward keys go round the manager; a worklist's statement therefore joins no patient."""
    from consortium.casework.queries.worklists import Desk, Narrow, worklist

    actor = actor_for(asker)
    with (
        acting_as(actor),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        desk = Desk.of(actor)
        for tab in desk.tabs():
            worklist(desk, tab, narrow=Narrow())
    assert captured.captured_queries
    assert not [q for q in captured.captured_queries if "patients_patient" in q["sql"]]


def test_streams_and_threads_begin_with_nobody() -> None:
    """A pump or hub that inherits a request's context would act as that visitor for ever."""
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "consortium/live").rglob("*.py"))
    calls = [n for n in ast.walk(ast.parse((ROOT / "consortium/live/hub/engine.py").read_text(encoding="utf-8")))
             if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "create_task"]  # fmt: skip
    assert "contextvars.Context()" in source
    assert all(any(k.arg == "context" for k in call.keywords) for call in calls)
