"""A clinic that asks and a service that answers, in the stack, and programs that call the API for their people."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import requests

from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from consortium.people.operations.tokens import issue_token
from consortium.people.states import Role, Tier
from consultations import operations
from tests.cast import actor_for
from tests.factories.cases import make_service, make_service_member
from tests.factories.patients import make_patient
from tests.factories.people import make_institution, make_specialty, make_staff, number
from tests.faults.stack import Stack

#: How long a caller goes on asking again before it gives up.
_PATIENCE = 60.0
#: What a client of ours does not take for an answer: nobody there, too fast, not now.
_AGAIN = (429, 502, 503, 504)
ADVICE = {"impression": "Croup, moderate.", "do_now": "Dexamethasone 0.15 mg/kg by mouth once."}


class Caller:
    """A program with a person's token. `statuses` are all answers it ever got; 0 stands for a broken connection."""

    def __init__(self, stack: Stack, user: User) -> None:
        self.stack, self.user = stack, user
        with stack.rows(), acting_as(system("fault tests")):
            _token, secret = issue_token(user=user, second_factor=True, name="fault tests")
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.statuses: list[int] = []

    def post(self, path: str, body: dict[str, Any] | None = None, key: UUID | None = None) -> requests.Response:
        """One POST. Raises requests.RequestException when there is no answer."""
        headers = {**self.headers, **({"Idempotency-Key": str(key)} if key else {})}
        try:
            answer = requests.post(f"{self.stack.url}/api/v1/{path}", json=body or {}, headers=headers, timeout=60)
        except requests.RequestException:
            self.statuses.append(0)
            raise
        self.statuses.append(answer.status_code)
        return answer

    def insist(self, path: str, body: dict[str, Any] | None = None, key: UUID | None = None) -> requests.Response:
        """As a good client does: the same request with the same key again, until there is an answer."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.post(path, body, key)
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if answer.status_code not in _AGAIN:
                return answer
            time.sleep(0.1 if answer.status_code != 429 else 3)
        raise AssertionError(f"no answer to {path} within {_PATIENCE:.0f} s: {self.statuses[-5:]}")

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.stack.url}/api/v1/{path}", headers=self.headers, timeout=60)


class Ward:
    """One child at a community centre, and two specialists on duty and two coordinators at the hospital."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        with stack.rows(), acting_as(system("fault tests")):
            self.community = make_institution(tier=Tier.COMMUNITY)
            self.hospital = make_institution(tier=Tier.TERTIARY)
            self.service = make_service(self.hospital, make_specialty())
            self.patient = make_patient(self.community)
            self.coordinators = [self._staff(Role.COORDINATOR) for _ in range(2)]
        self.specialists = [self.specialist() for _ in range(2)]

    def _staff(self, role: Role) -> User:
        place = self.community if role == Role.ASKER else self.hospital
        return make_staff(f"{role.value}{number()}", place, role)

    def specialist(self) -> User:
        """Another one who answers for the service and is on duty."""
        with self.stack.rows(), acting_as(system("fault tests")):
            user = self._staff(Role.SPECIALIST)
            make_service_member(self.service, user)
        return user

    def asker(self) -> User:
        """Another doctor of the asking clinic."""
        with self.stack.rows(), acting_as(system("fault tests")):
            return self._staff(Role.ASKER)

    def caller(self, user: User | None = None) -> Caller:
        return Caller(self.stack, user or self.asker())

    def question(self, priority: str = "routine") -> dict[str, Any]:
        """What is sent to begin a consultation."""
        return {
            "patient_id": str(self.patient.pk), "service_id": str(self.service.pk), "priority": priority,
            "weight_grams": 6800, "question": "Can she wait for the morning?", "consent_given": True,
        }  # fmt: skip

    def asked(self, asker: User, priority: int = Priority.ROUTINE) -> UUID:
        """A submitted question, made by the operations and not over HTTP."""
        fields = {**self.question(), "patient_id": self.patient.pk, "service_id": self.service.pk, "priority": priority}
        with self.stack.rows():
            actor = actor_for(asker)
            with acting_as(actor):
                draft = operations.save_draft(actor=actor, fields=fields, key=uuid4())
                made: UUID = operations.submit(actor=actor, case_id=draft.pk).pk
        return made


def at_once(calls: Sequence[Callable[[], requests.Response]]) -> list[requests.Response]:
    """All the calls at the same instant; their answers in the order of the calls."""
    start = threading.Barrier(len(calls))
    answers: list[requests.Response | None] = [None] * len(calls)

    def run(index: int) -> None:
        start.wait(30)
        answers[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert None not in answers, "a call got no answer"
    return [answer for answer in answers if answer is not None]
