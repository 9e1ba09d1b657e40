"""Series, lectures, who gives them, and who comes."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("library", "0003_lessons_by_questionnaire"),
        ("people", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lecture",
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
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("announced", "Announced"),
                            ("live", "Live now"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "summary_en",
                    models.TextField(blank=True, max_length=4000, verbose_name="what it is about, in English"),
                ),
                (
                    "summary_zh",
                    models.TextField(blank=True, max_length=4000, verbose_name="what it is about, in Chinese"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh", "Chinese")],
                        default="zh",
                        max_length=2,
                        verbose_name="language it is given in",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="begins at")),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="minutes")),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="seats")),
                ("made_at", models.DateTimeField(editable=False)),
                ("announced_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("day_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("soon_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="lectures", to="people.institution"
                    ),
                ),
                (
                    "lesson_course",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lectures",
                        to="library.course",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lectures",
                        to="library.video",
                    ),
                ),
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
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "One person"), ("classroom", "A room with several people")],
                        default="person",
                        max_length=20,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="which room")),
                ("taken_at", models.DateTimeField(editable=False)),
                ("given_up_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
                (
                    "lecture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="lectures.lecture"
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
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="check_ins", to="lectures.seat"
                    ),
                ),
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
        migrations.CreateModel(
            name="Series",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lecture_series",
                        to="people.institution",
                    ),
                ),
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
        migrations.AddField(
            model_name="lecture",
            name="series",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lectures",
                to="lectures.series",
            ),
        ),
        migrations.CreateModel(
            name="Crew",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("lecturer", "Lecturer"),
                            ("cohost", "Co-host"),
                            ("moderator", "Moderator"),
                            ("typist", "Captions"),
                        ],
                        max_length=20,
                        verbose_name="part",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lecture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="crew", to="lectures.lecture"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lecture", "user"),
                        name="lectures_crew_once",
                        violation_error_message="This person has a part in the lecture already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["lecturer", "cohost", "moderator", "typist"])),
                        name="lectures_crew_part",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lecture",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="lectures.lecture",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["lecture", "user", "began_at"], name="lectures_attendance_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("began_at"))),
                        name="lectures_attendance_span",
                        violation_error_message="Somebody leaves after they came.",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(condition=models.Q(("given_up_at", None)), fields=["user"], name="lectures_seat_of"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("created_by", "request_key"), name="lectures_seat_created_once"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("given_up_at", None)),
                fields=("lecture", "user", "kind"),
                name="lectures_seat_once",
                violation_error_message="You are registered already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "classroom"])), name="lectures_seat_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "person"), ("place", "")),
                    models.Q(
                        models.Q(("place", ""), _negated=True), ("institution__isnull", False), ("kind", "classroom")
                    ),
                    _connector="OR",
                ),
                name="lectures_seat_place",
                violation_error_message="Say which room it is, so that people find it.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seat",
            trigger=pgtrigger.compiler.Trigger(
                name="seat_within_capacity",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."given_up_at" IS NULL)',
                    func="\n                    DECLARE most integer;\n                    BEGIN\n                        SELECT capacity INTO most FROM lectures_lecture WHERE id = NEW.lecture_id FOR UPDATE;\n                        IF (SELECT count(*) FROM lectures_seat s WHERE s.lecture_id = NEW.lecture_id\n                            AND s.given_up_at IS NULL AND s.id <> NEW.id) >= most THEN\n                            RAISE EXCEPTION 'No seat is free [rule:lectures_seat_free]';\n                        END IF;\n                        RETURN NEW;\n                    END;\n                ",
                    hash="65bdf1d88ca358682adff0d81255a7a598768217",
                    operation='INSERT OR UPDATE OF "given_up_at"',
                    pgid="pgtrigger_seat_within_capacity_e1540",
                    table="lectures_seat",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                fields=("seat", "user"),
                name="lectures_checkin_once",
                violation_error_message="You are checked in already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(
                fields=("created_by", "request_key"), name="lectures_series_created_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                name="lectures_series_titled",
                violation_error_message="Give a title in one of the two languages.",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("reach__in", ["institution", "region", "consortium"])), name="lectures_series_reach"
            ),
        ),
        migrations.AddIndex(
            model_name="lecture",
            index=models.Index(fields=["starts_at", "id"], name="lectures_lecture_when"),
        ),
        migrations.AddIndex(
            model_name="lecture",
            index=models.Index(fields=["institution", "-starts_at", "-id"], name="lectures_lecture_of"),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.UniqueConstraint(
                fields=("created_by", "request_key"), name="lectures_lecture_created_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                name="lectures_lecture_titled",
                violation_error_message="Give a title in one of the two languages.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["draft", "announced", "live", "ended", "cancelled"])),
                name="lectures_lecture_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("reach__in", ["institution", "region", "consortium"])),
                name="lectures_lecture_reach",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["en", "zh"])), name="lectures_lecture_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (5, 480))),
                name="lectures_lecture_minutes",
                violation_error_message="A lecture takes between five minutes and eight hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity", None), ("capacity__gt", 0), _connector="OR"),
                name="lectures_lecture_capacity",
                violation_error_message="At least one seat, or leave it empty for no limit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("announced_at", None), ("step", "draft")),
                    models.Q(("announced_at__isnull", False), ("step__in", ["announced", "live", "ended"])),
                    ("step", "cancelled"),
                    _connector="OR",
                ),
                name="lectures_lecture_announced",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("opened_at__isnull", False), ("step", "live")),
                    models.Q(("ended_at__isnull", False), ("opened_at__isnull", False), ("step", "ended")),
                    models.Q(
                        ("ended_at", None),
                        ("opened_at", None),
                        models.Q(("step__in", ["live", "ended"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="lectures_lecture_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "cancelled"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="lectures_lecture_reason",
                violation_error_message="Say why the lecture is cancelled.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lecture",
            trigger=pgtrigger.compiler.Trigger(
                name="lecture_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{announced:cancelled,announced:live,draft:announced,draft:cancelled,ended:live,live:ended}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="379d22794a8fd35ab32d8a951b144e093a88e459",
                    operation="UPDATE",
                    pgid="pgtrigger_lecture_step_3d98b",
                    table="lectures_lecture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lecture",
            trigger=pgtrigger.compiler.Trigger(
                name="lecture_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:lecture_first_step]', NEW.step;",
                    hash="7cc008c6416cc5532a6d976d241af8d8868bf7c5",
                    operation="INSERT",
                    pgid="pgtrigger_lecture_first_step_11367",
                    table="lectures_lecture",
                    when="BEFORE",
                ),
            ),
        ),
    ]
