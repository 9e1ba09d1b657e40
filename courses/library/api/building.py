"""Courses over the API, as their builders write and publish them and enrol people."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.actors import current_actor
from consortium.kernel.api import Acts, ApiView, Input, Output, described
from consortium.people.states import Role, Tier
from courses.library.models import CourseVersion
from courses.library.operations import (
    add_chapter,
    add_lesson,
    archive_course,
    discard_draft,
    draft_again,
    drop_chapter,
    drop_lesson,
    drop_need,
    edit_lesson,
    edit_version,
    end_rule,
    enrol_people,
    make_course,
    make_rule,
    need_course,
    publish_course,
    put_in_order,
    settle_stale,
    withdraw_course,
)
from courses.library.queries.building import outline_of, version_built
from courses.library.states import MACHINE, LessonKind, Reach, Settled, Step, VideoRule


class TitlesInput(Input):
    title_en = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    title_zh = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")


class CourseChapterInput(TitlesInput):
    exam_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Who passes it knows the chapter."
    )


class CourseInput(TitlesInput):
    institution_id = serializers.UUIDField()
    reach = serializers.ChoiceField(Reach.choices, required=False, default=Reach.CONSORTIUM)


class SaidInput(Input):
    summary = serializers.CharField(required=False, allow_blank=True, default="")
    aims = serializers.CharField(required=False, allow_blank=True, default="")


class VersionInput(Input):
    title_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    title_zh = serializers.CharField(max_length=160, required=False, allow_blank=True)
    hours = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=200, required=False)
    credit = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=200, required=False)
    tiers = serializers.ListField(child=serializers.ChoiceField(Tier.choices), required=False)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), required=False)
    reach = serializers.ChoiceField(Reach.choices, required=False)
    in_order = serializers.BooleanField(required=False)
    cover_id = serializers.UUIDField(required=False, allow_null=True)
    en = SaidInput(required=False)
    zh = SaidInput(required=False)


class BranchInput(Input):
    pathway = serializers.SlugField(max_length=80)
    branch = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class LessonEdit(Input):
    title_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    title_zh = serializers.CharField(max_length=160, required=False, allow_blank=True)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]
    minutes = serializers.IntegerField(min_value=1, max_value=600, required=False)
    material_id = serializers.UUIDField(required=False, allow_null=True)
    video_id = serializers.UUIDField(required=False, allow_null=True)
    exam_id = serializers.UUIDField(required=False, allow_null=True)
    questionnaire_id = serializers.UUIDField(required=False, allow_null=True)
    video_rule = serializers.ChoiceField(VideoRule.choices, required=False)
    watch_share = serializers.IntegerField(min_value=1, max_value=100, required=False)
    skippable = serializers.BooleanField(required=False, help_text="The questions in its video may be skipped.")
    manual = BranchInput(many=True, required=False)
    en = serializers.CharField(required=False, allow_blank=True, help_text="The text in English.")
    zh = serializers.CharField(required=False, allow_blank=True, help_text="The text in Chinese.")


class LessonInput(LessonEdit):
    kind = serializers.ChoiceField(LessonKind.choices)


class OrderedInput(Input):
    chapter_id = serializers.UUIDField()
    lesson_ids = serializers.ListField(child=serializers.UUIDField())


class OrderInput(Input):
    order = OrderedInput(many=True)


class CourseReasonInput(Input):
    reason = serializers.CharField(max_length=300)


class NeedInput(Input):
    needs_id = serializers.UUIDField()


class ArchiveInput(Input):
    archived = serializers.BooleanField()


class SettleInput(Input):
    how = serializers.ChoiceField([Settled.CONFIRMED, Settled.EDITED])


class WhomInput(Input):
    institution_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), required=False, default=list)
    tiers = serializers.ListField(child=serializers.ChoiceField(Tier.choices), required=False, default=list)
    required = serializers.BooleanField(required=False, default=False)  # type: ignore[assignment]


class PeopleInput(WhomInput):
    user_ids = serializers.ListField(child=serializers.UUIDField(), required=False, allow_null=True, default=None)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class EnrolmentRuleInput(WhomInput):
    days = serializers.IntegerField(min_value=1, max_value=1000, required=False, allow_null=True, default=None)


class CoursePartShown(Output):
    id = serializers.UUIDField()


class CountShown(Output):
    enrolled = serializers.IntegerField()


class EnrolmentRuleShown(CountShown):
    id = serializers.UUIDField()


class OutlineChapterShown(Output):
    id = serializers.UUIDField()
    title = serializers.CharField()
    exam_id = serializers.UUIDField(allow_null=True)
    lessons = serializers.ListField(child=serializers.DictField(), help_text="id, kind, title.")


class VersionShown(Output):
    id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    number = serializers.IntegerField()
    step = serializers.ChoiceField(Step.choices)
    title = serializers.CharField()
    chapters = OutlineChapterShown(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What it lacks to be published.")
    available_actions = Acts()
    version = serializers.IntegerField()


def _version(version_id: UUID) -> dict[str, Any]:
    version: CourseVersion = version_built(version_id)
    outline = outline_of(version)
    chapters = [
        {"id": one["chapter"].pk, "title": one["chapter"].title, "exam_id": one["chapter"].exam_id, "lessons": [
            {"id": line.lesson.pk, "kind": line.lesson.kind, "title": line.lesson.title} for line in one["lines"]]}
        for one in outline["chapters"]
    ]  # fmt: skip
    acts = [one.verb for one in MACHINE.available(current_actor(), version)]
    return {
        "id": version.pk, "course_id": version.course_id, "number": version.number, "step": version.step,
        "title": version.title, "chapters": chapters, "missing": outline["missing"], "available_actions": acts,
        "version": version.version,
    }  # fmt: skip


def _parted(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(fields, texts by language)."""
    texts: dict[str, Any] = {code: given.pop(code) for code in ("en", "zh") if code in given}
    if "manual" in given:
        given["manual"] = [(one["pathway"], one["branch"]) for one in given["manual"]]
    return given, texts


