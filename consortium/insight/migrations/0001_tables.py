"""Measures, cells, exports and reports."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("insight", "0001_measures"),
        ("insight", "0002_referrals_and_reports"),
    ]

    dependencies = [
        ("casework", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Journey",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("month", models.DateField()),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("up", "Up-referral"),
                            ("lateral", "Referral to the same tier"),
                            ("back", "Back-referral"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("requested", "Sent"),
                            ("seen", "Seen"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined: another place is sought"),
                            ("scheduled", "Visit booked"),
                            ("unattended", "Did not come to the visit"),
                            ("visit_cancelled", "Visit cancelled"),
                            ("transport", "Transport arranged"),
                            ("en_route", "On the way"),
                            ("arrived", "Arrived"),
                            ("under_care", "Under care"),
                            ("outcome_sent", "Outcome sent: to be acknowledged"),
                            ("following", "Taken over: being followed up"),
                            ("closed", "Loop closed"),
                            ("followed", "Followed to the end"),
                            ("cancelled", "Cancelled"),
                            ("ended", "Ended without care"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("age_days", models.PositiveIntegerField(null=True)),
                ("indication", models.CharField(blank=True, max_length=170)),
                ("seeing", models.PositiveIntegerField(null=True)),
                ("accepting", models.PositiveIntegerField(null=True)),
                ("booking", models.PositiveIntegerField(null=True)),
                ("coming", models.PositiveIntegerField(null=True)),
                ("travelling", models.PositiveIntegerField(null=True)),
                ("noting", models.PositiveIntegerField(null=True)),
                ("reporting", models.PositiveIntegerField(null=True)),
                ("acknowledging", models.PositiveIntegerField(null=True)),
                ("taking_over", models.PositiveIntegerField(null=True)),
                ("to_arrival", models.PositiveIntegerField(null=True)),
                ("to_close", models.PositiveIntegerField(null=True)),
                ("unannounced", models.BooleanField(default=False)),
                ("dated", models.BooleanField(null=True)),
                ("attended_30", models.BooleanField(null=True)),
                ("attended_90", models.BooleanField(null=True)),
                ("ran_over", models.BooleanField(default=False)),
                ("arrived", models.BooleanField(null=True)),
                ("left_care", models.BooleanField(null=True)),
                ("returned", models.BooleanField(null=True)),
                ("acknowledged", models.BooleanField(null=True)),
                ("admitted", models.BooleanField(null=True)),
                ("home_in_day", models.BooleanField(null=True)),
                ("avoidable", models.BooleanField(null=True)),
                ("sent_back", models.BooleanField(null=True)),
                ("transported", models.BooleanField(null=True)),
                ("incident", models.BooleanField(null=True)),
                ("usefulness", models.PositiveSmallIntegerField(null=True)),
                (
                    "concordance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same", "The same"),
                            ("partly", "Partly"),
                            ("different", "Different"),
                            ("none_made", "I had made none"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "appropriateness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("appropriate", "At the right time"),
                            ("too_early", "Could have stayed"),
                            ("too_late", "Should have come sooner"),
                        ],
                        max_length=20,
                    ),
                ),
                ("disputed", models.BooleanField(default=False)),
                ("visits_over", models.PositiveSmallIntegerField(default=0)),
                ("visits_on_time", models.PositiveSmallIntegerField(default=0)),
                (
                    "declined_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.region"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["month", "case"], name="insight_journey_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="insight_journey_month",
                        violation_error_message="A month is named by its first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("visits_on_time__lte", models.F("visits_over"))),
                        name="insight_journey_visits",
                        violation_error_message="A visit that was on time is over.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("settled", models.BigIntegerField(default=0)),
                ("newest", models.BigIntegerField(default=0)),
                ("heard_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="insight_mark_one",
                        violation_error_message="There is one mark.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("newest__gte", models.F("settled"))),
                        name="insight_mark_order",
                        violation_error_message="What is settled has been heard.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measured",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("month", models.DateField()),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
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
                        max_length=20,
                    ),
                ),
                ("age_days", models.PositiveIntegerField(null=True)),
                ("to_allocation", models.PositiveIntegerField(null=True)),
                ("to_answer", models.PositiveIntegerField(null=True)),
                ("to_close", models.PositiveIntegerField(null=True)),
                ("allocating", models.PositiveIntegerField(null=True)),
                ("answering", models.PositiveIntegerField(null=True)),
                ("informing", models.PositiveIntegerField(null=True)),
                ("reviewing", models.PositiveIntegerField(null=True)),
                ("clarifying", models.PositiveIntegerField(null=True)),
                ("allocated_on_time", models.BooleanField(null=True)),
                ("answered_on_time", models.BooleanField(null=True)),
                ("referral_avoided", models.BooleanField(null=True)),
                ("usefulness", models.PositiveSmallIntegerField(null=True)),
                ("second_round", models.BooleanField(default=False)),
                ("several", models.BooleanField(default=False)),
                ("corrected", models.BooleanField(default=False)),
                ("disputed", models.BooleanField(default=False)),
                ("video_tried", models.BooleanField(default=False)),
                ("video_held", models.BooleanField(default=False)),
                (
                    "declined_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.region"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["month", "case"], name="insight_measured_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="insight_measured_month",
                        violation_error_message="A month is named by its first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usefulness", None), ("usefulness__range", (1, 5)), _connector="OR"),
                        name="insight_measured_usefulness",
                        violation_error_message="Choose 1 to 5.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Month",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("stale", models.BooleanField(default=True)),
                ("rolled_at", models.DateTimeField(null=True)),
                ("took_ms", models.PositiveIntegerField(default=0)),
                ("gathered_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="insight_month_first_day",
                        violation_error_message="A month is named by its first day.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyReport",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "step",
                    models.CharField(
                        choices=[("frozen", "Frozen: to be signed"), ("signed", "Signed")],
                        default="frozen",
                        max_length=20,
                    ),
                ),
                ("frozen_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True, verbose_name="what was corrected")),
                ("definitions", models.JSONField()),
                ("figures", models.JSONField()),
                ("rows", models.JSONField()),
                ("cases", models.PositiveIntegerField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signer_name", models.CharField(blank=True, max_length=120)),
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
                    "signed_by",
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
                "indexes": [models.Index(fields=["-month", "institution", "-version"], name="insight_report_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="insight_monthlyreport_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["frozen", "signed"])), name="insight_report_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="insight_report_month",
                        violation_error_message="A month is named by its first day.",
                    ),
                    models.UniqueConstraint(
                        fields=("institution", "month", "version"),
                        name="insight_report_version",
                        violation_error_message="Somebody else has just made a new version: look at that one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 1),
                            models.Q(("version__gt", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="insight_report_reason",
                        violation_error_message="Say what was corrected.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None), ("signer_name", ""), ("step", "frozen")),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                ("step", "signed"),
                                models.Q(("signer_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="insight_report_signed_whole",
                        violation_error_message="A signed report says who signed it, and when.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "subject",
                    models.CharField(
                        choices=[("consultations", "Consultations"), ("referrals", "Referrals")],
                        default="consultations",
                        max_length=20,
                    ),
                ),
                ("month", models.DateField()),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")], null=True),
                ),
                ("indication", models.CharField(blank=True, max_length=170, null=True)),
                ("counts", models.JSONField(default=dict)),
                ("times", models.JSONField(default=dict)),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.region",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
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
                "indexes": [models.Index(fields=["month"], name="insight_cell_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "institution", "region", "service", "priority", "indication", "month"),
                        name="insight_cell_once",
                        nulls_distinct=False,
                        violation_error_message="These numbers stand here already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("institution", None), ("region", None), _connector="OR"),
                        name="insight_cell_one_place",
                        violation_error_message="Numbers are of an institution or of a region.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("indication", None), ("priority", None), _connector="OR"),
                        name="insight_cell_one_of",
                        violation_error_message="Numbers are of an urgency or of an indication.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ["consultations", "referrals"])),
                        name="insight_cell_subject",
                        violation_error_message="Numbers are about questions or referrals.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("csv", "Text with commas (CSV)"), ("xlsx", "Spreadsheet (XLSX)")], max_length=10
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being written"),
                            ("ready", "Ready"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Could not be written"),
                            ("expired", "No longer kept"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("asked", models.JSONField(default=dict)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("created_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField(default=0)),
                ("written", models.PositiveIntegerField(default=0)),
                ("position", models.JSONField(default=list)),
                ("bytes", models.PositiveBigIntegerField(default=0)),
                ("alive_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
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
                    models.Index(fields=["created_by", "-created_at", "id"], name="insight_export_list"),
                    models.Index(
                        condition=models.Q(("step", "ready")), fields=["expires_at"], name="insight_export_kept"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="insight_export_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["waiting", "running", "ready", "cancelled", "failed", "expired"])
                        ),
                        name="insight_export_step",
                        violation_error_message="There is no such step.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["csv", "xlsx"])),
                        name="insight_export_kind",
                        violation_error_message="Choose CSV or a spreadsheet.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "ready"), _negated=True),
                            models.Q(("expires_at__isnull", False), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="insight_export_ready_whole",
                        violation_error_message="A file that is ready says until when it is kept.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ("waiting", "running"))),
                        fields=("created_by",),
                        name="insight_export_one_at_a_time",
                        violation_error_message="An export of yours is still being written: wait for it, or cancel it.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="export_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{ready:expired,running:cancelled,running:failed,running:ready,waiting:cancelled,waiting:failed,waiting:ready,waiting:running}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="61d51a673c9225aa61e9227d80ca961fc0828ca6",
                    operation="UPDATE",
                    pgid="pgtrigger_export_step_af0f7",
                    table="insight_export",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="export_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('waiting')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:export_first_step]', NEW.step;",
                    hash="1c941ba139f6e455a0d55dd6607385f0fa60c16d",
                    operation="INSERT",
                    pgid="pgtrigger_export_first_step_4b232",
                    table="insight_export",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="report_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{frozen:signed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="adb7735ecec5ab227440ef2d957d60049cc71731",
                    operation="UPDATE",
                    pgid="pgtrigger_report_step_5fd1f",
                    table="insight_monthlyreport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="report_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('frozen')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:report_first_step]', NEW.step;",
                    hash="329a17ee83941417e26395cdfcd1c030d78ad43d",
                    operation="INSERT",
                    pgid="pgtrigger_report_first_step_84957",
                    table="insight_monthlyreport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="report_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."month" IS DISTINCT FROM (NEW."month") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."frozen_at" IS DISTINCT FROM (NEW."frozen_at") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."definitions" IS DISTINCT FROM (NEW."definitions") OR OLD."figures" IS DISTINCT FROM (NEW."figures") OR OLD."rows" IS DISTINCT FROM (NEW."rows") OR OLD."cases" IS DISTINCT FROM (NEW."cases"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="dfa8d57ff8588f07520089ac62a6bde5e127597e",
                    operation="UPDATE",
                    pgid="pgtrigger_report_frozen_105c0",
                    table="insight_monthlyreport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="report_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a29f7c227025d1ac430fc87f5bcbdc62e8ffe072",
                    operation="DELETE",
                    pgid="pgtrigger_report_kept_8e1de",
                    table="insight_monthlyreport",
                    when="BEFORE",
                ),
            ),
        ),
    ]
