"""Consultations: answers, opinions, video calls, outcomes and reviews."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("consultations", "0001_initial"),
        ("consultations", "0002_consent_to_share_withdrawn"),
        ("consultations", "0003_the_whole_machine"),
        ("consultations", "0004_disputes_opinions_citing_and_templates"),
        ("consultations", "0005_video_calls"),
        ("consultations", "0006_what_a_symptom_needs"),
        ("consultations", "0007_outcomes_and_reviews"),
        ("consultations", "0008_a_rating_has_both_scores"),
    ]

    dependencies = [
        ("calls", "0001_tables"),
        ("casework", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("impression", models.TextField(verbose_name="impression")),
                ("do_now", models.TextField(verbose_name="do now")),
                ("red_flags", models.TextField(blank=True, verbose_name="red flags")),
                ("when_to_refer", models.TextField(blank=True, verbose_name="when to refer")),
                ("follow_up", models.TextField(blank=True, verbose_name="follow-up")),
                ("follow_up_on", models.DateField(blank=True, null=True, verbose_name="follow-up on")),
                ("signer_name", models.CharField(max_length=120)),
                ("signer_title", models.CharField(blank=True, max_length=120)),
                ("signer_licence", models.CharField(blank=True, max_length=60)),
                ("signed_at", models.DateTimeField()),
                ("correction_reason", models.CharField(blank=True, max_length=300)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="casework.case"
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="consultations.answer",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="consultations_answer_created_once"
                    ),
                    models.UniqueConstraint(fields=("case", "number"), name="consultations_answer_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("impression", ""), _negated=True),
                            models.Q(("do_now", ""), _negated=True),
                            models.Q(("signer_name", ""), _negated=True),
                        ),
                        name="consultations_answer_signed_whole",
                        violation_error_message="A signed answer has an impression, what to do now, and a named signer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_reason", ""), ("corrects", None)),
                            models.Q(("corrects__isnull", False), models.Q(("correction_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="consultations_correction_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects", None), models.Q(("corrects", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="consultations_correction_other",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at", None), ("acknowledged_by", None)),
                            models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_acknowledged_pair",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AnswerDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fields", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer_drafts", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "author"), name="consultations_answer_draft_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("pair", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("zh-hans", "Simplified Chinese")], max_length=10),
                ),
                ("title", models.CharField(max_length=120)),
                ("red_flags", models.TextField(blank=True)),
                ("when_to_refer", models.TextField(blank=True)),
                ("follow_up", models.TextField(blank=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "specialty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer_templates",
                        to="people.specialty",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("specialty", "language", "title"),
                        name="consultations_template_titled_once",
                        violation_error_message="Another text of this specialty has this title already.",
                    ),
                    models.UniqueConstraint(
                        fields=("pair", "language"),
                        name="consultations_template_pair",
                        violation_error_message="A text is written once in each language.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="consultations_template_has_title",
                        violation_error_message="A text to start from has a title.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="call_notes", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "author"), name="consultations_call_note_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="consultation",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("requested", "Awaiting allocation"),
                            ("received", "Allocated"),
                            ("on_hold", "Asker to supply information"),
                            ("in_progress", "Being answered"),
                            ("clarification", "Clarification asked for"),
                            ("answered", "Asker to review"),
                            ("closed", "Managed locally"),
                            ("closed_unreviewed", "Closed without review"),
                            ("converted", "Sent on as a referral"),
                            ("withdrawn", "Withdrawn"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("question", models.TextField(blank=True, verbose_name="question")),
                ("situation", models.TextField(blank=True, verbose_name="situation")),
                ("background", models.TextField(blank=True, verbose_name="background")),
                ("assessment", models.TextField(blank=True, verbose_name="assessment")),
                ("recommendation", models.TextField(blank=True, verbose_name="what you think should be done")),
                ("working_diagnosis", models.CharField(blank=True, max_length=200, verbose_name="working diagnosis")),
                ("consent_given", models.BooleanField(default=False)),
                ("told", models.JSONField(blank=True, default=dict)),
                ("data_unavailable", models.BooleanField(default=False)),
                ("may_be_converted", models.BooleanField(default=False)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong_service", "Another specialty answers this better"),
                            ("not_enough", "Cannot be judged from a distance"),
                            ("duplicate", "Already being answered"),
                            ("capacity", "Nobody here can answer in time"),
                        ],
                        max_length=30,
                    ),
                ),
                ("disputed_at", models.DateTimeField(blank=True, null=True)),
                ("dispute_reason", models.TextField(blank=True)),
                (
                    "dispute_outcome",
                    models.CharField(
                        blank=True,
                        choices=[("taken", "Taken after all"), ("declined", "Declined again")],
                        max_length=20,
                    ),
                ),
                (
                    "refer_reason",
                    models.CharField(
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
                ("refer_question", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "change",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("treatment", "The treatment changed"),
                            ("diagnosis", "The diagnosis changed"),
                            ("investigation", "Another investigation was made"),
                            ("confirmed", "What I had planned was confirmed"),
                            ("nothing", "Nothing changed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("referral_avoided", models.BooleanField(blank=True, null=True)),
                ("usefulness", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("close_note", models.TextField(blank=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                (
                    "withdraw_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "The child is better"),
                            ("referred", "The child was sent on"),
                            ("elsewhere", "Answered in another way"),
                            ("mistake", "Asked by mistake"),
                            ("consent", "The guardian no longer agrees to share the record"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "error_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong_child", "Wrong child"),
                            ("duplicate", "Entered twice"),
                            ("other", "Other, as explained"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declined_by_service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "step__in",
                                [
                                    "draft",
                                    "requested",
                                    "received",
                                    "on_hold",
                                    "in_progress",
                                    "clarification",
                                    "answered",
                                    "closed",
                                    "closed_unreviewed",
                                    "converted",
                                    "withdrawn",
                                    "entered_in_error",
                                ],
                            )
                        ),
                        name="consultations_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "closed"), _negated=True),
                            models.Q(models.Q(("change", ""), _negated=True), ("referral_avoided__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_closed_has_outcome",
                        violation_error_message="A consultation is closed with what changed and whether a referral was avoided.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "withdrawn"), _negated=True),
                            models.Q(("withdraw_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="consultations_withdrawn_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "answered"), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="consultations_answered_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usefulness", None), ("usefulness__range", (1, 5)), _connector="OR"),
                        name="consultations_usefulness",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dispute_reason", ""), ("disputed_at", None)),
                            models.Q(
                                ("declined_by_service__isnull", False),
                                ("disputed_at__isnull", False),
                                models.Q(("dispute_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_dispute_of_a_decline",
                        violation_error_message="Only what was declined is disputed, with a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dispute_outcome", ""), ("disputed_at__isnull", False), _connector="OR"),
                        name="consultations_outcome_of_a_dispute",
                        violation_error_message="Only a dispute has an outcome of a dispute.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "converted"), _negated=True),
                            models.Q(
                                models.Q(("refer_reason", ""), _negated=True),
                                models.Q(("refer_question", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_converted_with_reason",
                        violation_error_message="A question becomes a referral with a reason and a question.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("why", ""), _negated=True),
                        fields=["pathway", "node"],
                        name="consultations_manual_short",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("why", ""),
                            ("why__in", ["not_covered", "unclear", "not_here", "no_effect", "doubt", "says_ask"]),
                            _connector="OR",
                        ),
                        name="consultations_manual_why",
                        violation_error_message="Choose why the manual did not suffice.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("pathway", ""), _negated=True), ("version__gte", 1)),
                        name="consultations_manual_named",
                        violation_error_message="A page of the manual is named with its version.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("booked", "Booked"),
                            ("open", "Under way"),
                            ("ended", "Over"),
                            ("missed", "Did not come about"),
                            ("cancelled", "Cancelled"),
                            ("replaced", "Moved to another time"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                ("side", models.CharField(choices=[("asker", "Asker"), ("specialist", "Specialist")], max_length=20)),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                ("wish", models.CharField(blank=True, max_length=200, verbose_name="when it suits, in words")),
                ("minutes", models.PositiveSmallIntegerField(default=15, verbose_name="minutes")),
                ("with_guardian", models.BooleanField(default=False)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("booked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_needed", "No longer needed"),
                            ("no_time", "Somebody has no time"),
                            ("no_consent", "The guardian does not agree"),
                            ("technical", "Camera or connection cannot be had"),
                            ("case_over", "The consultation is over"),
                            ("specialist_changed", "Another specialist has the case"),
                        ],
                        max_length=30,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=30)),
                (
                    "absent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("everybody", "Nobody came"),
                            ("asker", "The asking clinic did not come"),
                            ("specialist", "The specialist did not come"),
                            ("guardian", "The guardian did not come"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reminded_day_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_soon_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "booking",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.booking",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="casework.case"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="consultations.meeting",
                    ),
                ),
                (
                    "room",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="calls.room",
                    ),
                ),
                (
                    "specialist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["case", "-created_at"], name="consultations_meeting_of_case"),
                    models.Index(
                        condition=models.Q(("step__in", ("booked", "open"))),
                        fields=["starts_at"],
                        name="consultations_meeting_ahead",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="consultations_meeting_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["proposed", "booked", "open", "ended", "missed", "cancelled", "replaced"])
                        ),
                        name="consultations_meeting_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["asker", "specialist"])), name="consultations_meeting_side"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ("proposed", "booked", "open"))),
                        fields=("case",),
                        name="consultations_meeting_one_standing",
                        violation_error_message="A call is agreed on already: choose another time for it instead.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("times__len__lte", 3)),
                        name="consultations_meeting_times",
                        violation_error_message="Propose three times at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("times__len__gt", 0),
                            models.Q(("wish", ""), _negated=True),
                            ("starts_at__isnull", False),
                            _connector="OR",
                        ),
                        name="consultations_meeting_says_when",
                        violation_error_message="Say when: up to three times, or in words.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (5, 120))),
                        name="consultations_meeting_minutes",
                        violation_error_message="A call is booked for 5 to 120 minutes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ("booked", "open", "ended", "missed")), _negated=True),
                            models.Q(
                                ("booked_at__isnull", False), ("room__isnull", False), ("starts_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="consultations_meeting_booked_whole",
                        violation_error_message="A booked call has a time and a room.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "cancelled"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="consultations_meeting_cancelled_with_reason",
                        violation_error_message="A call is cancelled with a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "ended"), _negated=True),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_meeting_ended_with_outcome",
                        violation_error_message="A call that is over says how it went.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "missed"), _negated=True),
                            models.Q(models.Q(("absent", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_meeting_missed_by_somebody",
                        violation_error_message="A call that did not come about says who did not come.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("absent", ""),
                            ("absent__in", ["everybody", "asker", "specialist", "guardian"]),
                            _connector="OR",
                        ),
                        name="consultations_meeting_absent",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("question", models.TextField(verbose_name="question")),
                ("asked_at", models.DateTimeField()),
                ("given_at", models.DateTimeField(blank=True, null=True)),
                ("agrees", models.BooleanField(blank=True, null=True)),
                ("text", models.TextField(blank=True, verbose_name="opinion")),
                ("signer_name", models.CharField(blank=True, max_length=120)),
                ("signer_title", models.CharField(blank=True, max_length=120)),
                ("signer_licence", models.CharField(blank=True, max_length=60)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decline_reason",
                    models.CharField(
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
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="casework.case"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
                (
                    "specialist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("declined_at", None), ("given_at", None)),
                        fields=["specialist"],
                        name="consultations_opinion_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="consultations_opinion_created_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("declined_at", None), ("given_at", None)),
                        fields=("case", "specialist"),
                        name="consultations_opinion_asked_once",
                        violation_error_message="This specialist has been asked already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("specialist", models.F("asked_by")), _negated=True),
                        name="consultations_opinion_of_another",
                        violation_error_message="Ask somebody else than yourself.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agrees", None), ("given_at", None), ("signer_name", ""), ("text", "")),
                            models.Q(
                                ("agrees__isnull", False),
                                ("given_at__isnull", False),
                                models.Q(("text", ""), _negated=True),
                                models.Q(("signer_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_opinion_signed_whole",
                        violation_error_message="A signed opinion says whether it agrees, why, and who gives it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decline_reason", ""), ("declined_at", None)),
                            models.Q(
                                ("declined_at__isnull", False),
                                ("given_at", None),
                                models.Q(("decline_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_opinion_declined_with_reason",
                        violation_error_message="An opinion is declined with a reason.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="OutcomeChase",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("pending", "Asked for later"),
                            ("asked", "Waits for the asking clinic"),
                            ("office", "Waits for the coordinator"),
                            ("known", "Known"),
                            ("unreachable", "Not reachable"),
                            ("stopped", "No longer asked for"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "Well again"),
                            ("improved", "Better"),
                            ("same", "The same"),
                            ("worse", "Worse"),
                            ("admitted", "Admitted elsewhere"),
                            ("referred", "Referred"),
                            ("died", "Died"),
                        ],
                        max_length=20,
                    ),
                ),
                ("diagnosis", models.CharField(blank=True, max_length=200, verbose_name="final diagnosis")),
                (
                    "agreement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same", "What the specialist thought"),
                            ("partly", "Partly what the specialist thought"),
                            ("other", "Something else"),
                            ("open", "Not known yet"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "advice_fit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("partly", "In part"),
                            ("no", "No"),
                            ("unused", "It was not followed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "miss_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_answer", "Nobody answers"),
                            ("no_contact", "There is no number or address"),
                            ("moved", "The family has moved away"),
                            ("declined", "The family does not want to be asked"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="casework.case"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "id"],
                        name="consultations_outcome_due",
                    ),
                    models.Index(
                        condition=models.Q(("step__in", ("asked", "office"))),
                        fields=["due_at", "id"],
                        name="consultations_outcome_waits",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["pending", "asked", "office", "known", "unreachable", "stopped"])
                        ),
                        name="consultations_outcome_step",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ("pending", "asked", "office"))),
                        fields=("case",),
                        name="consultations_outcome_one_open",
                        violation_error_message="It is being asked already what became of this child.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "known"), _negated=True),
                            models.Q(
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("advice_fit", ""), _negated=True),
                                ("told_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_outcome_told_whole",
                        violation_error_message="An outcome says how the child is and whether the advice fitted.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "unreachable"), _negated=True),
                            models.Q(models.Q(("miss_reason", ""), _negated=True), ("told_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_outcome_missed_with_reason",
                        violation_error_message="Say why the family could not be reached.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("told_at", None), ("told_by", None)),
                            models.Q(("told_at__isnull", False), ("told_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_outcome_told_pair",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("asked", "Everybody is being asked"),
                            ("running", "Being recorded"),
                            ("paused", "Stopped until everybody agrees"),
                            ("stopped", "Recorded"),
                            ("refused", "Not recorded"),
                            ("withdrawn", "No longer readable: the consent was withdrawn"),
                        ],
                        default="asked",
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("media_type", models.CharField(blank=True, max_length=40)),
                ("kept_until", models.DateField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recordings", to="casework.case"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="consultations.meeting",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["case", "asked_at"], name="consultations_recording_case"),
                    models.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["kept_until"],
                        name="consultations_recording_kept",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="consultations_recording_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["asked", "running", "paused", "stopped", "refused", "withdrawn"])
                        ),
                        name="consultations_recording_step",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ("asked", "running", "paused"))),
                        fields=("meeting",),
                        name="consultations_recording_one_live",
                        violation_error_message="This call is being recorded already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kept_until", None), ("started_at", None)),
                            models.Q(("kept_until__isnull", False), ("started_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_recording_kept_until",
                        violation_error_message="A recording says from its start how long it is kept.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ("running", "paused", "stopped")), _negated=True),
                            ("started_at__isnull", False),
                            _connector="OR",
                        ),
                        name="consultations_recording_started",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "withdrawn"), _negated=True),
                            ("withdrawn_at__isnull", False),
                            _connector="OR",
                        ),
                        name="consultations_recording_withdrawn_at",
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="consultations_recording_size"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RecordingAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agrees", models.BooleanField()),
                ("answered_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.case"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="consultations.recording",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="calls.seat"),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("recording", "seat"), name="consultations_recording_answer_once")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReviewPlan",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casework.service",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)]),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)),
                        name="consultations_review_share",
                        violation_error_message="A share is between 0 and 100 per cent.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("seed", models.CharField(max_length=32)),
                ("percent", models.PositiveSmallIntegerField()),
                ("signed", models.PositiveIntegerField()),
                ("drawn", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "month"),
                        name="consultations_review_round_once",
                        violation_error_message="This month has been drawn already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("drawn__lte", models.F("signed"))), name="consultations_review_round_drawn"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="consultations_review_round_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("assigned_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("joined_at", models.DateTimeField(blank=True, null=True)),
                ("information", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("quality", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("concern", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("rated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review", to="consultations.answer"
                    ),
                ),
                (
                    "answerer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="casework.case"
                    ),
                ),
                (
                    "rater",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="consultations.reviewround",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("rated_at", None)),
                        fields=["rater", "due_at", "id"],
                        name="consultations_review_mine",
                    ),
                    models.Index(fields=["answerer", "-rated_at"], name="consultations_review_of"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rater", None),
                            models.Q(
                                models.Q(("rater", models.F("answerer")), _negated=True),
                                models.Q(("rater", models.F("asker")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_review_by_a_third",
                        violation_error_message="An answer is rated by somebody who neither gave it nor asked for it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("information", None), ("quality", None), ("rated_at", None)),
                            models.Q(
                                ("rated_at__isnull", False),
                                ("rater__isnull", False),
                                ("information__isnull", False),
                                ("information__range", (1, 5)),
                                ("quality__isnull", False),
                                ("quality__range", (1, 5)),
                            ),
                            _connector="OR",
                        ),
                        name="consultations_review_rated_whole",
                        violation_error_message="A rating gives one to five for both, and names its rater.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("assigned_at", None), ("rater", None)),
                            models.Q(("assigned_at__isnull", False), ("rater__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultations_review_assigned_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("concern", False), models.Q(("note", ""), _negated=True), _connector="OR"),
                        name="consultations_review_concern_in_words",
                        violation_error_message="Say in words what you are afraid of.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consultation",
            trigger=pgtrigger.compiler.Trigger(
                name="consultation_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{answered:clarification,answered:closed,answered:closed_unreviewed,answered:converted,answered:entered_in_error,answered:withdrawn,clarification:answered,clarification:converted,clarification:entered_in_error,clarification:requested,clarification:withdrawn,closed:answered,closed:clarification,closed:entered_in_error,closed_unreviewed:answered,closed_unreviewed:clarification,closed_unreviewed:entered_in_error,converted:entered_in_error,draft:entered_in_error,draft:requested,in_progress:answered,in_progress:converted,in_progress:entered_in_error,in_progress:on_hold,in_progress:requested,in_progress:withdrawn,on_hold:converted,on_hold:entered_in_error,on_hold:in_progress,on_hold:requested,on_hold:withdrawn,received:answered,received:converted,received:entered_in_error,received:in_progress,received:on_hold,received:requested,received:withdrawn,requested:converted,requested:entered_in_error,requested:received,requested:withdrawn,withdrawn:entered_in_error,withdrawn:requested}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="8261f7ff1bd222b3cb5e76c4334f05a5f95abf7b",
                    operation="UPDATE",
                    pgid="pgtrigger_consultation_step_f328b",
                    table="consultations_consultation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consultation",
            trigger=pgtrigger.compiler.Trigger(
                name="consultation_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:consultation_first_step]', NEW.step;",
                    hash="d72f00c00ec19af9113abaf683d646f6ac6cff2a",
                    operation="INSERT",
                    pgid="pgtrigger_consultation_first_step_061ca",
                    table="consultations_consultation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{booked:cancelled,booked:ended,booked:missed,booked:open,booked:replaced,open:ended,open:missed,proposed:booked,proposed:cancelled,proposed:replaced}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="5521f6be6faa17c8b3e4d1fa68005acdc0dfe0e2",
                    operation="UPDATE",
                    pgid="pgtrigger_meeting_step_806d1",
                    table="consultations_meeting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="meeting_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('proposed', 'booked')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:meeting_first_step]', NEW.step;",
                    hash="7fdb4072bf7640b3a0ec3cf748eedce57914484e",
                    operation="INSERT",
                    pgid="pgtrigger_meeting_first_step_4e9df",
                    table="consultations_meeting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outcomechase",
            trigger=pgtrigger.compiler.Trigger(
                name="outcome_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{asked:known,asked:office,asked:stopped,asked:unreachable,office:known,office:stopped,office:unreachable,pending:asked,pending:known,pending:stopped,unreachable:known}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b858060ae5e95617b8237032d2c035598b9edf78",
                    operation="UPDATE",
                    pgid="pgtrigger_outcome_step_871af",
                    table="consultations_outcomechase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outcomechase",
            trigger=pgtrigger.compiler.Trigger(
                name="outcome_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('pending')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:outcome_first_step]', NEW.step;",
                    hash="a81c062716b390e2fcfc09e166eb8cb7ed6852d1",
                    operation="INSERT",
                    pgid="pgtrigger_outcome_first_step_88432",
                    table="consultations_outcomechase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="recording_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{asked:refused,asked:running,asked:withdrawn,paused:running,paused:stopped,paused:withdrawn,running:paused,running:stopped,running:withdrawn,stopped:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ce207d52c9117c3f250e3d4bb8954912de660294",
                    operation="UPDATE",
                    pgid="pgtrigger_recording_step_80712",
                    table="consultations_recording",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recording",
            trigger=pgtrigger.compiler.Trigger(
                name="recording_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('asked')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:recording_first_step]', NEW.step;",
                    hash="c223d9c3be75ba3e399745e77b223b4961bfb25c",
                    operation="INSERT",
                    pgid="pgtrigger_recording_first_step_99d9b",
                    table="consultations_recording",
                    when="BEFORE",
                ),
            ),
        ),
    ]
