"""Files of cases, series and clean copies."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import consortium.files.sniff.kinds


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("files", "0001_initial"),
        ("files", "0002_series_and_clean_copies"),
        ("files", "0003_voice_notes_and_files_of_messages"),
    ]

    dependencies = [
        ("casework", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("uid_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="casework.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "series of images",
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [models.UniqueConstraint(fields=("case", "uid_hash"), name="files_series_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("pending", "Being checked"),
                            ("available", "Available"),
                            ("threats_found", "Blocked: unsafe"),
                            ("validation_failed", "Not usable"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("name_sealed", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("about", models.JSONField(default=dict)),
                ("place", models.FloatField(blank=True, null=True)),
                ("number", models.IntegerField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, max_length=30)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("inspecting_since", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "held_up",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("scanner", "Waiting for the virus scanner. It is checked as soon as the scanner answers."),
                            ("server", "The server has no room just now. It is checked as soon as there is some."),
                        ],
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("rendered_at", models.DateTimeField(blank=True, null=True)),
                ("render_attempts", models.PositiveSmallIntegerField(default=0)),
                ("transcript_sealed", models.BinaryField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="casework.case"
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
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="files.series",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["case", "created_at", "id"], name="files_attachment_of_case"),
                    models.Index(
                        condition=models.Q(("received_at", None)),
                        fields=["expires_at"],
                        name="files_attachment_unfinished",
                    ),
                    models.Index(
                        condition=models.Q(("received_at__isnull", False), ("step", "pending")),
                        fields=["received_at"],
                        name="files_attachment_waiting",
                    ),
                    models.Index(fields=["series", "place", "number"], name="files_attachment_of_series"),
                    models.Index(
                        condition=models.Q(
                            ("kind", consortium.files.sniff.kinds.Kind["DICOM"]),
                            ("rendered_at", None),
                            ("step", "available"),
                        ),
                        fields=["decided_at"],
                        name="files_attachment_unrendered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="files_attachment_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["pending", "available", "threats_found", "validation_failed"])
                        ),
                        name="files_attachment_step",
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="files_attachment_size"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step", "pending"),
                            models.Q(("decided_at__isnull", False), ("received_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="files_attachment_decided",
                        violation_error_message="A file is judged after all of it has come.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "available"), _negated=True),
                            models.Q(
                                ("fault", ""),
                                (
                                    "kind__in",
                                    [
                                        "image/jpeg",
                                        "image/png",
                                        "image/webp",
                                        "application/pdf",
                                        "application/dicom",
                                        "audio/webm",
                                        "audio/ogg",
                                        "audio/mp4",
                                    ],
                                ),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="files_attachment_available_whole",
                        violation_error_message="An available file has a known type and a checksum, and no fault.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ["threats_found", "validation_failed"]), _negated=True),
                            models.Q(("fault", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="files_attachment_refused_has_cause",
                        violation_error_message="A refused file has a cause.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_at", None), ("received_at__gte", models.F("created_at")), _connector="OR"
                        ),
                        name="files_attachment_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held_up", ""),
                            models.Q(("held_up__in", ["scanner", "server"]), ("step", "pending")),
                            _connector="OR",
                        ),
                        name="files_attachment_held_up",
                        violation_error_message="Only a file that is being checked can be held up.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CleanCopy",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("preparing", "Being prepared"),
                            ("review", "Waits for somebody to look at its pictures"),
                            ("available", "Ready"),
                            ("failed", "Could not be made"),
                            ("rejected", "Discarded"),
                        ],
                        default="preparing",
                        max_length=20,
                    ),
                ),
                ("images", models.PositiveIntegerField(default=0)),
                ("flagged", models.PositiveIntegerField(default=0)),
                ("confirmed", models.PositiveIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("preparing_since", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.attachment",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clean_copies", to="casework.case"
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
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.series",
                    ),
                ),
            ],
            options={
                "verbose_name": "de-identified copy",
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["case", "created_at"], name="files_cleancopy_of_case"),
                    models.Index(
                        condition=models.Q(("step", "preparing")), fields=["created_at"], name="files_cleancopy_waiting"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="files_cleancopy_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["preparing", "review", "available", "failed", "rejected"])),
                        name="files_cleancopy_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attachment", None), ("series__isnull", False)),
                            models.Q(("attachment__isnull", False), ("series", None)),
                            _connector="OR",
                        ),
                        name="files_cleancopy_of_one",
                        violation_error_message="A copy is made of one file or of one series.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed__lte", models.F("flagged")), ("flagged__lte", models.F("images"))
                        ),
                        name="files_cleancopy_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "available"), _negated=True),
                            models.Q(
                                ("confirmed", models.F("flagged")),
                                ("images__gt", 0),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="files_cleancopy_looked_at",
                        violation_error_message="A copy is released after each of its marked pictures was looked at.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CleanImage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("reasons", models.JSONField(default=list)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.attachment"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "copy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="files.cleancopy"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("copy", "number"), name="files_cleanimage_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="files_cleanimage_confirmed_pair",
                        violation_error_message="A picture is confirmed by a person, at a time.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MessageFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sent_with", to="files.attachment"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.case"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.message"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("message", "attachment"), name="files_message_file_once"),
                    models.UniqueConstraint(fields=("message", "place"), name="files_message_file_place"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cleancopy",
            trigger=pgtrigger.compiler.Trigger(
                name="clean_copy_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{available:rejected,preparing:available,preparing:failed,preparing:review,review:available,review:rejected}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="4ece287937de585bdc87dff337bb45f6eac191a7",
                    operation="UPDATE",
                    pgid="pgtrigger_clean_copy_step_e56ec",
                    table="files_cleancopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cleancopy",
            trigger=pgtrigger.compiler.Trigger(
                name="clean_copy_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('preparing')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:clean_copy_first_step]', NEW.step;",
                    hash="1f039481fa9ee52c89631299115fcd9f9f609344",
                    operation="INSERT",
                    pgid="pgtrigger_clean_copy_first_step_d808e",
                    table="files_cleancopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="attachment_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{pending:available,pending:threats_found,pending:validation_failed,validation_failed:pending}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ce51027ada8648ebdffcf9532707781e5ed3a21d",
                    operation="UPDATE",
                    pgid="pgtrigger_attachment_step_e1c41",
                    table="files_attachment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="attachment_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('pending')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:attachment_first_step]', NEW.step;",
                    hash="654ef24e4f23d5a982231e916017a7f7b8c9a8f2",
                    operation="INSERT",
                    pgid="pgtrigger_attachment_first_step_824ef",
                    table="files_attachment",
                    when="BEFORE",
                ),
            ),
        ),
    ]
