"""Every verb of the machine's table as an address."""

from typing import Any

from rest_framework import serializers

from consortium.casework.api.acts import Deed, act_paths
from consortium.casework.api.lists import PRIORITIES, draft_fields
from consortium.kernel.api import Input
from consultations import operations
from consultations.api.answers import AdviceInput, CorrectionInput
from consultations.api.shapes import CONSULTATION, TEXT
from consultations.models.meetings import MOST_TIMES
from consultations.operations import Advice, Offer
from consultations.states import (
    CANCEL_CHOICES,
    OPINION_DECLINE_CHOICES,
    WITHDRAW_CHOICES,
    Change,
    DeclineReason,
    ErrorReason,
    ReferReason,
)


class TextInput(Input):
    text = serializers.CharField(max_length=TEXT)


class AllocateInput(Input):
    responder_id = serializers.UUIDField()
    instead_of = serializers.UUIDField(
        required=False, allow_null=True, help_text="Who is released: the responder that the caller saw, if any."
    )


class DeclineInput(Input):
    reason = serializers.ChoiceField(DeclineReason.choices)
    service_id = serializers.UUIDField()
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class TakeBackInput(Input):
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CloseOutInput(Input):
    change = serializers.ChoiceField(Change.choices)
    referral_avoided = serializers.BooleanField()
    usefulness = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class WithdrawInput(Input):
    reason = serializers.ChoiceField(WITHDRAW_CHOICES)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ErrorInput(Input):
    reason = serializers.ChoiceField(ErrorReason.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RaiseInput(Input):
    priority = serializers.ChoiceField(PRIORITIES)


class LowerInput(RaiseInput):
    reason = serializers.CharField(max_length=1000)


class DisputeInput(Input):
    reason = serializers.CharField(max_length=TEXT)


class AskSecondInput(Input):
    colleague_id = serializers.UUIDField()
    service_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="As whose specialist; their first service unless told."
    )
    question = serializers.CharField(max_length=TEXT)


class OpinionInput(TextInput):
    agrees = serializers.BooleanField(help_text="With the answer, or with what the lead proposes.")


class DeclineOpinionInput(Input):
    reason = serializers.ChoiceField(OPINION_DECLINE_CHOICES)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ConvertInput(Input):
    reason = serializers.ChoiceField(ReferReason.choices)
    question = serializers.CharField(max_length=TEXT)
    priority = serializers.ChoiceField(PRIORITIES, required=False, help_text="The question's own unless told.")
    service_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Where the child is to go: the service that was asked unless told."
    )
    consent_given = serializers.BooleanField(
        required=False, help_text="The guardian agrees to share the record, where that was not asked before."
    )


class ProposeVideoInput(Input):
    times = serializers.ListField(child=serializers.DateTimeField(), max_length=MOST_TIMES, required=False)
    wish = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="When it suits, in words.")
    minutes = serializers.IntegerField(min_value=5, max_value=120, required=False)
    with_guardian = serializers.BooleanField(required=False)
    guardian_agrees = serializers.BooleanField(required=False, help_text="Keeps the guardian's consent to video.")


class BookVideoInput(Input):
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=5, max_value=120, required=False, allow_null=True)


class CallNowInput(Input):
    with_guardian = serializers.BooleanField(required=False)


class CancelVideoInput(Input):
    reason = serializers.ChoiceField(CANCEL_CHOICES)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


def _offer(given: dict[str, Any]) -> dict[str, Any]:
    agrees = {"guardian_agrees": given.pop("guardian_agrees")} if "guardian_agrees" in given else {}
    return {"offer": Offer(**given), **agrees}


def _advice(given: dict[str, Any]) -> dict[str, Any]:
    reason = {"reason": given.pop("reason")} if "reason" in given else {}
    return {"advice": Advice(**given), **reason}


DEEDS = (
    Deed("submit", operations.submit),
    Deed("discard", operations.discard),
    Deed("claim", operations.claim),
    Deed("allocate", operations.allocate, AllocateInput),
    Deed("decline", operations.decline, DeclineInput),
    Deed("take_back", operations.take_back, TakeBackInput),
    Deed("ask_information", operations.ask_information, TextInput, key=True),
    Deed("supply_information", operations.supply_information, TextInput, key=True),
    Deed("start", operations.start),
    Deed("answer", operations.answer, AdviceInput, key=True, shape=_advice),
    Deed("correct_answer", operations.correct_answer, CorrectionInput, key=True, shape=_advice),
    Deed("acknowledge_correction", operations.acknowledge_correction),
    Deed("ask_clarification", operations.ask_clarification, TextInput, key=True),
    Deed("close_out", operations.close_out, CloseOutInput),
    Deed("withdraw", operations.withdraw, WithdrawInput),
    Deed("send_again", operations.send_again),
    Deed("reopen", operations.reopen, TextInput, key=True),
    Deed("raise_urgency", operations.raise_urgency, RaiseInput, shape=draft_fields),
    Deed("lower_urgency", operations.lower_urgency, LowerInput, shape=draft_fields),
    Deed("enter_in_error", operations.enter_in_error, ErrorInput),
    Deed("dispute", operations.dispute, DisputeInput),
    Deed("ask_second", operations.ask_second, AskSecondInput, key=True),
    Deed("give_opinion", operations.give_opinion, OpinionInput),
    Deed("decline_opinion", operations.decline_opinion, DeclineOpinionInput),
    Deed("propose_video", operations.propose_video, ProposeVideoInput, key=True, shape=_offer),
    Deed("book_video", operations.book_video, BookVideoInput, key=True),
    Deed("call_now", operations.call_now, CallNowInput, key=True),
    Deed("cancel_video", operations.cancel_video, CancelVideoInput),
    Deed("convert", operations.convert, ConvertInput, shape=draft_fields),
)


urlpatterns = act_paths(CONSULTATION, DEEDS)
