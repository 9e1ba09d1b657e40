from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "courses.assessment"

    def ready(self) -> None:
        """What a trigger means to the person who meets it."""
        from django.utils.translation import gettext_lazy as _

        from consortium.kernel.errors import explain_constraint

        explain_constraint("item_version_content", _("Only a draft is edited. Make a new version of the question."))
