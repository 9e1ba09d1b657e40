"""Cases, the thread, the duty, calendars and clocks."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import consortium.casework.models.services


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("casework", "0001_initial"),
        ("casework", "0002_duty_bookings_and_working_time"),
        ("casework", "0003_replies_files_and_reading"),
        ("casework", "0004_intake_and_escalation"),
        ("casework", "0005_percent_of_a_step"),
        ("casework", "0006_notes_of_calls"),
        ("casework", "0007_legs_of_a_referral"),
        ("casework", "0008_radar"),
        ("casework", "0009_second_voice_in_the_thread"),
        ("casework", "0010_radar_without_what_was_sent"),
        ("casework", "0011_whom_a_step_tells"),
    ]

    dependencies = [
        ("patients", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
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
                        condition=models.Q(("revoked_at", None)), fields=("user",), name="casework_feed_one"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("room", "Room"), ("vehicle", "Vehicle")], max_length=20
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="people.institution",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resource",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("institution", None), ("kind", "person"), ("user__isnull", False)),
                            models.Q(
                                models.Q(("kind", "person"), _negated=True),
                                ("institution__isnull", False),
                                ("user", None),
                            ),
                            _connector="OR",
                        ),
                        name="casework_resource_whose",
                        violation_error_message="A person works here; a room or vehicle belongs to an institution.",
                    ),
                    models.UniqueConstraint(
                        fields=("institution", "kind", "name_en"),
                        name="casework_resource_name",
                        violation_error_message="There is one of this name here already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("duty_phone", models.CharField(blank=True, max_length=40, verbose_name="duty telephone")),
                ("intake_note_en", models.TextField(blank=True)),
                ("intake_note_zh", models.TextField(blank=True)),
                ("is_open", models.BooleanField(default=True)),
                ("from_days", models.PositiveIntegerField(default=0)),
                ("below_days", models.PositiveIntegerField(default=6575)),
                (
                    "urgencies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")]
                        ),
                        default=consortium.casework.models.services.all_urgencies,
                        size=None,
                    ),
                ),
                (
                    "allocation",
                    models.CharField(
                        choices=[
                            ("self_claim", "Specialists take cases from the queue"),
                            (
                                "coordinator",
                                "The coordinator allocates; specialists take only stat and urgent cases themselves",
                            ),
                            ("automatic", "By itself, to who is on duty and has least in hand"),
                        ],
                        default="self_claim",
                        max_length=20,
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="people.institution"
                    ),
                ),
                (
                    "specialty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="people.specialty"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "specialty"), name="casework_service_once"),
                    models.CheckConstraint(
                        condition=models.Q(("below_days__gt", models.F("from_days")), ("below_days__lte", 6575)),
                        name="casework_service_ages",
                        violation_error_message="The ages that a service takes end after they begin, and before 18 years.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urgencies__len__gte", 1), ("urgencies__contained_by", [1, 2, 3])),
                        name="casework_service_urgencies",
                        violation_error_message="A service takes at least one urgency.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allocation__in", ["self_claim", "coordinator", "automatic"])),
                        name="casework_service_allocation",
                        violation_error_message="Choose how cases find a specialist.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity", None), ("capacity__range", (1, 200)), _connector="OR"),
                        name="casework_service_capacity",
                        violation_error_message="A specialist is given at least one case in a shift, or any number.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.resource",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calendars", to="casework.service"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="casework_calendar_created_once"
                    ),
                    models.UniqueConstraint(
                        fields=("service", "name_en"),
                        name="casework_calendar_name",
                        violation_error_message="There is one of this name here already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("consultation", "Consultation"), ("referral", "Referral")], max_length=20
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")], default=3),
                ),
                (
                    "symptom",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cough", "Cough or difficult breathing"),
                            ("wheeze", "Wheeze"),
                            ("stridor", "Stridor"),
                            ("fever", "Fever"),
                            ("diarrhoea", "Diarrhoea or vomiting"),
                            ("ear", "Ear problem"),
                            ("rash", "Rash"),
                            ("convulsion", "Convulsion"),
                            ("headache", "Headache"),
                            ("head_injury", "Head injury"),
                            ("abdominal_pain", "Abdominal pain"),
                            ("limp", "Limp"),
                            ("pallor", "Pallor"),
                            ("poor_growth", "Poor growth or malnutrition"),
                            ("jaundice", "Jaundice of the newborn"),
                            ("unwell_infant", "Unwell young infant"),
                            ("other", "Something else"),
                        ],
                        max_length=40,
                    ),
                ),
                ("headline", models.CharField(blank=True, max_length=200)),
                ("age_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Girl"), ("male", "Boy"), ("other", "Other"), ("unknown", "Not known")],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("weight_grams", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "ball",
                    models.CharField(
                        choices=[
                            ("asker", "With the asker"),
                            ("responder", "With the specialist"),
                            ("coordinator", "With the coordinator"),
                            ("transport", "With the transport"),
                            ("family", "With the family"),
                            ("none", "Closed"),
                        ],
                        default="asker",
                        max_length=20,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("clock_paused", models.BooleanField(default=False)),
                ("is_open", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("entered_in_error_at", models.DateTimeField(blank=True, null=True)),
                ("last_message_seq", models.PositiveIntegerField(default=0)),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asking_institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "ball_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "pathway",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="patients.pathway",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="patients.patient"
                    ),
                ),
                (
                    "responder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="casework.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_open", True), ("responder", None), ("submitted_at__isnull", False)),
                        fields=["service", "priority", "due_at", "id"],
                        name="casework_case_queue",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True), ("submitted_at__isnull", False)),
                        fields=["service", "priority", "due_at", "id"],
                        name="casework_case_service",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True), ("submitted_at__isnull", False)),
                        fields=["ball_user", "priority", "due_at", "id"],
                        name="casework_case_mine",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True), ("submitted_at__isnull", False)),
                        fields=["asking_institution", "priority", "due_at", "id"],
                        name="casework_case_asked",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True), ("submitted_at", None)),
                        fields=["asker", "priority", "due_at", "id"],
                        name="casework_case_drafts",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("entered_in_error_at", None), ("is_open", False), ("submitted_at__isnull", False)
                        ),
                        fields=["asking_institution", "-closed_at", "-id"],
                        name="casework_case_asked_over",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("entered_in_error_at", None), ("is_open", False), ("submitted_at__isnull", False)
                        ),
                        fields=["responder", "-closed_at", "-id"],
                        name="casework_case_answered_over",
                    ),
                    models.Index(
                        condition=models.Q(("is_open", True), ("kind", "referral"), ("submitted_at__isnull", False)),
                        fields=["service", "priority", "due_at", "id"],
                        name="casework_case_radar",
                    ),
                    models.Index(fields=["asker", "-created_at", "id"], name="casework_case_by_asker"),
                    models.Index(fields=["patient", "-created_at"], name="casework_case_of_patient"),
                    models.Index(fields=["pathway"], name="casework_case_pathway"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="casework_case_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["consultation", "referral"])), name="casework_case_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", [1, 2, 3])), name="casework_case_priority"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ball__in", ["asker", "responder", "coordinator", "transport", "family", "none"])
                        ),
                        name="casework_case_ball",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "symptom__in",
                                [
                                    "",
                                    "cough",
                                    "wheeze",
                                    "stridor",
                                    "fever",
                                    "diarrhoea",
                                    "ear",
                                    "rash",
                                    "convulsion",
                                    "headache",
                                    "head_injury",
                                    "abdominal_pain",
                                    "limp",
                                    "pallor",
                                    "poor_growth",
                                    "jaundice",
                                    "unwell_infant",
                                    "other",
                                ],
                            )
                        ),
                        name="casework_case_symptom",
                        violation_error_message="Choose a symptom of the list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("is_open", True)),
                            models.Q(("ball", "none"), ("closed_at__isnull", False), ("is_open", False)),
                            _connector="OR",
                        ),
                        name="casework_case_closed_pair",
                        violation_error_message="A closed case has a closing time, and nobody has to act.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at", None),
                            models.Q(("pathway__isnull", False), ("service__isnull", False)),
                            _connector="OR",
                        ),
                        name="casework_case_submitted_whole",
                        violation_error_message="A submitted case has a service and a pathway.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ball", "none"), _negated=True), ("ball_user", None), _connector="OR"
                        ),
                        name="casework_case_nobody_holds_closed",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "leg",
                    models.CharField(
                        choices=[
                            ("allocation", "Allocation"),
                            ("first_answer", "First answer"),
                            ("information", "Information from the asker"),
                            ("review", "Review by the asker"),
                            ("clarification", "Clarification"),
                            ("seen", "Seen by the receiving hospital"),
                            ("acceptance", "Acceptance"),
                            ("redirection", "Another place found"),
                            ("booking", "Visit or transport arranged"),
                            ("arrival", "Arrival"),
                            ("interim_note", "Interim note to the sender"),
                            ("outcome", "Outcome to the sender"),
                            ("acknowledgement", "Acknowledgement by the sender"),
                            ("take_over", "Taken over close to home"),
                            ("follow_up", "Follow-up visit"),
                        ],
                        max_length=20,
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
                ("target_seconds", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("paused_seconds", models.PositiveIntegerField(default=0)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[("information", "Waiting for information that was asked for")],
                        max_length=20,
                    ),
                ),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("steps_taken", models.PositiveSmallIntegerField(default=0)),
                ("escalates_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["case", "leg"], name="casework_clock_of_case"),
                    models.Index(
                        condition=models.Q(("escalates_at__isnull", False), ("paused_at", None), ("stopped_at", None)),
                        fields=["escalates_at", "id"],
                        name="casework_clock_escalates",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("paused_at", None), ("stopped_at", None)),
                        fields=("case",),
                        name="casework_clock_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "leg__in",
                                [
                                    "allocation",
                                    "first_answer",
                                    "information",
                                    "review",
                                    "clarification",
                                    "seen",
                                    "acceptance",
                                    "redirection",
                                    "booking",
                                    "arrival",
                                    "interim_note",
                                    "outcome",
                                    "acknowledgement",
                                    "take_over",
                                    "follow_up",
                                ],
                            )
                        ),
                        name="casework_clock_leg",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pause_reason", ""), ("paused_at", None)),
                            models.Q(("paused_at__isnull", False), models.Q(("pause_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="casework_clock_pause_reason",
                        violation_error_message="A clock pauses only with a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("priority", 1), _negated=True),
                            models.Q(("paused_at", None), ("paused_seconds", 0)),
                            _connector="OR",
                        ),
                        name="casework_clock_stat_never_pauses",
                        violation_error_message="A stat clock never pauses.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at", None), ("stopped_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="casework_clock_period",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closures", to="casework.calendar"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("calendar", "on"), name="casework_closure_once")],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("percent", models.PositiveSmallIntegerField(default=100)),
                (
                    "tell",
                    models.CharField(
                        choices=[
                            ("holder", "Whoever has to act"),
                            ("lead", "The lead; on the asking side all doctors"),
                            ("coordinator", "The coordinator, who takes it on"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_last", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="casework.case"
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="casework.clock"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["case", "taken_at"], name="casework_escalation_of_case")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clock", "number"),
                        name="casework_escalation_once",
                        violation_error_message="This step was taken already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken_at__gte", models.F("due_at")), ("number__gte", 1)),
                        name="casework_escalation_not_early",
                        violation_error_message="A step is not taken before it is due.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tell__in", ["holder", "lead", "coordinator"])),
                        name="casework_escalation_tell",
                        violation_error_message="A step tells the holder, the lead or the coordinator.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("offered", "Waiting to be taken over"),
                            ("taken", "Taken over"),
                            ("lapsed", "Not taken over"),
                        ],
                        default="offered",
                        max_length=20,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
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
                    "from_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="casework.service"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["to_user", "step"], name="casework_handover_to")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="casework_handover_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["offered", "taken", "lapsed"])), name="casework_handover_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                        name="casework_handover_two_people",
                        violation_error_message="Choose a colleague.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "taken"), ("taken_at__isnull", False), ("taken_by__isnull", False)),
                            models.Q(
                                models.Q(("step", "taken"), _negated=True), ("taken_at", None), ("taken_by", None)
                            ),
                            _connector="OR",
                        ),
                        name="casework_handover_taken_by_name",
                        violation_error_message="What is handed over is taken over by name.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "offered")),
                        fields=("service", "from_user"),
                        name="casework_handover_one_offer",
                        violation_error_message="You have offered a hand-over already: it waits to be taken over.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="HandoverItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("item_id", models.UUIDField()),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("taken", "Taken over"),
                            ("settled", "Was settled meanwhile"),
                            ("returned", "Went back to the queue"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.case",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="casework.handover"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("handover", "kind", "item_id"), name="casework_handover_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["waiting", "taken", "settled", "returned"])),
                        name="casework_handover_item_outcome",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "Message"),
                            ("information_request", "Information asked for"),
                            ("information", "Information supplied"),
                            ("answer", "Answer"),
                            ("correction", "Correction"),
                            ("clarification", "Clarification asked for"),
                            ("decision", "Decision"),
                            ("note", "Note from a video call"),
                            ("second", "Second specialist"),
                            ("handover", "Hand-over for the way"),
                            ("interim", "Interim note"),
                            ("outcome", "Outcome"),
                        ],
                        default="message",
                        max_length=30,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("with_files", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="casework.case"
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
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "reply_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="casework_message_created_once"),
                    models.UniqueConstraint(fields=("case", "seq"), name="casework_message_seq"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), ("with_files", True), _connector="OR"
                        ),
                        name="casework_message_not_empty",
                        violation_error_message="A message has words, or files.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reply_to", None), models.Q(("reply_to", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="casework_message_reply_other",
                        violation_error_message="A message answers another one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "message",
                                    "information_request",
                                    "information",
                                    "answer",
                                    "correction",
                                    "clarification",
                                    "decision",
                                    "note",
                                    "second",
                                    "handover",
                                    "interim",
                                    "outcome",
                                ],
                            )
                        ),
                        name="casework_message_kind",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="read_marks", to="casework.case"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [models.UniqueConstraint(fields=("case", "user"), name="casework_read_mark_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("shift_count", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_imports",
                        to="casework.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="casework_rosterimport_created_once"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ClockRule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "leg",
                    models.CharField(
                        choices=[
                            ("allocation", "Allocation"),
                            ("first_answer", "First answer"),
                            ("information", "Information from the asker"),
                            ("review", "Review by the asker"),
                            ("clarification", "Clarification"),
                            ("seen", "Seen by the receiving hospital"),
                            ("acceptance", "Acceptance"),
                            ("redirection", "Another place found"),
                            ("booking", "Visit or transport arranged"),
                            ("arrival", "Arrival"),
                            ("interim_note", "Interim note to the sender"),
                            ("outcome", "Outcome to the sender"),
                            ("acknowledgement", "Acknowledgement by the sender"),
                            ("take_over", "Taken over close to home"),
                            ("follow_up", "Follow-up visit"),
                        ],
                        max_length=20,
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
                ("number", models.PositiveSmallIntegerField()),
                ("percent", models.PositiveSmallIntegerField()),
                (
                    "tell",
                    models.CharField(
                        choices=[
                            ("holder", "Whoever has to act"),
                            ("lead", "The lead; on the asking side all doctors"),
                            ("coordinator", "The coordinator, who takes it on"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="clock_rules", to="casework.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "leg", "priority", "number"),
                        name="casework_rule_step_once",
                        violation_error_message="Each step of a rule has its own number.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "leg__in",
                                [
                                    "allocation",
                                    "first_answer",
                                    "information",
                                    "review",
                                    "clarification",
                                    "seen",
                                    "acceptance",
                                    "redirection",
                                    "booking",
                                    "arrival",
                                    "interim_note",
                                    "outcome",
                                    "acknowledgement",
                                    "take_over",
                                    "follow_up",
                                ],
                            ),
                            ("priority__in", [1, 2, 3]),
                            ("tell__in", ["holder", "lead", "coordinator"]),
                        ),
                        name="casework_rule_known",
                        violation_error_message="A rule names a stage, an urgency and whom to tell.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (10, 1000)), ("number__gte", 1)),
                        name="casework_rule_percent",
                        violation_error_message="A step lies between 10 and 1000 percent of the target.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("is_lead", models.BooleanField(default=False)),
                ("on_duty_until", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="casework.service"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "service"], name="casework_member_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("service", "user"),
                        name="casework_service_member_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "First on duty"), (2, "Second on duty")], default=1, verbose_name="rank"
                    ),
                ),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="period")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "imported",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="casework.rosterimport",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="casework.service"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["service", "period"], name="casework_shift_of_service"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="casework_shift_created_once"),
                    models.CheckConstraint(condition=models.Q(("rank__in", [1, 2])), name="casework_shift_rank"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__isempty", False), ("period__lower_inf", False), ("period__upper_inf", False)
                        ),
                        name="casework_shift_period",
                        violation_error_message="A shift begins before it ends.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        expressions=[("user", "="), ("period", "&&")],
                        name="casework_shift_one_place",
                        violation_error_message="Nobody is on duty twice at the same time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SlotRule",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="first slot begins")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes a slot")),
                ("count", models.PositiveSmallIntegerField(verbose_name="number of slots")),
                ("capacity", models.PositiveSmallIntegerField(default=1, verbose_name="places a slot")),
                ("quota", models.PositiveSmallIntegerField(default=0, verbose_name="places kept for referrals")),
                ("begins_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="casework.calendar"
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.resource",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="casework_slotrule_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__in", [0, 1, 2, 3, 4, 5, 6])), name="casework_rule_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capacity__range", (1, 50)), ("count__range", (1, 96)), ("minutes__range", (5, 480))
                        ),
                        name="casework_rule_sizes",
                        violation_error_message="A slot lasts 5 to 480 minutes, with 1 to 50 places.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quota__lte", models.F("capacity"))),
                        name="casework_rule_quota",
                        violation_error_message="No more places can be kept for referrals than there are.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("begins_on")), _connector="OR"),
                        name="casework_rule_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("capacity", models.PositiveSmallIntegerField()),
                ("quota", models.PositiveSmallIntegerField(default=0)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slots", to="casework.calendar"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.resource",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slots", to="casework.slotrule"
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["calendar", "period"], name="casework_slot_of_calendar"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "period"), name="casework_slot_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__isempty", False), ("period__lower_inf", False), ("period__upper_inf", False)
                        ),
                        name="casework_slot_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quota__lte", models.F("capacity"))), name="casework_slot_quota"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clinic", "Clinic visit"),
                            ("video", "Video call"),
                            ("transport", "Transport"),
                            ("round", "Joint round"),
                            ("meeting", "Meeting"),
                            ("away", "Away"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("booked", "Booked"),
                            ("attended", "Attended"),
                            ("no_show", "Did not come"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Hold ran out"),
                        ],
                        default="booked",
                        max_length=20,
                    ),
                ),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="period")),
                ("place", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("created_at", models.DateTimeField()),
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
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="casework.case",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="casework.slot",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("step", "held")), fields=["held_until"], name="casework_booking_holds"
                    ),
                    models.Index(fields=["case"], name="casework_booking_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="casework_booking_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["held", "booked", "attended", "no_show", "cancelled", "expired"])
                        ),
                        name="casework_booking_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["clinic", "video", "transport", "round", "meeting", "away"])),
                        name="casework_booking_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__isempty", False), ("period__lower_inf", False), ("period__upper_inf", False)
                        ),
                        name="casework_booking_period",
                        violation_error_message="A booking begins before it ends.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "held"), _negated=True), ("held_until__isnull", False), _connector="OR"
                        ),
                        name="casework_booking_hold_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", None), ("slot", None)),
                            models.Q(("place__isnull", False), ("slot__isnull", False)),
                            _connector="OR",
                        ),
                        name="casework_booking_place_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ("held", "booked", "attended", "no_show"))),
                        fields=("slot", "place"),
                        name="casework_booking_place_once",
                        violation_error_message="This place was just taken.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="BookingUse",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("occasion", models.UUIDField()),
                ("live", models.BooleanField(default=True)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="casework.booking"
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="casework.resource"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "resource"), name="casework_use_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__isempty", False), ("period__lower_inf", False), ("period__upper_inf", False)
                        ),
                        name="casework_use_period",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("live", True)),
                        expressions=[("resource", "="), ("period", "&&"), ("occasion", "<>")],
                        name="casework_use_no_overlap",
                        violation_error_message="Somebody or something is booked at that time already.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Swap",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("overruled", "Overruled"),
                        ],
                        default="offered",
                        max_length=20,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "from_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "in_return",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.shift",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="swaps", to="casework.shift"
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["to_user", "step"], name="casework_swap_to")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="casework_swap_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["offered", "accepted", "declined", "withdrawn", "overruled"])),
                        name="casework_swap_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                        name="casework_swap_two_people",
                        violation_error_message="Choose a colleague.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("answered_by", None)),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="casework_swap_answered_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "offered")),
                        fields=("shift",),
                        name="casework_swap_one_offer",
                        violation_error_message="This shift is offered to somebody already.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WorkingCalendar",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "make_up_like",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        verbose_name="a make-up day has the hours of",
                    ),
                ),
                (
                    "institution",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="working_calendar",
                        to="people.institution",
                    ),
                ),
                (
                    "region",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="working_calendar",
                        to="people.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("institution__isnull", False), ("region", None)),
                            models.Q(("institution", None), ("region__isnull", False)),
                            _connector="OR",
                        ),
                        name="casework_working_whose",
                        violation_error_message="A working calendar is a region's or an institution's.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("holiday", "Holiday"), ("make_up", "Make-up working day")], max_length=20
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="casework.workingcalendar"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "on"), name="casework_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["holiday", "make_up"])), name="casework_day_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hours", to="casework.workingcalendar"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "weekday", "opens"), name="casework_hours_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__in", [0, 1, 2, 3, 4, 5, 6])), name="casework_hours_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))),
                        name="casework_hours_period",
                        violation_error_message="Work ends after it begins.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BallSpell",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("asker", "With the asker"),
                            ("responder", "With the specialist"),
                            ("coordinator", "With the coordinator"),
                            ("transport", "With the transport"),
                            ("family", "With the family"),
                            ("none", "Closed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="ball_spells", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("case",), name="casework_ball_one_holder"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="casework_ball_period",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("case", "="),
                            (
                                models.Func(
                                    models.F("since"),
                                    models.F("until"),
                                    models.Value("[)"),
                                    function="tstzrange",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="casework_ball_no_overlap",
                        violation_error_message="Two people can't hold the same case at once.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="handover_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{offered:lapsed,offered:taken}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="6fd0f12f38bec0e192e1a5210a3cb144ffe16983",
                    operation="UPDATE",
                    pgid="pgtrigger_handover_step_68199",
                    table="casework_handover",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="handover_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('offered')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:handover_first_step]', NEW.step;",
                    hash="cc5858f8ea047da508818009d8d5ea277faa27ba",
                    operation="INSERT",
                    pgid="pgtrigger_handover_first_step_80e00",
                    table="casework_handover",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="booking_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{booked:attended,booked:cancelled,booked:no_show,held:booked,held:cancelled,held:expired}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="bdbc85ad74017adf299b317072a3150eeca4aae6",
                    operation="UPDATE",
                    pgid="pgtrigger_booking_step_24628",
                    table="casework_booking",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="booking_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('held', 'booked')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:booking_first_step]', NEW.step;",
                    hash="32331e8cd221cc1f8ace25c22706af3a1b0ae052",
                    operation="INSERT",
                    pgid="pgtrigger_booking_first_step_96a41",
                    table="casework_booking",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="swap",
            trigger=pgtrigger.compiler.Trigger(
                name="swap_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{accepted:overruled,offered:accepted,offered:declined,offered:overruled,offered:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ce57234ecb412497ebe52902e821472aa762fd74",
                    operation="UPDATE",
                    pgid="pgtrigger_swap_step_2cf74",
                    table="casework_swap",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="swap",
            trigger=pgtrigger.compiler.Trigger(
                name="swap_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('offered')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:swap_first_step]', NEW.step;",
                    hash="d4dcb1df5e5a3b2689fc2397b0b0425d1d827fec",
                    operation="INSERT",
                    pgid="pgtrigger_swap_first_step_5cc3e",
                    table="casework_swap",
                    when="BEFORE",
                ),
            ),
        ),
    ]
