"""Items, exams, attempts, credits and certificates."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("assessment", "0001_items_and_answers"),
        ("assessment", "0002_exams_and_attempts"),
        ("assessment", "0003_points_to_four_places"),
        ("assessment", "0004_self_checks"),
        ("assessment", "0005_credits_and_certificates"),
        ("assessment", "0006_asked_versions_are_held"),
    ]

    dependencies = [
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditRule",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("scheme", models.SlugField(max_length=40)),
                (
                    "activity",
                    models.CharField(
                        choices=[("course", "Course"), ("lecture", "Live lecture")], default="course", max_length=10
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False)),
                ("title_en", models.CharField(max_length=200, verbose_name="scheme in English")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="scheme in Chinese")),
                ("category_en", models.CharField(max_length=120, verbose_name="category in English")),
                ("category_zh", models.CharField(blank=True, max_length=120, verbose_name="category in Chinese")),
                ("hours_per_credit", models.DecimalField(decimal_places=2, max_digits=5)),
                ("period_years", models.PositiveSmallIntegerField(default=1)),
                ("first_year", models.PositiveSmallIntegerField(default=2024)),
                ("goal", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("cap_day", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("cap_category", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("cap_scheme", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("pass_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("exam", "an exam, passed"), ("feedback", "the questionnaire, answered")],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=300)),
                ("verified", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(editable=False)),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="assessment_creditrule_created_once"
                    ),
                    models.UniqueConstraint(
                        fields=("scheme", "activity", "number"),
                        name="assessment_creditrule_number",
                        violation_error_message="Somebody else has just changed this rule. Look at it again.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("activity__in", ["course", "lecture"])),
                        name="assessment_creditrule_activity",
                        violation_error_message="Credits are given for courses and live lectures.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours_per_credit__gt", 0)),
                        name="assessment_creditrule_hours",
                        violation_error_message="A credit takes more than no time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_year__range", (2000, 2100)), ("period_years__range", (1, 10))),
                        name="assessment_creditrule_period",
                        violation_error_message="A period is 1 to 10 calendar years.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pass_percent", None), ("pass_percent__lte", 100), _connector="OR"),
                        name="assessment_creditrule_percent",
                        violation_error_message="A share is between 0 and 100 per cent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("goal", None), ("goal__gte", 0), _connector="OR"),
                            models.Q(("cap_day", None), ("cap_day__gte", 0), _connector="OR"),
                            models.Q(("cap_category", None), ("cap_category__gte", 0), _connector="OR"),
                            models.Q(("cap_scheme", None), ("cap_scheme__gte", 0), _connector="OR"),
                        ),
                        name="assessment_creditrule_caps",
                        violation_error_message="Credits are no less than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="assessment_creditrule_valid",
                        violation_error_message="A rule ends after it has begun.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("scheme", "="),
                            ("activity", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="assessment_creditrule_one",
                        violation_error_message="Another rule of this scheme holds in that time already.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CreditEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("scheme", models.SlugField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[("awarded", "Awarded"), ("withheld", "Not counted"), ("reversed", "Taken back")],
                        max_length=10,
                    ),
                ),
                (
                    "activity",
                    models.CharField(choices=[("course", "Course"), ("lecture", "Live lecture")], max_length=10),
                ),
                ("subject_id", models.UUIDField()),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("title_zh", models.CharField(blank=True, max_length=200)),
                ("day", models.DateField()),
                ("hours", models.DecimalField(decimal_places=2, max_digits=6)),
                ("earned", models.DecimalField(decimal_places=2, max_digits=7)),
                ("credits", models.DecimalField(decimal_places=2, max_digits=7)),
                (
                    "cap",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("day", "the most for one day"),
                            ("category", "the most for this kind of learning"),
                            ("scheme", "the most for the period"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "lacks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("exam", "an exam, passed"), ("feedback", "the questionnaire, answered")],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
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
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="assessment.creditentry",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="assessment.creditrule"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["user", "-day", "-at", "id"], name="assessment_credit_of"),
                    models.Index(fields=["institution", "-at", "id"], name="assessment_credit_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "awarded")),
                        fields=("user", "scheme", "activity", "subject_id"),
                        name="assessment_creditentry_once",
                        violation_error_message="Credits are given once for the same thing.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "withheld")),
                        fields=("user", "rule", "subject_id"),
                        name="assessment_creditentry_withheld",
                        violation_error_message="This stands in the ledger already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credits__gte", 0),
                                ("credits__lte", models.F("earned")),
                                ("kind", "awarded"),
                                ("reverses", None),
                            ),
                            models.Q(("credits", 0), ("kind", "withheld"), ("lacks__len__gt", 0), ("reverses", None)),
                            models.Q(
                                ("credits__lte", 0),
                                ("kind", "reversed"),
                                ("reverses__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_creditentry_kind",
                        violation_error_message="An entry gives, withholds with what lacks, or takes back with a reason.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Exam",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="title in Chinese")),
                ("intro_en", models.TextField(blank=True, max_length=4000, verbose_name="introduction in English")),
                ("intro_zh", models.TextField(blank=True, max_length=4000, verbose_name="introduction in Chinese")),
                ("self_check", models.BooleanField(default=False)),
                (
                    "drawing",
                    models.CharField(
                        choices=[
                            ("fixed", "A fixed list of questions"),
                            ("blueprint", "Drawn from the bank by a blueprint"),
                        ],
                        default="fixed",
                        max_length=10,
                    ),
                ),
                (
                    "forms",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(20)]
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[("one", "One question a page"), ("all", "All questions on one page")],
                        default="one",
                        max_length=10,
                    ),
                ),
                ("shuffled", models.BooleanField(default=True)),
                (
                    "pass_percent",
                    models.PositiveSmallIntegerField(
                        default=60, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "attempts_allowed",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("closes_at", models.DateTimeField(blank=True, null=True)),
                (
                    "show_own",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("finished", "As soon as the result is there"),
                            ("closed", "When the exam is closed"),
                        ],
                        default="finished",
                        max_length=10,
                    ),
                ),
                (
                    "show_key",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("finished", "As soon as the result is there"),
                            ("closed", "When the exam is closed"),
                        ],
                        default="finished",
                        max_length=10,
                    ),
                ),
                (
                    "show_feedback",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("finished", "As soon as the result is there"),
                            ("closed", "When the exam is closed"),
                        ],
                        default="finished",
                        max_length=10,
                    ),
                ),
                (
                    "dispute_percent",
                    models.PositiveSmallIntegerField(
                        default=20, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                ("seed", models.CharField(editable=False, max_length=40)),
                ("created_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="exams", to="people.institution"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["institution", "-created_at", "id"], name="assessment_exam_list"),
                    models.Index(fields=["step", "-published_at", "id"], name="assessment_exam_open"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="assessment_exam_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["draft", "open", "closed"])), name="assessment_exam_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at", None),
                            ("closes_at", None),
                            ("opens_at__lt", models.F("closes_at")),
                            _connector="OR",
                        ),
                        name="assessment_exam_window",
                        violation_error_message="An exam closes after it has opened.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dispute_percent__lte", 100), ("pass_percent__lte", 100)),
                        name="assessment_exam_percent",
                        violation_error_message="A share is between 0 and 100 per cent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempts_allowed__gte", 1), ("attempts_allowed__lte", 20)),
                        name="assessment_exam_attempts",
                        violation_error_message="An exam allows 1 to 20 attempts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minutes", None), models.Q(("minutes__gte", 1), ("minutes__lte", 600)), _connector="OR"
                        ),
                        name="assessment_exam_minutes",
                        violation_error_message="An exam takes 1 to 600 minutes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step", "draft"), ("published_at__isnull", False), _connector="OR"),
                        name="assessment_exam_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("self_check", False), ("drawing", "fixed"), _connector="OR"),
                        name="assessment_exam_self_check",
                        violation_error_message="A self-check asks a fixed list of questions.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="BlueprintRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("count", models.PositiveSmallIntegerField()),
                ("points", models.DecimalField(decimal_places=2, default=1, max_digits=6)),
                (
                    "exam",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="blueprint", to="assessment.exam"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("exam", "position"),
                        name="assessment_blueprint_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 1), ("count__lte", 200)),
                        name="assessment_blueprint_count",
                        violation_error_message="A row of a blueprint asks for 1 to 200 questions.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)),
                        name="assessment_blueprint_points",
                        violation_error_message="A question is worth more than nothing.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Accommodation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("extra_minutes", models.PositiveSmallIntegerField(default=0)),
                ("extra_attempts", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(max_length=500)),
                ("given_at", models.DateTimeField()),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "exam",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accommodations", to="assessment.exam"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("exam", "user"), name="assessment_accommodation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("extra_attempts__lte", 20), ("extra_minutes__lte", 600)),
                        name="assessment_accommodation_most",
                        violation_error_message="That is more than an exam may take.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="assessment_accommodation_reason",
                        violation_error_message="Say why.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Form",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("seed", models.CharField(max_length=90)),
                ("drawn_at", models.DateTimeField()),
                (
                    "exam",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drawn", to="assessment.exam"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [models.UniqueConstraint(fields=("exam", "number"), name="assessment_form_number")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[("running", "Running"), ("handed_in", "Being marked"), ("finished", "Finished")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("handed_in_at", models.DateTimeField(null=True)),
                ("by_the_clock", models.BooleanField(default=False)),
                ("finished_at", models.DateTimeField(null=True)),
                ("points", models.DecimalField(decimal_places=4, max_digits=8, null=True)),
                ("most", models.DecimalField(decimal_places=2, max_digits=8)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("passed", models.BooleanField(null=True)),
                ("device", models.UUIDField(default=uuid.uuid4)),
                ("epoch", models.PositiveIntegerField(default=1)),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "exam",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="assessment.exam"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="assessment.form"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["user", "-began_at", "id"], name="assessment_attempt_own"),
                    models.Index(fields=["exam", "-began_at", "id"], name="assessment_attempt_list"),
                    models.Index(
                        condition=models.Q(("step", "running")), fields=["ends_at"], name="assessment_attempt_due"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="assessment_attempt_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["running", "handed_in", "finished"])),
                        name="assessment_attempt_step",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "running")),
                        fields=("exam", "user"),
                        name="assessment_attempt_one_runs",
                        violation_error_message="An attempt is running already.",
                    ),
                    models.UniqueConstraint(fields=("exam", "user", "number"), name="assessment_attempt_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_in_at", None), ("step", "running")),
                            models.Q(models.Q(("step", "running"), _negated=True), ("handed_in_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_attempt_handed_in",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "finished"), _negated=True),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("passed__isnull", False),
                                ("percent__isnull", False),
                                ("points__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_attempt_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("began_at")), _connector="OR"),
                        name="assessment_attempt_time",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "One right answer"),
                            ("multiple", "Several right answers"),
                            ("true_false", "True or false"),
                            ("ordering", "Put in order"),
                            ("matching", "Match pairs"),
                            ("numeric", "A number with its unit"),
                            ("short", "Short answer"),
                            ("hotspot", "A place on a picture"),
                            ("case_set", "A case with several questions"),
                            ("essay", "Essay, marked by people"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "age_band",
                    models.CharField(
                        choices=[
                            ("newborn", "Under 2 months"),
                            ("infant", "2 to 11 months"),
                            ("young_child", "1 to 4 years"),
                            ("child", "5 to 17 years"),
                            ("any", "Any age"),
                        ],
                        default="any",
                        max_length=20,
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("general", "General"),
                            ("breathing", "Breathing"),
                            ("circulation", "Circulation"),
                            ("digestion", "Digestion"),
                            ("nerves", "Nervous system"),
                            ("infection", "Infection"),
                            ("skin", "Skin"),
                            ("ear_nose_eye", "Ear, nose, throat, eye"),
                            ("blood", "Blood"),
                            ("nutrition", "Growth and nutrition"),
                            ("bones", "Bones and joints"),
                            ("newborn", "Newborn"),
                        ],
                        default="general",
                        max_length=20,
                    ),
                ),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("know", "Know a fact"),
                            ("assess", "Assess"),
                            ("decide", "Classify and decide"),
                            ("treat", "Treat"),
                            ("refer", "Refer"),
                            ("counsel", "Talk with the family"),
                        ],
                        default="know",
                        max_length=20,
                    ),
                ),
                (
                    "danger",
                    models.CharField(
                        choices=[("pink", "Emergency"), ("yellow", "Soon"), ("green", "Not dangerous")],
                        default="green",
                        max_length=20,
                    ),
                ),
                ("manual_branch", models.SlugField(blank=True, max_length=80)),
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
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["institution", "created_at", "id"], name="assessment_item_list")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="assessment_item_created_once"),
                    models.UniqueConstraint(
                        fields=("institution", "code"),
                        name="assessment_item_code",
                        violation_error_message="There is a question with this code already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "single",
                                    "multiple",
                                    "true_false",
                                    "ordering",
                                    "matching",
                                    "numeric",
                                    "short",
                                    "hotspot",
                                    "case_set",
                                    "essay",
                                ],
                            )
                        ),
                        name="assessment_item_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_band__in", ["newborn", "infant", "young_child", "child", "any"])),
                        name="assessment_item_age_band",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "system__in",
                                [
                                    "general",
                                    "breathing",
                                    "circulation",
                                    "digestion",
                                    "nerves",
                                    "infection",
                                    "skin",
                                    "ear_nose_eye",
                                    "blood",
                                    "nutrition",
                                    "bones",
                                    "newborn",
                                ],
                            )
                        ),
                        name="assessment_item_system",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("task__in", ["know", "assess", "decide", "treat", "refer", "counsel"])),
                        name="assessment_item_task",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("danger__in", ["pink", "yellow", "green"])), name="assessment_item_danger"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ItemImport",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("form", models.CharField(choices=[("gift", "GIFT"), ("xlsx", "XLSX"), ("csv", "CSV")], max_length=10)),
                ("rows", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "verbose_name": "import of questions",
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="assessment_itemimport_created_once"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ItemVersion",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("approved", "Approved"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("content", models.JSONField()),
                ("points", models.DecimalField(decimal_places=2, default=1, max_digits=6)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("words", models.TextField(editable=False)),
                (
                    "vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(
                                models.F("words"),
                                models.Value("([㐀-鿿])"),
                                models.Value(" \\1 "),
                                models.Value("g"),
                                function="regexp_replace",
                            ),
                            template="to_tsvector('simple', %(expressions)s)",
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("remark", models.CharField(blank=True, max_length=500)),
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="assessment.item"
                    ),
                ),
                (
                    "reviewer",
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
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="assessment_version_words"),
                    models.Index(
                        condition=models.Q(("step", "in_review")),
                        fields=["submitted_at", "id"],
                        name="assessment_version_queue",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="assessment_itemversion_created_once"
                    ),
                    models.UniqueConstraint(fields=("item", "number"), name="assessment_version_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ["draft", "in_review"])),
                        fields=("item",),
                        name="assessment_version_one_open",
                        violation_error_message="A new version of this question is being worked on already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "approved")),
                        fields=("item",),
                        name="assessment_version_one_approved",
                        violation_error_message="One version of a question is asked at a time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["draft", "in_review", "approved", "retired"])),
                        name="assessment_version_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)),
                        name="assessment_version_points",
                        violation_error_message="A question is worth more than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at", None), ("reviewer", None)),
                            models.Q(("reviewed_at__isnull", False), ("reviewer__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_version_reviewed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "approved"), _negated=True), ("reviewer__isnull", False), _connector="OR"
                        ),
                        name="assessment_version_reviewed",
                        violation_error_message="Somebody reviews a question before it is asked.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer", None),
                            models.Q(("reviewer", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="assessment_version_not_the_author",
                        violation_error_message="Nobody approves what they wrote.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FormQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("points", models.DecimalField(decimal_places=2, max_digits=6)),
                ("row", models.PositiveSmallIntegerField(null=True)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="assessment.form"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.itemversion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("form", "position"), name="assessment_formquestion_place"),
                    models.UniqueConstraint(fields=("form", "version"), name="assessment_formquestion_once"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="GivenAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("given", models.JSONField(null=True)),
                ("flagged", models.BooleanField(default=False)),
                ("late", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
                ("points", models.DecimalField(decimal_places=4, max_digits=8, null=True)),
                ("trace", models.JSONField(null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="assessment.attempt"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.formquestion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "question"), name="assessment_answer_once"),
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="assessment_answer_seq"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="EssayMark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("criteria", models.JSONField()),
                ("points", models.DecimalField(decimal_places=4, max_digits=8)),
                ("comment", models.TextField(blank=True, max_length=2000)),
                ("marked_at", models.DateTimeField()),
                (
                    "marker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="assessment.givenanswer"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("answer", "marker"),
                        name="assessment_mark_once",
                        violation_error_message="You have marked this essay already.",
                    ),
                    models.UniqueConstraint(
                        fields=("answer", "place"),
                        name="assessment_mark_place",
                        violation_error_message="Somebody else was first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 1), ("place__lte", 3)), name="assessment_mark_places"
                    ),
                    models.CheckConstraint(condition=models.Q(("points__gte", 0)), name="assessment_mark_points"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ExamQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("points", models.DecimalField(decimal_places=2, default=1, max_digits=6)),
                (
                    "exam",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="assessment.exam"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.itemversion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("exam", "version"),
                        name="assessment_examquestion_once",
                        violation_error_message="This question stands in the exam already.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("exam", "position"),
                        name="assessment_examquestion_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)),
                        name="assessment_examquestion_points",
                        violation_error_message="A question is worth more than nothing.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="assessment_picture_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)),
                        name="assessment_picture_size",
                        violation_error_message="A picture has a width and a height.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("part", models.CharField(blank=True, max_length=40)),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("exam", "Exam"),
                            ("video", "In a video"),
                            ("poll", "Live poll"),
                            ("practice", "Practice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("use_id", models.UUIDField()),
                ("form_id", models.UUIDField(blank=True, null=True)),
                ("answer", models.JSONField()),
                (
                    "chosen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None
                    ),
                ),
                ("score", models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True)),
                ("most", models.DecimalField(decimal_places=4, max_digits=8)),
                ("answered_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "scored_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.itemversion"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="assessment.itemversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["form_id"], name="assessment_response_form")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("use_id", "version", "part", "person"), name="assessment_response_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("use__in", ["exam", "video", "poll", "practice"])),
                        name="assessment_response_use",
                    ),
                    models.CheckConstraint(condition=models.Q(("most__gt", 0)), name="assessment_response_most"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None),
                            models.Q(("score__gte", 0), ("score__lte", models.F("most"))),
                            _connector="OR",
                        ),
                        name="assessment_response_score",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(editable=False, max_length=16, unique=True)),
                (
                    "step",
                    models.CharField(
                        choices=[("valid", "Valid"), ("replaced", "Replaced by a newer one"), ("revoked", "Revoked")],
                        default="valid",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                (
                    "activity",
                    models.CharField(choices=[("course", "Course"), ("lecture", "Live lecture")], max_length=10),
                ),
                ("subject_id", models.UUIDField()),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("title_zh", models.CharField(blank=True, max_length=200)),
                ("hours", models.DecimalField(decimal_places=2, max_digits=6)),
                ("credits", models.JSONField(default=list)),
                ("completed_on", models.DateField()),
                ("issued_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
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
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="assessment.certificate",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["user", "-issued_at", "id"], name="assessment_certificate_of"),
                    models.Index(fields=["institution", "-issued_at", "id"], name="assessment_certificate_list"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["valid", "replaced", "revoked"])),
                        name="assessment_certificate_step",
                        violation_error_message="A certificate is valid, replaced or revoked.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "valid")),
                        fields=("user", "activity", "subject_id"),
                        name="assessment_certificate_once",
                        violation_error_message="There is a valid certificate of this already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("step", "valid")),
                            models.Q(("ended_at__isnull", False), ("step", "replaced")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("step", "revoked"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_certificate_ended",
                        violation_error_message="A certificate is revoked with a reason.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{valid:replaced,valid:revoked}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="167cc28ebd96abcb49e079021f85f4d66309077e",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_step_d1a1a",
                    table="assessment_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('valid')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:certificate_first_step]', NEW.step;",
                    hash="03f71471291c3d5c0d7e2e4bbdef99b216552076",
                    operation="INSERT",
                    pgid="pgtrigger_certificate_first_step_7bd36",
                    table="assessment_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="422b25a0b7bddba55ecd8df802f3696921ceed8f",
                    operation="DELETE",
                    pgid="pgtrigger_certificate_kept_fe5be",
                    table="assessment_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF to_jsonb(OLD) - '{step,ended_at,ended_by_id,reason}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{step,ended_at,ended_by_id,reason}'::text[] THEN\n                        RAISE EXCEPTION 'A certificate is not changed [rule:certificate_fixed]';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="d48e217e32cdb0b70a035a1e8cead77fa3565f82",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_fixed_d1cc1",
                    table="assessment_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrule",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_rule_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="c268ba8ac801253b6148f131d6dd21c655372819",
                    operation="DELETE",
                    pgid="pgtrigger_credit_rule_kept_c66c2",
                    table="assessment_creditrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrule",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_rule_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' THEN\n                        RAISE EXCEPTION 'A rule is not changed [rule:credit_rule_fixed]';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="604b326614f82c90a5ae0a242fc536c37794ed2e",
                    operation="UPDATE",
                    pgid="pgtrigger_credit_rule_fixed_35e70",
                    table="assessment_creditrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_entry_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="040db4b54395be84d1b279421faa9c1c21343ca9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_credit_entry_kept_e2bea",
                    table="assessment_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exam",
            trigger=pgtrigger.compiler.Trigger(
                name="exam_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{closed:open,draft:open,open:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="bb56217f0adb9588124f665a4f0361a69ed6aa29",
                    operation="UPDATE",
                    pgid="pgtrigger_exam_step_c3c85",
                    table="assessment_exam",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exam",
            trigger=pgtrigger.compiler.Trigger(
                name="exam_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:exam_first_step]', NEW.step;",
                    hash="fe6981f34dfbb487bb1abf97fd79bff591947e81",
                    operation="INSERT",
                    pgid="pgtrigger_exam_first_step_08bec",
                    table="assessment_exam",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="form",
            trigger=pgtrigger.compiler.Trigger(
                name="form_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="517419a7badb0408664dc2172960f1302229ae99",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_form_immutable_72321",
                    table="assessment_form",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attempt",
            trigger=pgtrigger.compiler.Trigger(
                name="attempt_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{handed_in:finished,running:handed_in}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="3d5790a1f528e415f061791b83371ca3e99361ba",
                    operation="UPDATE",
                    pgid="pgtrigger_attempt_step_3e229",
                    table="assessment_attempt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attempt",
            trigger=pgtrigger.compiler.Trigger(
                name="attempt_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('running')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:attempt_first_step]', NEW.step;",
                    hash="929f0098ca943369b39bec839393c6326c49396c",
                    operation="INSERT",
                    pgid="pgtrigger_attempt_first_step_9bc68",
                    table="assessment_attempt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attempt",
            trigger=pgtrigger.compiler.Trigger(
                name="attempt_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."exam_id" IS DISTINCT FROM (NEW."exam_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."form_id" IS DISTINCT FROM (NEW."form_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."began_at" IS DISTINCT FROM (NEW."began_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="857df6f6b535392b5e7d1e2319f197d7b722c8a3",
                    operation="UPDATE",
                    pgid="pgtrigger_attempt_fixed_52f00",
                    table="assessment_attempt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attempt",
            trigger=pgtrigger.compiler.Trigger(
                name="attempt_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="de6eb515f6683f71f5eb479b1e0d0ef6cb3cd8a7",
                    operation="DELETE",
                    pgid="pgtrigger_attempt_kept_4bb9d",
                    table="assessment_attempt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="givenanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_in_time",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE sat record;",
                    func="\n  SELECT step, ends_at INTO sat FROM assessment_attempt WHERE id = NEW.attempt_id;\n  IF sat.step <> 'running' OR NEW.saved_at > sat.ends_at + interval '60 seconds' THEN\n    RAISE EXCEPTION 'Nothing is answered after the end [rule:assessment_answer_in_time]';\n  END IF;\n  IF TG_OP = 'UPDATE' AND NEW.seq < OLD.seq THEN\n    RAISE EXCEPTION 'A newer answer stands [rule:assessment_answer_newer]';\n  END IF;\n  RETURN NEW;\n",
                    hash="270747a3e16fd0f29affe5770da3d730cf4042ad",
                    operation='INSERT OR UPDATE OF "given", "seq", "saved_at", "flagged"',
                    pgid="pgtrigger_answer_in_time_c5152",
                    table="assessment_givenanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="givenanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="2f4bfdf47fe77b5117f352813b0633d4e04ac529",
                    operation="DELETE",
                    pgid="pgtrigger_answer_kept_2880b",
                    table="assessment_givenanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="essaymark",
            trigger=pgtrigger.compiler.Trigger(
                name="mark_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="84b0f547bfc353fc42fde59263668990dfcd3e4c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_mark_immutable_748a9",
                    table="assessment_essaymark",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="item",
            trigger=pgtrigger.compiler.Trigger(
                name="item_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7e997ac680e83f2259d1e617d1d559795b7584f4",
                    operation="UPDATE",
                    pgid="pgtrigger_item_fixed_f9aa9",
                    table="assessment_item",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="item",
            trigger=pgtrigger.compiler.Trigger(
                name="item_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1073c6230dbc3790bf16abd96ad2521612839477",
                    operation="DELETE",
                    pgid="pgtrigger_item_kept_b4fc3",
                    table="assessment_item",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{approved:retired,draft:in_review,draft:retired,in_review:approved,in_review:draft,in_review:retired}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ebaa3aa97a74b90bec8e03b11efe9e7314d3ba33",
                    operation="UPDATE",
                    pgid="pgtrigger_item_version_step_c81a9",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:item_version_first_step]', NEW.step;",
                    hash="2b5c705344bc0a839c498c4dbff3cba6ce5377c6",
                    operation="INSERT",
                    pgid="pgtrigger_item_version_first_step_71a33",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a83fc3205997fc0635465b62f87552695a576877",
                    operation="UPDATE",
                    pgid="pgtrigger_item_version_fixed_0d2fc",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a8d6eaaea80f7f845512a6910804cf74bef71a41",
                    operation="DELETE",
                    pgid="pgtrigger_item_version_kept_26d6c",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_content",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."step" IS DISTINCT FROM \'draft\' AND (OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."points" IS DISTINCT FROM (NEW."points") OR OLD."source" IS DISTINCT FROM (NEW."source")))',
                    func="RAISE EXCEPTION 'Only a draft is edited [rule:item_version_content]';",
                    hash="8db3818d8ea168f921819f775b261cb3b92a5c7b",
                    operation="UPDATE",
                    pgid="pgtrigger_item_version_content_5ff5d",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemversion",
            trigger=pgtrigger.compiler.Trigger(
                name="item_version_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"step\" = 'draft')",
                    func="\n                    IF EXISTS (SELECT 1 FROM assessment_formquestion WHERE version_id = NEW.id) THEN\n                        RAISE EXCEPTION 'What was asked stays as it was [rule:item_version_asked]';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="28c1a02de973f103cfd098e85b716f2e4dfcb2a7",
                    operation='UPDATE OF "step"',
                    pgid="pgtrigger_item_version_asked_53320",
                    table="assessment_itemversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="form_question_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b1d22efbd7b594eb365d701a817a89479101d94b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_form_question_immutable_8fa41",
                    table="assessment_formquestion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="form_question_approved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE asked text; loose boolean;",
                    func="\n  SELECT step INTO asked FROM assessment_itemversion WHERE id = NEW.version_id FOR SHARE;\n  SELECT e.self_check INTO loose FROM assessment_form f JOIN assessment_exam e ON e.id = f.exam_id\n    WHERE f.id = NEW.form_id;\n  IF asked <> 'approved' AND NOT (loose AND asked = 'in_review') THEN\n    RAISE EXCEPTION 'Only approved questions are asked [rule:assessment_asked_approved]';\n  END IF;\n  RETURN NEW;\n",
                    hash="f83a53bd025185842230b22a339cce13a7a3ebc7",
                    operation="INSERT",
                    pgid="pgtrigger_form_question_approved_a0ad7",
                    table="assessment_formquestion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="picture_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f3752a0f3a0e6d27d5e98bf2095be6d44c291321",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_picture_kept_cb570",
                    table="assessment_picture",
                    when="BEFORE",
                ),
            ),
        ),
    ]