class CourseDrafts(ApiView):
    @described("Begin a course", takes=CourseInput, gives=VersionShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        version, fresh = make_course(actor=self.actor, key=self.request_key, **self.given(CourseInput))
        return self.created(_version(version.pk), fresh=fresh)


class CourseDraft(ApiView):
    @described("The course's draft; a new one of what is published, where there is none", gives=VersionShown)
    def post(self, request: Request, course_id: UUID) -> Response:
        return self.one(_version(draft_again(actor=self.actor, course_id=course_id).pk))


class VersionDetail(ApiView):
    @described("A version with its outline, for who builds it", gives=VersionShown)
    def get(self, request: Request, version_id: UUID) -> Response:
        return self.one(_version(version_id))

    @described("Change what a draft says of itself", takes=VersionInput, gives=VersionShown, version=True)
    def patch(self, request: Request, version_id: UUID) -> Response:
        seen = self.version
        fields, texts = _parted(self.given(VersionInput))
        edit_version(actor=self.actor, version_id=version_id, fields=fields, texts=texts, version=seen)
        return self.one(_version(version_id))


class VersionOrder(ApiView):
    @described("Chapters and lessons in order", takes=OrderInput, gives=VersionShown, version=True)
    def put(self, request: Request, version_id: UUID) -> Response:
        seen = self.version
        order = [(one["chapter_id"], one["lesson_ids"]) for one in self.given(OrderInput)["order"]]
        put_in_order(actor=self.actor, version_id=version_id, order=order, version=seen)
        return self.one(_version(version_id))


class VersionPublish(ApiView):
    @described("Publish the draft", gives=VersionShown, version=True)
    def post(self, request: Request, version_id: UUID) -> Response:
        publish_course(actor=self.actor, version_id=version_id, version=self.version)
        return self.one(_version(version_id))


class VersionWithdraw(ApiView):
    @described("Take back what is published", takes=CourseReasonInput, gives=VersionShown)
    def post(self, request: Request, version_id: UUID) -> Response:
        withdraw_course(actor=self.actor, version_id=version_id, **self.given(CourseReasonInput))
        return self.one(_version(version_id))


class VersionDiscard(ApiView):
    @described("Throw the draft away", status=204)
    def post(self, request: Request, version_id: UUID) -> Response:
        discard_draft(actor=self.actor, version_id=version_id)
        return self.done()


class VersionChapters(ApiView):
    @described("Add a chapter", takes=CourseChapterInput, gives=CoursePartShown, status=201)
    def post(self, request: Request, version_id: UUID) -> Response:
        chapter = add_chapter(actor=self.actor, version_id=version_id, **self.given(CourseChapterInput))
        return self.created({"id": chapter.pk})


class ChapterDetail(ApiView):
    @described("Add a lesson", takes=LessonInput, gives=CoursePartShown, status=201)
    def post(self, request: Request, chapter_id: UUID) -> Response:
        fields, texts = _parted(self.given(LessonInput))
        kind = fields.pop("kind")
        lesson = add_lesson(actor=self.actor, chapter_id=chapter_id, kind=kind, fields=fields, texts=texts)
        return self.created({"id": lesson.pk})

    @described("Take a chapter out, with its lessons", status=204)
    def delete(self, request: Request, chapter_id: UUID) -> Response:
        drop_chapter(actor=self.actor, chapter_id=chapter_id)
        return self.done()


class DraftLesson(ApiView):
    @described("Change a lesson of a draft", takes=LessonEdit, gives=CoursePartShown)
    def patch(self, request: Request, lesson_id: UUID) -> Response:
        fields, texts = _parted(self.given(LessonEdit))
        lesson = edit_lesson(actor=self.actor, lesson_id=lesson_id, fields=fields, texts=texts)
        return self.one({"id": lesson.pk})

    @described("Take a lesson out of a draft", status=204)
    def delete(self, request: Request, lesson_id: UUID) -> Response:
        drop_lesson(actor=self.actor, lesson_id=lesson_id)
        return self.done()


class LessonSettled(ApiView):
    @described("The manual has changed: the lesson is still right, or was edited", takes=SettleInput, status=204)
    def post(self, request: Request, lesson_id: UUID) -> Response:
        settle_stale(actor=self.actor, lesson_id=lesson_id, **self.given(SettleInput))
        return self.done()


class CourseArchived(ApiView):
    @described("Take it out of the catalogue, or put it back", takes=ArchiveInput, status=204)
    def put(self, request: Request, course_id: UUID) -> Response:
        archive_course(actor=self.actor, course_id=course_id, **self.given(ArchiveInput))
        return self.done()


class CourseNeeds(ApiView):
    @described("Ask for another course first", takes=NeedInput, status=204)
    def post(self, request: Request, course_id: UUID) -> Response:
        need_course(actor=self.actor, course_id=course_id, **self.given(NeedInput))
        return self.done()

    @described("It is no longer asked for", takes=NeedInput, status=204)
    def delete(self, request: Request, course_id: UUID) -> Response:
        drop_need(actor=self.actor, course_id=course_id, **self.given(NeedInput))
        return self.done()


class CoursePeople(ApiView):
    @described("Enrol whoever works there now", takes=PeopleInput, gives=CountShown)
    def post(self, request: Request, course_id: UUID) -> Response:
        count = enrol_people(actor=self.actor, course_id=course_id, **self.given(PeopleInput))
        return self.one({"enrolled": count})


class CourseRules(ApiView):
    @described(
        "Enrol whoever holds such a seat, now and later",
        takes=EnrolmentRuleInput,
        gives=EnrolmentRuleShown,
        status=201,
        key=True,
    )
    def post(self, request: Request, course_id: UUID) -> Response:
        rule, count = make_rule(
            actor=self.actor, course_id=course_id, key=self.request_key, **self.given(EnrolmentRuleInput)
        )  # fmt: skip
        return self.created({"id": rule.pk, "enrolled": count})


class RuleDetail(ApiView):
    @described("The rule counts for nobody who comes later", status=204)
    def delete(self, request: Request, rule_id: UUID) -> Response:
        end_rule(actor=self.actor, rule_id=rule_id)
        return self.done()


_COURSE, _VERSION = "courses/<uuid:course_id>/", "course-versions/<uuid:version_id>/"
urlpatterns = [
    path("course-drafts/", CourseDrafts.as_view(), name="course-drafts"),
    path(f"{_COURSE}draft/", CourseDraft.as_view(), name="course-draft"),
    path(f"{_COURSE}archived/", CourseArchived.as_view(), name="course-archived"),
    path(f"{_COURSE}needs/", CourseNeeds.as_view(), name="course-needs"),
    path(f"{_COURSE}people/", CoursePeople.as_view(), name="course-people"),
    path(f"{_COURSE}rules/", CourseRules.as_view(), name="course-rules"),
    path("course-rules/<uuid:rule_id>/", RuleDetail.as_view(), name="course-rule"),
    path(_VERSION, VersionDetail.as_view(), name="course-version"),
    path(f"{_VERSION}order/", VersionOrder.as_view(), name="course-version-order"),
    path(f"{_VERSION}publish/", VersionPublish.as_view(), name="course-version-publish"),
    path(f"{_VERSION}withdraw/", VersionWithdraw.as_view(), name="course-version-withdraw"),
    path(f"{_VERSION}discard/", VersionDiscard.as_view(), name="course-version-discard"),
    path(f"{_VERSION}chapters/", VersionChapters.as_view(), name="course-chapters"),
    path("course-chapters/<uuid:chapter_id>/", ChapterDetail.as_view(), name="course-chapter"),
    path("course-lessons/<uuid:lesson_id>/", DraftLesson.as_view(), name="course-lesson"),
    path("course-lessons/<uuid:lesson_id>/settled/", LessonSettled.as_view(), name="course-lesson-settled"),
]
