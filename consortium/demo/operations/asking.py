"""The consultations, each taken as far as the story tells, at the hours at which it happened."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pydicom.data
from django.db import transaction

from consortium.casework.operations import post_message
from consortium.demo.operations.children import author_of
from consortium.demo.operations.settling import World
from consortium.demo.pictures import drawn
from consortium.demo.story.cases import Told
from consortium.demo.story.children import CHILDREN
from consortium.demo.story.people import STAFF
from consortium.files.operations import attach_small
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from consortium.patients.models import Patient
from consultations import operations as do
from consultations.states import Change, ErrorReason, WithdrawReason

#: The order of acts; a case stops after the one that its story names. Side branches stand apart.
_WAY = ("submit", "claim", "start", "answer", "close_out")
#: hours that pass at most between two acts
_A_WHILE = 0.6


class Teller:
    """Tells one case: who acts, on what, and how the hours pass between the acts."""

    def __init__(self, world: World, told: Told, patient: Patient) -> None:
        self.world, self.told, self.patient = world, told, patient
        self.asker = author_of(CHILDREN[told.child].place)
        self.answerer = self._answerer()
        self.case_id: UUID
        self.hours = told.ago

    def _answerer(self) -> str:
        """The first specialist of the service, in the order of the story."""
        return next(s.username for s in STAFF if self.told.service in s.services)

    def act(self, username: str, operation: Callable[..., Any], **words: Any) -> Any:
        """One act by `username`, so many hours ago as the story has come to; then a while passes."""
        with ExitStack() as stack:
            stack.enter_context(clock.moved(timedelta(hours=-self.hours)))
            actor: Actor = self.world.actor(username)
            stack.enter_context(acting_as(actor))
            stack.enter_context(transaction.atomic())
            result = operation(actor=actor, **words)
        self.hours -= min(0.28 * self.hours, _A_WHILE)
        return result

    def tell(self) -> UUID:
        self._draft()
        until = self.told.until
        for verb in self._acts(until):
            getattr(self, f"_{verb}")()
        return self.case_id

    def _acts(self, until: str) -> list[str]:
        if until == "draft":
            return []
        if until in ("withdraw", "enter_in_error"):
            return ["submit", until]
        if until == "ask_information":
            return ["submit", "claim", until]
        if until == "supply_information":
            return ["submit", "claim", "ask_information", until]
        if until in ("ask_clarification", "correct_answer"):
            return ["submit", "claim", "start", "answer", until]
        return list(_WAY[: _WAY.index(until) + 1])

    def _draft(self) -> None:
        told = self.told
        fields = {
            "patient_id": self.patient.pk, "service_id": self.world.services[told.service].pk,
            "priority": told.priority, "weight_grams": CHILDREN[told.child].grams, "question": told.question,
            "situation": told.situation, "background": told.background, "assessment": told.assessment,
            "recommendation": told.recommendation, "working_diagnosis": told.assessment, "consent_given": True,
        }  # fmt: skip
        self.case_id = self.act(self.asker, do.save_draft, fields=fields).pk
        for name in told.files:
            data = _bytes_of(name)
            self.act(self.asker, attach_small, case_id=self.case_id, name=name, size=len(data), pieces=[data])
        self.hours = told.ago

    def _submit(self) -> None:
        self.act(self.asker, do.submit, case_id=self.case_id)

    def _claim(self) -> None:
        self.act(self.answerer, do.claim, case_id=self.case_id)

    def _start(self) -> None:
        self.act(self.answerer, do.start, case_id=self.case_id)
        self.act(self.asker, post_message, case_id=self.case_id, text="The mother can be reached all day.")

    def _ask_information(self) -> None:
        self.act(self.answerer, do.ask_information, case_id=self.case_id, text=self.told.asks)

    def _supply_information(self) -> None:
        self.act(self.asker, do.supply_information, case_id=self.case_id, text=self.told.supplies)

    def _advice(self, do_now: str = "") -> do.Advice:
        return do.Advice(
            impression=self.told.impression,
            do_now=do_now or self.told.do_now,
            red_flags="Drinks less than half, breathes harder, is hard to wake, or you are worried.",
            when_to_refer="At once with any red flag; otherwise as agreed at the follow-up.",
            follow_up="See the child again in the centre as planned.",
        )

    def _answer(self) -> None:
        self.act(self.answerer, do.answer, case_id=self.case_id, advice=self._advice())

    def _ask_clarification(self) -> None:
        self.act(self.asker, do.ask_clarification, case_id=self.case_id, text=self.told.back)

    def _correct_answer(self) -> None:
        advice = self._advice("Chest radiograph if the cough is still there after two more weeks.")
        reason = "I had not seen that the cough is wet."
        self.act(self.answerer, do.correct_answer, case_id=self.case_id, advice=advice, reason=reason)

    def _close_out(self) -> None:
        self.act(
            self.asker, do.close_out, case_id=self.case_id, change=Change.TREATMENT, referral_avoided=True, usefulness=5
        )

    def _withdraw(self) -> None:
        self.act(self.asker, do.withdraw, case_id=self.case_id, reason=WithdrawReason.RESOLVED)

    def _enter_in_error(self) -> None:
        self.act(self.asker, do.enter_in_error, case_id=self.case_id, reason=ErrorReason.WRONG_CHILD)


def _bytes_of(name: str) -> bytes:
    """A drawn photo, or one of the DICOM files that pydicom's wheel carries."""
    if name.endswith(".dcm"):
        folder = Path(pydicom.data.__file__).parent / "test_files"
        return (folder / name).read_bytes()
    return drawn(name)


def tell(world: World, told: Told, patient: Patient) -> UUID:
    """Take one question as far as its story goes."""
    return Teller(world, told, patient).tell()
