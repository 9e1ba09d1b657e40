from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_LANGUAGE = _("Content is in English or in Chinese.")
_REACH = _("It is for one institution, for its region or for the whole consortium.")
_SAVED_AT_ONCE = _("Somebody saved the same at this moment: load the page again.")


class LibraryConfig(AppConfig):
    name = "courses.library"
    rules: ClassVar[dict[str, Any]] = {
        "library_course_kind": _REACH,
        "library_course_published_pair": _("A course in the catalogue has a published version, and says since when."),
        "library_programme_kind": _REACH,
        "library_programmetext_once": _SAVED_AT_ONCE,
        "library_programmetext_kind": _LANGUAGE,
        "library_programmecourse_place": _("Two courses of a programme cannot stand in the same place."),
        "library_material_kind": _("A course keeps pictures and PDFs."),
        "library_version_step": _("A version is a draft, published, replaced or withdrawn."),
        "library_version_number_once": _("Somebody made a version at the same moment: look at that one first."),
        "library_version_published_at": _("A version that was published says when."),
        "library_versiontext_once": _SAVED_AT_ONCE,
        "library_versiontext_kind": _LANGUAGE,
        "library_chapter_place": _("Two chapters cannot stand in the same place."),
        "library_lesson_place": _("Two lessons of a chapter cannot stand in the same place."),
        "library_lesson_key_once": _("This lesson is in the course already."),
        "library_lesson_kind": _("A lesson is a video, a reading, a case, a file, a recording, an exam or questions."),
        "library_lessontext_once": _SAVED_AT_ONCE,
        "library_lessontext_kind": _LANGUAGE,
        "library_stale_once": _("This lesson is marked already."),
        "library_stale_pair": _("A change of the manual that was settled says how and when."),
        "library_enrolment_once": _("This person is enrolled already."),
        "library_enrolment_kind": _("People enrol themselves, or an institution or a rule enrols them."),
        "library_enrolment_completed_pair": _("A course that was completed says when, and in which version."),
        "library_progress_once": _SAVED_AT_ONCE,
        "library_progress_pair": _("A lesson that was completed says how and when."),
        "library_film_number": _("A film of this video was begun at the same moment: load the page again."),
        "library_film_step": _("A film stands at one of the steps of its way."),
        "library_film_size": _("A file is not smaller than nothing."),
        "library_piece_once": _("This piece of the film is ordered already."),
        "library_piece_share": _("What is done of a piece is between nothing and all of it."),
        "library_caption_once": _("Somebody saved these captions at the same moment: look at theirs first."),
        "library_caption_kind": _("Captions are WebVTT, in English or in Chinese."),
        "library_segmentserved_span": _("What was fetched of a film ends after it begins."),
        "library_watched_once": _SAVED_AT_ONCE,
        "library_latertest_once": _SAVED_AT_ONCE,
    }

    def ready(self) -> None:
        """Say what the database's rules and the notices mean. The page of a video may be listened to."""
        from consortium.kernel.errors import explain_constraint
        from consortium.kernel.topics import register
        from consortium.notices.states import NoticeKind, register_kind
        from courses.library.queries.videos import kind
        from courses.library.receivers.kinds import NOTICE_KINDS

        fixed = _("A published version stays as it is. Make a new version to change it.")
        explain_constraint("library_published_fixed", fixed)
        register(kind())
        for words in NOTICE_KINDS:
            register_kind(NoticeKind(*words))
