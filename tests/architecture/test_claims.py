"""Sentences of docs/architecture that the shape of the code can be held to."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.sessions.backends import db
from django.db.models import CheckConstraint, Model, UniqueConstraint
from django.http import FileResponse
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from consortium.kernel import errors, events
from consortium.kernel.events import DomainEvent
from consortium.kernel.once import CreatedOnce
from consortium.kernel.policies import Decision
from consortium.kernel.scoping import Scoped
from consortium.kernel.versions import Versioned
from consortium.web import config
from tests.architecture.measures import PACKAGES, ROOT, product_files, templates

FEATURES = (
    "consortium.journal", "consortium.people", "consortium.patients", "consortium.casework", "consortium.files",
    "consortium.live", "consortium.notices", "consortium.calls", "consortium.insight", "consultations",
    "courses.assessment", "courses.library", "courses.live", "decision_manual", "referrals",
)  # fmt: skip
OURS = tuple(f"{package}." for package in PACKAGES)
#: what each rule of the database tells whoever breaks it
TOLD = errors._constraint_messages
#: Public parts of `operations` that change nothing by themselves, or that nobody acts in: each with its reason.
NOT_OPERATIONS = {
    # names and keys that writing and reading share
    "chain_of", "key_for", "seal_text", "topic_of", "target_of", "due_of", "acting_institution", "locked_case",
    # steps inside an operation, whose caller holds the lock and has checked the right
    "pass_ball", "ring_lists", "start_clock", "stop_clock", "pause_clock", "resume_clock", "recompute_clocks",
    "hold_person", "sessions_ended", "take_page_for", "take_due_steps", "strike_due", "facts_of_step", "start_beneath",
    # what receivers tell of a case, once its act is done
    "tell", "tell_of_messages", "page_about", "calm",
    # the link is the right: nobody is signed in
    "accept_as_new", "use_reset",
    # ringing, after the commit
    "ring", "ring_topics", "publish", "lost_bells",
    # what a page or file is read into, before anybody acts on it
    "read_sheet", "person_resource",
    # the measures are counted from the journal, by nobody
    "gather", "roll_month", "recompute_month", "write_piece",
}  # fmt: skip


def by_a_timer(operation: Callable[..., Any]) -> bool:
    """Nobody acts and nothing is asked: the system does what is due."""
    return not inspect.signature(operation).parameters


def operations() -> dict[str, Any]:
    """Every public operation, by its name."""
    found = {}
    for feature in FEATURES:
        module = importlib.import_module(f"{feature}.operations")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if inspect.isfunction(thing) and name not in NOT_OPERATIONS and not by_a_timer(thing):
                found[f"{feature.rpartition('.')[2]}.{name}"] = thing
    return found


def policies() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for feature in FEATURES:
        try:
            module = importlib.import_module(f"{feature}.policies")
        except ModuleNotFoundError:
            continue
        found |= {
            f"{feature.rpartition('.')[2]}.{name}": thing
            for name, thing in vars(module).items()
            if name.startswith("may_") and inspect.isfunction(thing)
        }
    return found


def breaking(things: dict[str, Any], right: Callable[[Any], Any]) -> list[str]:
    """The names of those that are not right. One test for all: there are hundreds, and each takes no time."""
    assert things
    return [name for name, thing in things.items() if not right(thing)]


# -- the operation: the only way to write


def parameters(thing: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(thing).parameters.values())


def test_an_operation_takes_its_actor_first_and_by_name() -> None:
    assert breaking(operations(), lambda each: parameters(each)[0].name == "actor") == []


def test_an_operation_takes_everything_by_name() -> None:
    by_name = {inspect.Parameter.KEYWORD_ONLY}
    assert breaking(operations(), lambda each: {one.kind for one in parameters(each)} == by_name) == []


def test_an_operation_says_what_it_does() -> None:
    assert breaking(operations(), inspect.getdoc) == []


def test_a_policy_takes_the_actor_first() -> None:
    assert breaking(policies(), lambda each: parameters(each)[0].name == "actor") == []


def test_a_policy_says_what_it_decides() -> None:
    said = (Decision, bool, "Decision", "bool")
    assert breaking(policies(), lambda each: inspect.signature(each).return_annotation in said) == []


# -- events

PRODUCT_EVENTS = {
    name: event for name, event in sorted(DomainEvent.registry.items()) if event.__module__.startswith(OURS)
}


def test_an_event_is_frozen() -> None:
    assert breaking(PRODUCT_EVENTS, lambda event: event.__dataclass_params__.frozen) == []


def test_an_event_is_declared_on_its_shelf() -> None:
    assert breaking(PRODUCT_EVENTS, lambda event: ".events" in event.__module__) == []


def test_event_names_are_stable_and_unique() -> None:
    assert not [
        name for name, count in Counter(e.event_name() for e in DomainEvent.registry.values()).items() if count > 1
    ]


def test_every_receiver_hears_an_event_that_exists() -> None:
    assert set(events._receivers) <= set(DomainEvent.registry)


def test_a_receiver_s_stored_name_finds_one_receiver() -> None:
    names = [(event, r.name) for event, receivers in events._receivers.items() for r in receivers]
    assert len(set(names)) == len(names)


def test_a_receiver_s_name_fits_its_column() -> None:
    from consortium.journal.models import Delivery

    longest = max(len(r.name) for receivers in events._receivers.values() for r in receivers)
    assert longest <= (Delivery._meta.get_field("receiver").max_length or 0)


def test_receivers_stand_on_their_shelf() -> None:
    strays = {r.name for rs in events._receivers.values() for r in rs if ".receivers" not in r.name}
    assert not {name for name in strays if not name.startswith("tests.")}


# -- models


def models(kind: type = Model) -> dict[str, Any]:
    """Our models that are of this kind too."""
    found = [model for model in apps.get_models() if model.__module__.startswith(OURS) and issubclass(model, kind)]
    return {model._meta.label: model for model in found}


def rules(model: type[Model], *kinds: type) -> list[Any]:
    """What the database holds of its rows."""
    return [rule for rule in model._meta.constraints if isinstance(rule, kinds or object)]


def test_a_rule_s_name_says_whose_it_is() -> None:
    shared = ("manual_", "notices_", "patients_", "files_")

    def named(model: type[Model]) -> bool:
        return all(rule.name.startswith((model._meta.app_label, *shared)) for rule in rules(model))

    assert breaking(models(), named) == []


def test_rules_are_checks_unique_or_exclusions() -> None:
    kinds = (CheckConstraint, UniqueConstraint, ExclusionConstraint)
    assert breaking(models(), lambda model: rules(model, *kinds) == rules(model)) == []


def test_every_rule_says_in_a_sentence_of_its_own_what_is_wrong() -> None:
    """By its `violation_error_message`, or its app's `rules`: nobody reads a rule's name."""
    names = [rule.name for model in models().values() for rule in rules(model)]
    assert [name for name in names if name not in TOLD] == []


def test_a_sentence_is_one() -> None:
    told = [(name, str(words)) for name, words in TOLD.items()]
    assert [name for name, words in told if not re.fullmatch(r"[A-Z].{10,140}[.!]", words, re.S)] == []


def test_no_sentence_outlives_its_rule() -> None:
    told = {name for config in apps.get_app_configs() for name in getattr(config, "rules", {})}
    known = {rule.name for model in models().values() for rule in rules(model)}
    assert told - known <= {"people_user_username_key"}  # Django's own unique column


def test_what_is_created_once_is_held_so_by_the_database() -> None:
    once = {"created_by", "request_key"}

    def held(model: type[Model]) -> bool:
        return any(set(rule.fields) == once for rule in rules(model, UniqueConstraint))

    assert breaking(models(CreatedOnce), held) == []


def test_what_people_edit_begins_at_version_one() -> None:
    assert breaking(models(Versioned), lambda model: model._meta.get_field("version").get_default() == 1) == []


def test_what_a_row_says_of_itself_is_short() -> None:
    """It stands in logs and tracebacks: ids and codes, no text that somebody wrote."""
    assert breaking(models(Scoped), lambda model: model.__str__ is not Model.__str__) == []


# -- the runtime


def test_the_database_is_postgresql_and_no_other() -> None:
    assert {db["ENGINE"] for db in settings.DATABASES.values()} == {"django.db.backends.postgresql"}


def test_tests_run_on_the_real_queue() -> None:
    assert not current_app.conf.task_always_eager


def test_a_task_is_taken_again_when_its_worker_dies() -> None:
    assert current_app.conf.task_acks_late
    assert current_app.conf.task_reject_on_worker_lost


def test_a_lost_task_comes_back_later_than_the_longest_one_runs() -> None:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT


def test_sockets_are_served_without_compression() -> None:
    """Per-message deflate costs memory and time for each socket; CPU is counted per frame."""
    assert config().ws_per_message_deflate is False


def test_sockets_are_served_by_the_measured_engine() -> None:
    assert config().ws == "websockets-sansio"


def test_forwarded_addresses_are_judged_by_us() -> None:
    assert config().proxy_headers is False


def test_the_server_does_not_name_itself() -> None:
    assert config().server_header is False


def test_no_access_log_holds_addresses_of_pages() -> None:
    assert config().access_log is False


def test_a_test_may_change_how_it_is_served() -> None:
    assert config(timeout_keep_alive=1).timeout_keep_alive == 1


def test_large_files_are_sent_in_large_pieces() -> None:
    """300 MB in 0.6 s instead of 10 s."""
    import consortium.asgi  # noqa: F401 - sets it

    assert FileResponse.block_size == 262_144


def test_nothing_is_loaded_from_another_host() -> None:
    def ours(sources: Any) -> bool:
        given = [sources] if isinstance(sources, str | bool) else sources
        return not [s for s in map(str, given) if re.match(r"(https?:)?//|\*|[\w-]+\.[\w-]+", s)]

    assert breaking(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], ours) == []


def test_nothing_is_allowed_that_is_not_named() -> None:
    assert [str(s) for s in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"]] == ["'none'"]


@pytest.mark.parametrize("name", ["SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "LANGUAGE_COOKIE_SAMESITE"])
def test_our_cookies_stay_on_our_site(name: str) -> None:
    assert getattr(settings, name) == "Lax"


def test_no_script_reads_the_session() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY


def test_the_record_of_sessions_is_postgresql() -> None:
    assert issubclass(importlib.import_module(settings.SESSION_ENGINE).SessionStore, db.SessionStore)


def test_nobody_frames_our_pages() -> None:
    assert settings.X_FRAME_OPTIONS == "DENY"


def test_other_sites_are_not_told_where_one_came_from() -> None:
    assert settings.SECURE_REFERRER_POLICY == "same-origin"


def test_nobody_acts_by_default() -> None:
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert (
        order.index("AuthenticationMiddleware")
        < order.index("LoginRequiredMiddleware")
        < order.index("ActorMiddleware")
    )


def test_the_doors_stand_before_the_actor() -> None:
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert order.index("SessionLockMiddleware") < order.index("ActorMiddleware")
    assert order.index("SecondFactorMiddleware") < order.index("ActorMiddleware")


# -- templates


TEMPLATES = {str(path.relative_to(ROOT / "templates")): path.read_text(encoding="utf-8") for path in templates()}


def test_a_template_can_be_read() -> None:
    """One that nobody asks for may be broken for long."""
    broken = []
    for name in TEMPLATES:
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_a_template_loads_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")
    assert breaking(TEMPLATES, lambda text: not elsewhere.search(text)) == []


def test_every_template_is_asked_for() -> None:
    """By code, by another template, or by a library's own name for it."""
    whole = "\n".join(p.read_text(encoding="utf-8") for p in [*product_files(), *templates()])
    ours = (
        "casework/",
        "components/",
        "consultations/",
        "files/",
        "home/",
        "journal/",
        "notices/",
        "patients/",
        "people/",
    )
    asked = re.compile(r"""["']([\w/]+\.html)["']""")
    named = set(asked.findall(whole))
    strays = [str(p.relative_to(ROOT / "templates")) for p in templates()]
    assert [name for name in strays if name.startswith(ours) and name not in named] == []


def test_dataclasses_of_the_kernel_are_frozen() -> None:
    """What passes between layers is not changed on the way."""
    from consortium.kernel import actors, machine, pagination, policies, topics

    kinds = [actors.Actor, actors.Seat, machine.Machine, machine.Transition, pagination.Page, policies.Decision,
             topics.TopicKind, events.Receiver]  # fmt: skip
    assert all(dataclasses.is_dataclass(k) and k.__dataclass_params__.frozen for k in kinds)  # type: ignore[attr-defined]
