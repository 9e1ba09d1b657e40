"""A whole course at one stroke: of a title, a video and an exam; of a title and a file of questions."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.people.models import Institution, User
from courses.assessment.models import Exam, ItemVersion
from courses.library.models import Course, CourseVersion, Lesson, Video
from courses.library.operations import edit_version, publish_course, start_course, start_from_file
from courses.library.queries.missing import missing_of
from tests.cast import client_for
from tests.courses.library.films import new_video, playing
from tests.courses.library.making import as_
from tests.factories.exams import make_exam, make_version

SHEET = (
    "kind,stem_en,stem_zh,options_en,options_zh,right\n"
    'single,Which is fast?,哪个算快？,"Forty\nFifty","四十\n五十",2\n'
    "true_false,A child who cannot drink is in danger.,不能喝水的孩子有危险。,,,true\n"
).encode()


def started(trainer: User, place: Institution, data: bytes = SHEET, **words: Any) -> CourseVersion:
    said = {"title_en": "Signs of danger", "title_zh": "危险征象", **words}
    with as_(trainer) as actor:
        return start_from_file(actor=actor, institution_id=place.pk, questions=data, name="q.csv", **said)[0]


def kinds(version: CourseVersion) -> list[str]:
    return list(Lesson.unscoped.filter(version=version).order_by("position").values_list("kind", flat=True))


def missing(version: CourseVersion, trainer: User) -> list[str]:
    with as_(trainer):
        return missing_of(version)


# -- of a video and an exam


@pytest.mark.parametrize(
    ("given", "lessons"),
    [((), []), (("video",), ["video"]), (("exam",), ["exam"]), (("video", "exam"), ["video", "exam"])],
)
def test_a_course_begins_with_what_is_there(
    given: tuple[str, ...], lessons: list[str], trainer: User, hospital: Institution
) -> None:
    ids: dict[str, Any] = {}
    if "video" in given:
        ids["video_id"] = new_video(trainer).pk
    if "exam" in given:
        ids["exam_id"] = make_exam(trainer, hospital, [make_version(hospital)]).pk
    with as_(trainer) as actor:
        version, fresh = start_course(actor=actor, institution_id=hospital.pk, title_en="Fever", **ids)

    assert (fresh, kinds(version)) == (True, lessons)


def test_begun_twice_with_one_key_it_is_one(trainer: User, hospital: Institution) -> None:
    video, key = new_video(trainer), uuid4()
    with as_(trainer) as actor:
        words: Any = {"institution_id": hospital.pk, "title_en": "Fever", "video_id": video.pk, "key": key}
        made = [start_course(actor=actor, **words) for _time in range(2)]

    assert [fresh for _version, fresh in made] == [True, False]
    assert kinds(made[1][0]) == ["video"]


# -- of a file


def test_a_file_makes_a_course_with_its_video_s_place_and_a_self_check(trainer: User, hospital: Institution) -> None:
    version = started(trainer, hospital)
    exam = Exam.unscoped.get()

    assert kinds(version) == ["video", "exam"]
    assert (exam.step, exam.self_check, exam.title_zh) == ("open", True, "危险征象")
    assert set(ItemVersion.unscoped.values_list("step", flat=True)) == {"in_review"}


def test_only_its_video_is_missing_then(trainer: User, hospital: Institution) -> None:
    version = started(trainer, hospital)
    before = missing(version, trainer)
    playing(trainer, Video.unscoped.get())

    assert [len(before), missing(version, trainer)] == [1, []]


def test_a_chinese_title_is_enough(trainer: User, hospital: Institution) -> None:
    started(trainer, hospital, title_en="")
    assert Exam.unscoped.get().title_en == "危险征象"


def test_the_same_key_makes_one_course_of_one_file(trainer: User, hospital: Institution) -> None:
    key = uuid4()
    assert started(trainer, hospital, key=key).pk == started(trainer, hospital, key=key).pk
    assert ItemVersion.unscoped.count() == 2


def test_a_wrong_row_leaves_nothing(trainer: User, hospital: Institution) -> None:
    with pytest.raises(InvalidInput) as error:
        started(trainer, hospital, SHEET + b"true_false,In English alone.,,,,true\n")

    assert str(error.value.fields["questions"]).startswith("Row 4: ")
    assert not Course.unscoped.exists()
    assert not Video.unscoped.exists()


def test_who_builds_nothing_starts_nothing(learner: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        started(learner, hospital)
    assert not ItemVersion.unscoped.exists()


def test_a_course_with_credit_has_no_self_check(trainer: User, hospital: Institution) -> None:
    version = started(trainer, hospital)
    playing(trainer, Video.unscoped.get())
    with as_(trainer) as actor:
        edit_version(actor=actor, version_id=version.pk, fields={"credit": 2})
        with pytest.raises(InvalidInput, match="gives no credit"):
            publish_course(actor=actor, version_id=version.pk)


def test_the_page_makes_it_and_leads_to_its_draft(trainer: User, hospital: Institution) -> None:
    client, url = client_for(trainer), reverse("library:build_from_file")
    said = {"title_en": "Signs", "request_key": str(uuid4()), "questions": SimpleUploadedFile("q.csv", SHEET)}
    page = client.post(url, said, follow=True).content.decode()

    assert "Nothing has been sent yet." in page
    assert "has no video that can be played yet" in page


@pytest.mark.parametrize("data", [b"nothing of use\n", SHEET + b"single,x,,,,\n"])
def test_a_file_that_is_wrong_is_told_at_its_field(data: bytes, trainer: User) -> None:
    said = {"title_en": "Signs", "request_key": str(uuid4()), "questions": SimpleUploadedFile("q.csv", data)}
    answer = client_for(trainer).post(reverse("library:build_from_file"), said)

    assert answer.status_code == 422
    assert answer.context["form"].errors["questions"]


def test_a_page_of_another_s_video_sends_nothing(trainer: User, hospital: Institution, district: Institution) -> None:
    """A draft may show a video of elsewhere; it is sent there."""
    version = started(trainer, hospital)
    Video.unscoped.update(institution=district)
    page = client_for(trainer).get(reverse("library:build", args=[version.pk])).content.decode()

    assert "Nothing has been sent yet." not in page
