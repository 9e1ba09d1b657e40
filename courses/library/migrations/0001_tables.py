"""Courses, lessons, films and who watched them."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import courses.library.models.watching


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("library", "0001_courses_and_enrolments"),
        ("library", "0002_videos"),
        ("library", "0003_lessons_show_videos_and_exams"),
        ("library", "0004_watching"),
    ]

    dependencies = [
        ("assessment", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=160, verbose_name="title in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("institution", "This institution"),
                            ("region", "Institutions of this region"),
                            ("consortium", "The whole consortium"),
                        ],
                        default="consortium",
                        max_length=20,
                        verbose_name="who finds it",
                    ),
                ),
                ("made_at", models.DateTimeField(editable=False)),
                ("shown_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="programmes", to="people.institution"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="library_programme_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="library_programme_titled",
                        violation_error_message="Give a title in one of the two languages.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reach__in", ["institution", "region", "consortium"])),
                        name="library_programme_kind",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ProgrammeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("en", "English"), ("zh", "Chinese")], max_length=2)),
                ("summary", models.TextField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="library.programme"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "language"), name="library_programmetext_once"),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "zh"])), name="library_programmetext_kind"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("institution", "This institution"),
                            ("region", "Institutions of this region"),
                            ("consortium", "The whole consortium"),
                        ],
                        default="consortium",
                        max_length=20,
                        verbose_name="who finds it",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("made_at", models.DateTimeField(editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="courses", to="people.institution"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["institution", "-made_at", "-id"], name="library_course_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="library_course_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reach__in", ["institution", "region", "consortium"])),
                        name="library_course_kind",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="EnrolmentRule",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Community health centre"),
                                (2, "District hospital"),
                                (3, "Children's hospital"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("asker", "Community or district clinician"),
                                ("specialist", "Specialist"),
                                ("service_lead", "Service lead"),
                                ("coordinator", "Coordinator"),
                                ("nurse", "Nurse"),
                                ("training_admin", "Training admin"),
                                ("lecturer", "Lecturer"),
                                ("manual_editor", "Manual editor"),
                                ("clinical_reviewer", "Clinical reviewer"),
                                ("pharmacist", "Pharmacist"),
                                ("institution_admin", "Institution admin"),
                                ("consortium_manager", "Consortium manager"),
                                ("privacy_officer", "Privacy officer"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("required", models.BooleanField(default=False, verbose_name="required of them")),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="days to complete it")),
                ("made_at", models.DateTimeField(editable=False)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="library.course"
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["course"], name="library_rule_standing"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="library_enrolmentrule_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days", None), models.Q(("days__range", (1, 1000)), ("required", True)), _connector="OR"
                        ),
                        name="library_rule_days",
                        violation_error_message="A time to complete it (1 to 1,000 days) goes with a required course.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("picture", "Picture"), ("pdf", "PDF")], max_length=10)),
                ("name", models.CharField(max_length=120)),
                ("size", models.PositiveIntegerField()),
                ("pictures", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="materials", to="library.course"
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="library_material_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["picture", "pdf"])), name="library_material_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), models.Q(("name", ""), _negated=True)),
                        name="library_material_whole",
                        violation_error_message="This file is empty or has no name.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CourseVersion",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=160, verbose_name="title in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("superseded", "Replaced by a newer version"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="hours of learning"),
                ),
                (
                    "credit",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="hours of credit"),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Community health centre"),
                                (2, "District hospital"),
                                (3, "Children's hospital"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("asker", "Community or district clinician"),
                                ("specialist", "Specialist"),
                                ("service_lead", "Service lead"),
                                ("coordinator", "Coordinator"),
                                ("nurse", "Nurse"),
                                ("training_admin", "Training admin"),
                                ("lecturer", "Lecturer"),
                                ("manual_editor", "Manual editor"),
                                ("clinical_reviewer", "Clinical reviewer"),
                                ("pharmacist", "Pharmacist"),
                                ("institution_admin", "Institution admin"),
                                ("consortium_manager", "Consortium manager"),
                                ("privacy_officer", "Privacy officer"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("in_order", models.BooleanField(default=False, verbose_name="lessons open one after the other")),
                ("made_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="library.course"
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
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.material",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="library_courseversion_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="library_courseversion_titled",
                        violation_error_message="Give a title in one of the two languages.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["draft", "published", "superseded", "withdrawn"])),
                        name="library_version_step",
                    ),
                    models.UniqueConstraint(fields=("course", "number"), name="library_version_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "draft")),
                        fields=("course",),
                        name="library_version_one_draft",
                        violation_error_message="This course has a draft already: go on with that one.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "published")),
                        fields=("course",),
                        name="library_version_one_published",
                        violation_error_message="This course was just published by somebody else.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at", None), ("step", "draft")),
                            models.Q(("published_at__isnull", False), ("step__in", ["published", "superseded"])),
                            ("step", "withdrawn"),
                            _connector="OR",
                        ),
                        name="library_version_published_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit__range", (0, 200)), ("hours__range", (0, 200))),
                        name="library_version_hours",
                        violation_error_message="Hours are between 0 and 200.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Chapter",
            fields=[
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=160, verbose_name="title in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chapters", to="library.courseversion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="library_chapter_titled",
                        violation_error_message="Give a title in one of the two languages.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        fields=("version", "position"),
                        name="library_chapter_place",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("self", "Enrolled by themselves"),
                            ("institution", "Enrolled by an institution"),
                            ("rule", "Enrolled by a rule"),
                        ],
                        max_length=20,
                    ),
                ),
                ("required", models.BooleanField(default=False)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("enrolled_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "completed_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.courseversion",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="library.course"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="library.enrolmentrule",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["user", "-enrolled_at", "-id"], name="library_enrolment_of"),
                    models.Index(fields=["course", "-enrolled_at", "-id"], name="library_enrolment_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "user"), name="library_enrolment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("by__in", ["self", "institution", "rule"])), name="library_enrolment_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at", None), ("completed_version", None)),
                            models.Q(("completed_at__isnull", False), ("completed_version__isnull", False)),
                            _connector="OR",
                        ),
                        name="library_enrolment_completed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on", None), ("required", True), _connector="OR"),
                        name="library_enrolment_due",
                        violation_error_message="Only a required course has a day by which it is due.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Prerequisite",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prerequisites", to="library.course"
                    ),
                ),
                (
                    "needs",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="needed_by", to="library.course"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "needs"),
                        name="library_prerequisite_once",
                        violation_error_message="This course is asked for already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("course", models.F("needs")), _negated=True),
                        name="library_prerequisite_other",
                        violation_error_message="A course does not need itself.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ProgrammeCourse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="library.course"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="library.programme"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "course"),
                        name="library_programmecourse_once",
                        violation_error_message="This course is in the programme already.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        fields=("programme", "position"),
                        name="library_programmecourse_place",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("en", "English"), ("zh", "Chinese")], max_length=2)),
                ("weight", models.CharField(max_length=1)),
                ("text", models.TextField()),
                (
                    "vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(
                                models.F("text"),
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
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="searched", to="library.courseversion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="library_words")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="VersionText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("en", "English"), ("zh", "Chinese")], max_length=2)),
                ("summary", models.TextField(blank=True)),
                ("aims", models.TextField(blank=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="library.courseversion"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("version", "language"), name="library_versiontext_once"),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "zh"])), name="library_versiontext_kind"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("uploading", "Being sent"),
                            ("uploaded", "Has come, waits to be looked at"),
                            ("probing", "Being looked at"),
                            ("transcoding", "Being prepared"),
                            ("playable", "Can be watched, better pictures follow"),
                            ("ready", "Ready"),
                            ("failed", "Not usable"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="uploading",
                        max_length=20,
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("about", models.JSONField(default=dict)),
                ("length", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, max_length=30)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("waits_for_room", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("alive_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("playable_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("step", "uploading")), fields=["expires_at"], name="library_film_unfinished"
                    ),
                    models.Index(
                        condition=models.Q(("step__in", ("uploaded", "probing", "transcoding", "playable"))),
                        fields=["created_at"],
                        name="library_film_going",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="library_film_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "step__in",
                                [
                                    "uploading",
                                    "uploaded",
                                    "probing",
                                    "transcoding",
                                    "playable",
                                    "ready",
                                    "failed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="library_film_step",
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="library_film_size"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FilmPiece",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveIntegerField()),
                ("profile", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("begin", models.FloatField()),
                ("end", models.FloatField()),
                ("rungs", models.JSONField(default=list)),
                ("weight", models.FloatField()),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("alive_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("share", models.FloatField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("made", models.JSONField(default=dict)),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pieces", to="library.film"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["film", "place"], name="library_piece_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "profile", "number"), name="library_piece_once"),
                    models.CheckConstraint(
                        condition=models.Q(("begin__gte", 0), ("end__gt", models.F("begin"))),
                        name="library_piece_span",
                        violation_error_message="A piece of a film has a length.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 0), ("share__lte", 1)), name="library_piece_share"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SegmentServed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("session", models.CharField(max_length=32)),
                ("rung", models.CharField(max_length=10)),
                ("begin", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "film",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.film"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["session", "film"], name="library_segment_session"),
                    models.Index(fields=["at"], name="library_segment_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("begin"))), name="library_segmentserved_span"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Video",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=160, verbose_name="title in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "shows_patient",
                    models.BooleanField(default=False, verbose_name="shows a patient: write the viewer's name over it"),
                ),
                ("chapters", models.JSONField(blank=True, default=list)),
                ("made_at", models.DateTimeField(editable=False)),
                ("seq", models.PositiveIntegerField(default=0, editable=False)),
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
                    "current",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="current_of",
                        to="library.film",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="videos", to="people.institution"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["institution", "-made_at", "-id"], name="library_video_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="library_video_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="library_video_titled",
                        violation_error_message="Give a title in one of the two languages.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=160, verbose_name="title in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("video", "Video"),
                            ("reading", "Reading"),
                            ("case", "Interactive case"),
                            ("file", "File"),
                            ("recording", "Lecture recording"),
                            ("exam", "Exam"),
                            ("questionnaire", "Questionnaire"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("required", models.BooleanField(default=True, verbose_name="needed to complete the course")),
                ("minutes", models.PositiveSmallIntegerField(default=5, verbose_name="minutes it takes")),
                (
                    "video_rule",
                    models.CharField(
                        choices=[
                            ("watched", "Watching it"),
                            ("tested_out", "Passing its questions"),
                            ("either", "Watching it, or passing its questions"),
                        ],
                        default="watched",
                        max_length=20,
                        verbose_name="what completes a video",
                    ),
                ),
                (
                    "watch_share",
                    models.PositiveSmallIntegerField(default=90, verbose_name="share to watch, in per cent"),
                ),
                (
                    "chapter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="library.chapter"
                    ),
                ),
                (
                    "exam",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons",
                        to="assessment.exam",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="library.courseversion"
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="library.material",
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons",
                        to="library.video",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="library_lesson_titled",
                        violation_error_message="Give a title in one of the two languages.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        fields=("chapter", "position"),
                        name="library_lesson_place",
                    ),
                    models.UniqueConstraint(fields=("version", "key"), name="library_lesson_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["video", "reading", "case", "file", "recording", "exam", "questionnaire"])
                        ),
                        name="library_lesson_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("video_rule__in", ["watched", "tested_out", "either"]), ("watch_share__range", (1, 100))
                        ),
                        name="library_lesson_share",
                        violation_error_message="A share is between 1 and 100 per cent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (1, 600))),
                        name="library_lesson_minutes",
                        violation_error_message="A lesson takes 1 to 600 minutes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("material", None), ("kind", "file"), _connector="OR"),
                        name="library_lesson_file",
                        violation_error_message="Only a lesson that is a file has one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("video", None), ("kind__in", ("video", "recording")), _connector="OR"),
                        name="library_lesson_video",
                        violation_error_message="Only a video or a recording shows a video.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("exam", None), ("kind", "exam"), _connector="OR"),
                        name="library_lesson_exam",
                        violation_error_message="Only an exam lesson has an exam.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="LessonProgress",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.UUIDField()),
                (
                    "state",
                    models.CharField(
                        choices=[("begun", "Begun"), ("completed", "Completed")], default="begun", max_length=20
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("watched", "Watched"),
                            ("tested_out", "Tested out"),
                            ("read", "Read"),
                            ("confirmed", "Confirmed"),
                            ("passed", "Passed"),
                            ("answered", "Answered"),
                        ],
                        max_length=20,
                    ),
                ),
                ("stage", models.PositiveSmallIntegerField(default=1)),
                ("begun_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="library.course"
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="library.lesson"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lesson_progress",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "course", "key"), name="library_progress_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at", None), ("how", ""), ("state", "begun")),
                            models.Q(
                                ("completed_at__isnull", False),
                                ("how__in", ["watched", "tested_out", "read", "confirmed", "passed", "answered"]),
                                ("state", "completed"),
                            ),
                            _connector="OR",
                        ),
                        name="library_progress_pair",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="LessonText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(choices=[("en", "English"), ("zh", "Chinese")], max_length=2)),
                ("body", models.TextField()),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="library.lesson"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("lesson", "language"), name="library_lessontext_once"),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "zh"])), name="library_lessontext_kind"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ManualLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.SlugField(max_length=80, verbose_name="page of the manual")),
                ("branch", models.CharField(blank=True, max_length=120, verbose_name="branch")),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="manual_links", to="library.lesson"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["pathway", "branch"], name="library_manual_link_page")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lesson", "pathway", "branch"),
                        name="library_manual_link_once",
                        violation_error_message="This branch is named already.",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="StaleMark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("pathway", models.SlugField(max_length=80)),
                ("manual_version_id", models.UUIDField()),
                ("marked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "settled",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Still right"),
                            ("edited", "Edited"),
                            ("replaced", "In a newer version of the course"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stale_marks", to="library.lesson"
                    ),
                ),
                (
                    "settled_by",
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
                    models.Index(condition=models.Q(("settled_at", None)), fields=["lesson"], name="library_stale_open")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("lesson", "manual_version_id"), name="library_stale_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled", ""), ("settled_at", None)),
                            models.Q(
                                ("settled__in", ["confirmed", "edited", "replaced"]), ("settled_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="library_stale_pair",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Caption",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("language", models.CharField(choices=[("en", "English"), ("zh", "Chinese")], max_length=2)),
                ("text", models.TextField()),
                ("changed_at", models.DateTimeField()),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="captions", to="library.video"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("video", "language"), name="library_caption_once"),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "zh"]), ("text__startswith", "WEBVTT")),
                        name="library_caption_kind",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("spans", courses.library.models.watching.SpansField(default=list)),
                ("position", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="watched", to="library.video"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [models.UniqueConstraint(fields=("user", "video"), name="library_watched_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WatchNote",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.PositiveIntegerField()),
                ("text", models.CharField(max_length=2000)),
                ("made_at", models.DateTimeField()),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="library.video"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["user", "video", "at"], name="library_note_of")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="library_watchnote_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="library_note_says",
                        violation_error_message="A note says something.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WatchSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("session", models.CharField(max_length=32)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("seq", models.PositiveIntegerField(default=0)),
                ("beat_at", models.DateTimeField()),
                ("left", models.PositiveIntegerField(default=0)),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="library.lesson"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="library.video"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["user", "-opened_at"], name="library_watch_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("user",),
                        name="library_watch_one_at_a_time",
                        violation_error_message="A video plays on one device at a time.",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="course",
            name="current",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="current_of",
                to="library.courseversion",
            ),
        ),
        migrations.AddField(
            model_name="film",
            name="video",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="films", to="library.video"
            ),
        ),
        migrations.AddIndex(
            model_name="course",
            index=models.Index(
                condition=models.Q(("archived_at", None), ("current__isnull", False)),
                fields=["-published_at", "-id"],
                name="library_course_catalogue",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("current", None), ("published_at", None)),
                    models.Q(("current__isnull", False), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="library_course_published_pair",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chapter",
            trigger=pgtrigger.compiler.Trigger(
                name="chapter_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN (OLD.version_id, NEW.version_id) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="8e9802318bced54581938f7996583eca5a95b176",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_chapter_fixed_f3dba",
                    table="library_chapter",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lessontext",
            trigger=pgtrigger.compiler.Trigger(
                name="lesson_text_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN ((SELECT l.version_id FROM library_lesson l WHERE l.id = OLD.lesson_id), (SELECT l.version_id FROM library_lesson l WHERE l.id = NEW.lesson_id)) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="a86905caad5f9606abd56ff227b3f89faa9269d0",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_lesson_text_fixed_8c7dc",
                    table="library_lessontext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="manuallink",
            trigger=pgtrigger.compiler.Trigger(
                name="manual_link_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN ((SELECT l.version_id FROM library_lesson l WHERE l.id = OLD.lesson_id), (SELECT l.version_id FROM library_lesson l WHERE l.id = NEW.lesson_id)) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="c2f98f7252032291d5e1a8f1f9473c728397ba4d",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_manual_link_fixed_5af41",
                    table="library_manuallink",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseversion",
            trigger=pgtrigger.compiler.Trigger(
                name="course_version_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{draft:published,draft:withdrawn,published:superseded,published:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b5e8cc98b4ad486d62571ab1ffd6cac6a3c69964",
                    operation="UPDATE",
                    pgid="pgtrigger_course_version_step_249ca",
                    table="library_courseversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseversion",
            trigger=pgtrigger.compiler.Trigger(
                name="course_version_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:course_version_first_step]', NEW.step;",
                    hash="0c6bd06a508e3cb1a6ca56b230396b2128a10508",
                    operation="INSERT",
                    pgid="pgtrigger_course_version_first_step_8b04b",
                    table="library_courseversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseversion",
            trigger=pgtrigger.compiler.Trigger(
                name="course_version_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"step\" = 'draft'))",
                    func="\n                    IF ROW(OLD.course_id, OLD.number, OLD.title_en, OLD.title_zh, OLD.hours, OLD.credit, OLD.tiers, OLD.roles, OLD.cover_id, OLD.in_order, OLD.published_at, OLD.published_by_id) IS DISTINCT FROM ROW(NEW.course_id, NEW.number, NEW.title_en, NEW.title_zh, NEW.hours, NEW.credit, NEW.tiers, NEW.roles, NEW.cover_id, NEW.in_order, NEW.published_at, NEW.published_by_id) THEN\n                        RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="085ee4f538388ca3f845abbc0b8839201b0b6688",
                    operation="UPDATE",
                    pgid="pgtrigger_course_version_fixed_bb03d",
                    table="library_courseversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseversion",
            trigger=pgtrigger.compiler.Trigger(
                name="course_version_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7b6ac3e7a6d7f0f62cc89991b8d60faf8762afda",
                    operation="DELETE",
                    pgid="pgtrigger_course_version_kept_1d031",
                    table="library_courseversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versiontext",
            trigger=pgtrigger.compiler.Trigger(
                name="version_text_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN (OLD.version_id, NEW.version_id) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="b6fd3532e382f74b920504abfc253b56ee19fc9a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_version_text_fixed_5e54e",
                    table="library_versiontext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lesson",
            trigger=pgtrigger.compiler.Trigger(
                name="lesson_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN (OLD.version_id, NEW.version_id) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="b72786d95a69a7a24e9913836ef9f14e3e5eb6fe",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_lesson_fixed_9ffd0",
                    table="library_lesson",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="film",
            constraint=models.UniqueConstraint(fields=("video", "number"), name="library_film_number"),
        ),
        migrations.AddConstraint(
            model_name="film",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("step__in", ["uploading", "cancelled"]), ("received_at__isnull", False), _connector="OR"
                ),
                name="library_film_received",
                violation_error_message="A video is prepared after all of it has come.",
            ),
        ),
        migrations.AddConstraint(
            model_name="film",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step__in", ["playable", "ready"]), _negated=True),
                    models.Q(("length__gt", 0), ("playable_at__isnull", False)),
                    _connector="OR",
                ),
                name="library_film_plays_whole",
                violation_error_message="A video that plays has a length.",
            ),
        ),
        migrations.AddConstraint(
            model_name="film",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "failed"), models.Q(("fault", ""), _negated=True)),
                    models.Q(models.Q(("step", "failed"), _negated=True), ("fault", "")),
                    _connector="OR",
                ),
                name="library_film_fault_pair",
                violation_error_message="A video that cannot be used has a cause.",
            ),
        ),
        migrations.AddConstraint(
            model_name="film",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step__in", ["uploading", "uploaded", "probing", "transcoding", "playable"])),
                fields=("video",),
                name="library_film_one_at_a_time",
                violation_error_message="Another film of this video is on its way: wait for it, or cancel it.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="film",
            trigger=pgtrigger.compiler.Trigger(
                name="film_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{cancelled:uploaded,failed:uploaded,playable:ready,probing:cancelled,probing:failed,probing:transcoding,transcoding:cancelled,transcoding:failed,transcoding:playable,uploaded:cancelled,uploaded:failed,uploaded:probing,uploading:cancelled,uploading:uploaded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="06242caeb91b91560c1952ee4a3ab5308ead621e",
                    operation="UPDATE",
                    pgid="pgtrigger_film_step_f8076",
                    table="library_film",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="film",
            trigger=pgtrigger.compiler.Trigger(
                name="film_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('uploading')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:film_first_step]', NEW.step;",
                    hash="7113e5e7819206ad7c4a40f6c9507bac78c84df1",
                    operation="INSERT",
                    pgid="pgtrigger_film_first_step_b2a55",
                    table="library_film",
                    when="BEFORE",
                ),
            ),
        ),
    ]
