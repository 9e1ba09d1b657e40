"""What became of the child, blind ratings and one's own answers, over the API."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.casework.api import read_of
from consortium.casework.policies import may_read_identity
from consortium.casework.queries.duty import service_for
from consortium.journal.operations import note_list_read, note_read
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import NotPermitted
from consortium.kernel.policies import require
from consultations.models import OutcomeChase, Review
from consultations.models.outcomes import AdviceFit, Agreement, MissReason, Outcome, OutcomeStep
from consultations.operations.following import miss_outcome, tell_outcome
from consultations.operations.reviewing import name_rater, open_review, percent_of, plan_reviews, rate_answer
from consultations.policies import may_rate, may_run_reviews, may_tell_outcome
from consultations.queries.outcomes import names_in, outcome_of, tells_outcomes, waiting_outcomes, waiting_row
from consultations.queries.own_answers import comparison, own_answers
from consultations.queries.reviews import RATES, blind_case, line_of, review_for, reviews_to_give, rounds_of, sample_of

# -- outcomes ---------------------------------------------------------------------------------------------------------


class WaitingShown(Output):
    case_id = serializers.UUIDField()
    who = serializers.CharField(help_text="Age and sex; the name where the caller may know it.")
    title = serializers.CharField()
    asker = serializers.CharField()
    place = serializers.CharField()
    office = serializers.BooleanField(help_text="The coordinator has to ask.")
    mine = serializers.BooleanField()
    due_at = serializers.DateTimeField()
    reminders = serializers.IntegerField()


class OutcomeInput(Input):
    outcome = serializers.ChoiceField(Outcome.choices)
    advice_fit = serializers.ChoiceField(AdviceFit.choices)
    diagnosis = serializers.CharField(max_length=200, required=False, allow_blank=True)
    agreement = serializers.ChoiceField(Agreement.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class MissInput(Input):
    reason = serializers.ChoiceField(MissReason.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class OutcomeShown(Output):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField()
    step = serializers.ChoiceField(OutcomeStep.choices)
    due_at = serializers.DateTimeField()
    reminders = serializers.IntegerField()
    outcome = serializers.CharField()
    advice_fit = serializers.CharField()
    agreement = serializers.CharField()
    diagnosis = serializers.CharField()
    note = serializers.CharField(help_text="Only for who may know the child.")
    miss_reason = serializers.CharField()
    told_at = serializers.DateTimeField(allow_null=True)
    may_tell = serializers.BooleanField()


_OUTCOME = (
    "id", "case_id", "step", "due_at", "reminders", "outcome", "advice_fit", "agreement", "diagnosis", "miss_reason",
    "told_at",
)  # fmt: skip


def _outcome(view: ApiView, chase: OutcomeChase) -> dict[str, Any]:
    known = may_read_identity(view.actor, chase.case)
    return {
        **{name: getattr(chase, name) for name in _OUTCOME}, "note": chase.note if known else "",
        "may_tell": may_tell_outcome(view.actor, chase).allowed,
    }  # fmt: skip


_WAITING = ("case_id", "who", "title", "asker", "place", "office", "mine", "due_at", "reminders")


class WaitingOutcomes(ApiView):
    @described("Outcomes that my clinic, or the office, is asked for", gives=WaitingShown, page=True)
    def get(self, request: Request) -> Response:
        if not tells_outcomes(self.actor):
            raise NotPermitted
        page = waiting_outcomes(self.actor, after=self.after, size=page_limit(request, 25))
        known = names_in(page.items)
        note_list_read(actor=self.actor, what="outcomes", patient_ids=sorted(known))
        rows = [waiting_row(chase, self.actor, known) for chase in page.items]
        return self.paged([{name: row[name] for name in _WAITING} for row in rows], page.next_cursor)


class CaseOutcome(ApiView):
    @described("What became of the child", gives=OutcomeShown)
    def get(self, request: Request, case_id: UUID) -> Response:
        chase = outcome_of(case_id)
        read_of(self.actor, chase.case, "outcome")
        return self.one(_outcome(self, chase))

    @described("Tell what became of the child", takes=OutcomeInput, gives=OutcomeShown)
    def put(self, request: Request, case_id: UUID) -> Response:
        return self.one(_outcome(self, tell_outcome(actor=self.actor, case_id=case_id, **self.given(OutcomeInput))))


class CaseOutcomeMissed(ApiView):
    @described("The family cannot be reached", takes=MissInput, gives=OutcomeShown)
    def post(self, request: Request, case_id: UUID) -> Response:
        return self.one(_outcome(self, miss_outcome(actor=self.actor, case_id=case_id, **self.given(MissInput))))


# -- ratings ----------------------------------------------------------------------------------------------------------


class ToRateShown(Output):
    id = serializers.UUIDField()
    who = serializers.CharField()
    title = serializers.CharField()
    service = serializers.CharField()
    due_at = serializers.DateTimeField()
    late = serializers.BooleanField()


class SaidShown(Output):
    who = serializers.CharField(help_text="Which side; no names.")
    text = serializers.CharField()
    kind = serializers.CharField()


class PartShown(Output):
    heading = serializers.CharField()
    text = serializers.CharField()


class BlindShown(Output):
    id = serializers.UUIDField()
    who = serializers.CharField()
    priority = serializers.CharField()
    question = serializers.CharField()
    parts = PartShown(many=True)
    said = SaidShown(many=True)
    impression = serializers.CharField()
    do_now = serializers.CharField()
    red_flags = serializers.CharField()
    when_to_refer = serializers.CharField()
    follow_up = serializers.CharField()


class RatingInput(Input):
    information = serializers.IntegerField(min_value=1, max_value=5)
    quality = serializers.IntegerField(min_value=1, max_value=5)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    concern = serializers.BooleanField(required=False, default=False)


_TO_RATE = ("id", "who", "title", "service", "due_at", "late")


class ToRate(ApiView):
    @described("Answers that I am asked to rate", gives=ToRateShown, page=True)
    def get(self, request: Request) -> Response:
        if not self.actor.has(*RATES):
            raise NotPermitted
        lines = [line_of(review) for review in reviews_to_give(self.actor)]
        return self.paged([{name: line[name] for name in _TO_RATE} for line in lines])


class Rating(ApiView):
    @described("An answer to rate, without names", gives=BlindShown)
    def get(self, request: Request, review_id: UUID) -> Response:
        require(may_rate(self.actor, review_for(review_id)))
        review = open_review(actor=self.actor, review_id=review_id)
        case = review.case
        note_read(actor=self.actor, subject=case, patient_id=case.patient_id, what="review", once_per_look=True)
        blind = blind_case(self.actor, review)
        advice = {name: text for name, text in blind.advice.items() if name != "signer"}
        parts = [{"heading": heading, "text": text} for heading, text in blind.parts]
        plain = {"id": review.pk, "who": blind.who, "priority": blind.priority, "question": blind.question}
        return self.one({**plain, "parts": parts, "said": blind.said, **advice})

    @described("Rate an answer, once", takes=RatingInput, status=204)
    def post(self, request: Request, review_id: UUID) -> Response:
        rate_answer(actor=self.actor, review_id=review_id, **self.given(RatingInput))
        return self.done()


class RaterInput(Input):
    rater_id = serializers.UUIDField()


class SampleShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    answerer_id = serializers.UUIDField()
    rater_id = serializers.UUIDField(allow_null=True)
    due_at = serializers.DateTimeField()
    rated_at = serializers.DateTimeField(allow_null=True)
    information = serializers.IntegerField(allow_null=True)
    quality = serializers.IntegerField(allow_null=True)
    concern = serializers.BooleanField()
    note = serializers.CharField()


_SAMPLE = (
    "id", "answerer_id", "rater_id", "due_at", "rated_at", "information", "quality", "concern", "note",
)  # fmt: skip


def _sampled(review: Review) -> dict[str, Any]:
    return {**{name: getattr(review, name) for name in _SAMPLE}, "title": review.case.headline}


class ServiceReviews(ApiView):
    @described("The newest month's sample of a service, for its leads", gives=SampleShown, page=True)
    def get(self, request: Request, service_id: UUID) -> Response:
        service_for(service_id)
        require(may_run_reviews(self.actor, service_id))
        rounds = rounds_of(service_id, most=1)
        return self.paged([_sampled(review) for made in rounds for review in sample_of(made)])


class ReviewRater(ApiView):
    @described("Give an answer to another rater", takes=RaterInput, status=204)
    def post(self, request: Request, review_id: UUID) -> Response:
        name_rater(actor=self.actor, review_id=review_id, rater_id=self.given(RaterInput)["rater_id"])
        return self.done()


class ShareInput(Input):
    percent = serializers.IntegerField(min_value=0, max_value=100)


class ShareShown(Output):
    percent = serializers.IntegerField()


class ReviewShare(ApiView):
    @described("What share of a service's answers is rated", gives=ShareShown)
    def get(self, request: Request, service_id: UUID) -> Response:
        service_for(service_id)
        require(may_run_reviews(self.actor, service_id))
        return self.one({"percent": percent_of(service_id)})

    @described("Choose that share", takes=ShareInput, gives=ShareShown)
    def put(self, request: Request, service_id: UUID) -> Response:
        service_for(service_id)
        plan = plan_reviews(actor=self.actor, service_id=service_id, percent=self.given(ShareInput)["percent"])
        return self.one({"percent": plan.percent})


# -- one's own --------------------------------------------------------------------------------------------------------


class OwnShown(Output):
    id = serializers.UUIDField()
    who = serializers.CharField()
    title = serializers.CharField()
    answered_at = serializers.DateTimeField()
    change = serializers.CharField()
    usefulness = serializers.IntegerField(allow_null=True)
    outcome = serializers.CharField(help_text="In words; empty while it is not known.")
    diagnosis = serializers.CharField()
    information = serializers.IntegerField(allow_null=True)
    quality = serializers.IntegerField(allow_null=True)
    remark = serializers.CharField()


class MeanShown(Output):
    mine = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    others = serializers.FloatField(allow_null=True)
    others_n = serializers.IntegerField()
    published = serializers.FloatField(allow_null=True)


class ScoresShown(Output):
    usefulness = MeanShown()
    information = MeanShown()
    quality = MeanShown()


_OWN = ("id", "who", "title", "answered_at", "change", "usefulness", "information", "quality", "remark")


def _own(row: dict[str, Any]) -> dict[str, Any]:
    outcome = row["outcome"] or {}
    plain = {name: row[name] for name in _OWN}
    return {**plain, "outcome": str(outcome.get("label", "")), "diagnosis": outcome.get("diagnosis", "")}


class OwnAnswers(ApiView):
    @described("My answers, and what became of them", gives=OwnShown, page=True)
    def get(self, request: Request) -> Response:
        if not self.actor.has(*RATES):
            raise NotPermitted
        page = own_answers(self.actor, after=self.after, size=page_limit(request, 20))
        return self.paged([_own(row) for row in page.items], page.next_cursor)


class OwnScores(ApiView):
    @described("My scores of the last year beside those of my services", gives=ScoresShown)
    def get(self, request: Request) -> Response:
        if not self.actor.has(*RATES):
            raise NotPermitted
        return self.one(comparison(self.actor))


urlpatterns = [
    path("outcomes/", WaitingOutcomes.as_view(), name="outcomes"),
    path("consultations/<uuid:case_id>/outcome/", CaseOutcome.as_view(), name="consultation-outcome"),
    path(
        "consultations/<uuid:case_id>/outcome/missed/", CaseOutcomeMissed.as_view(), name="consultation-outcome-missed"
    ),
    path("reviews/", ToRate.as_view(), name="reviews"),
    path("reviews/<uuid:review_id>/", Rating.as_view(), name="review"),
    path("reviews/<uuid:review_id>/rater/", ReviewRater.as_view(), name="review-rater"),
    path("services/<uuid:service_id>/reviews/", ServiceReviews.as_view(), name="service-reviews"),
    path("services/<uuid:service_id>/review-share/", ReviewShare.as_view(), name="review-share"),
    path("answers/mine/", OwnAnswers.as_view(), name="own-answers"),
    path("answers/mine/scores/", OwnScores.as_view(), name="own-scores"),
]
