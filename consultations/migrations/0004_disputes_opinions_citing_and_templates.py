"""Disputes settled, opinions by service, the manual's branch that was used, templates in pairs, reasons of referrals."""

import uuid
from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


def pair_each(apps: Any, editor: Any) -> None:
    """What stands already is a text of its own: nobody said which belong together."""
    for text in apps.get_model("consultations", "AnswerTemplate").objects.all():
        text.pair = uuid.uuid4()
        text.save(update_fields=["pair"])


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0002_duty_bookings_and_working_time"),
        ("consultations", "0003_the_whole_machine"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # No opinion has been asked for yet: the column needs no default.
        migrations.CreateModel(
            name="ManualUse",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="manual_use",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("pathway", models.SlugField(max_length=80, verbose_name="page of the manual")),
                ("version", models.PositiveIntegerField()),
                ("node", models.CharField(blank=True, max_length=120, verbose_name="branch")),
                ("indication", models.CharField(blank=True, max_length=80)),
                ("run_id", models.UUIDField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_covered", "The child fits none of its branches"),
                            ("unclear", "I am not sure which branch applies"),
                            ("not_here", "What it advises cannot be had here"),
                            ("no_effect", "Done as it says, without effect"),
                            ("doubt", "I doubt what it says"),
                            ("says_ask", "It says to ask or to refer"),
                        ],
                        max_length=20,
                        verbose_name="why it did not suffice",
                    ),
                ),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="answertemplate",
            name="consultations_template_title",
        ),
        migrations.AddField(
            model_name="answertemplate",
            name="pair",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.RunPython(pair_each, migrations.RunPython.noop),
        migrations.AddField(
            model_name="answertemplate",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consultation",
            name="declined_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="dispute_outcome",
            field=models.CharField(
                blank=True, choices=[("taken", "Taken after all"), ("declined", "Declined again")], max_length=20
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="refer_question",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="consultation",
            name="refer_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("worse", "The child got worse"),
                    ("treatment", "A treatment that cannot be given here"),
                    ("investigation", "An investigation that cannot be made here"),
                    ("examination", "Has to be seen by the specialist"),
                    ("family", "The family asks for it"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="decline_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_my_field", "Not my field"),
                    ("not_enough", "Cannot be judged from what is there"),
                    ("no_time", "I cannot answer in time"),
                    ("too_close", "I know the family: somebody else should judge"),
                    ("cannot_act", "They can no longer act"),
                    ("off_duty", "Their duty ended"),
                    ("handed_on", "Handed on to a colleague"),
                    ("own_case", "They took the case itself"),
                    ("case_left", "The case was closed or went elsewhere first"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(
                condition=models.Q(("declined_at", None), ("given_at", None)),
                fields=["specialist"],
                name="consultations_opinion_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="answertemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("specialty", "language", "title"),
                name="consultations_template_titled_once",
                violation_error_message="Another text of this specialty has this title already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answertemplate",
            constraint=models.UniqueConstraint(
                fields=("pair", "language"),
                name="consultations_template_pair",
                violation_error_message="A text is written once in each language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answertemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="consultations_template_has_title",
                violation_error_message="A text to start from has a title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(("dispute_outcome", ""), ("disputed_at__isnull", False), _connector="OR"),
                name="consultations_outcome_of_a_dispute",
                violation_error_message="Only a dispute has an outcome of a dispute.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "converted"), _negated=True),
                    models.Q(
                        models.Q(("refer_reason", ""), _negated=True), models.Q(("refer_question", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="consultations_converted_with_reason",
                violation_error_message="A question becomes a referral with a reason and a question.",
            ),
        ),
        migrations.AddIndex(
            model_name="manualuse",
            index=models.Index(
                condition=models.Q(("why", ""), _negated=True),
                fields=["pathway", "node"],
                name="consultations_manual_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("why", ""),
                    ("why__in", ["not_covered", "unclear", "not_here", "no_effect", "doubt", "says_ask"]),
                    _connector="OR",
                ),
                name="consultations_manual_why",
                violation_error_message="Choose why the manual did not suffice.",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualuse",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("pathway", ""), _negated=True), ("version__gte", 1)),
                name="consultations_manual_named",
                violation_error_message="A page of the manual is named with its version.",
            ),
        ),
    ]
