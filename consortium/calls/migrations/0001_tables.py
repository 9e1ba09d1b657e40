"""Rooms, seats and the ladder."""

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
        ("calls", "0001_rooms_and_the_ladder"),
    ]

    dependencies = [
        ("casework", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("open", "Open"),
                            ("ended", "Over"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("video", "Video"),
                            ("audio", "Sound only"),
                            ("stills", "A picture every few seconds"),
                            ("written", "In writing"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "The call was finished"),
                            ("no_answer", "Nobody else came"),
                            ("no_camera", "No camera"),
                            ("no_microphone", "No microphone"),
                            ("device_busy", "Another program uses the camera or microphone"),
                            ("declined", "Camera or microphone was not allowed"),
                            ("network_blocked", "The network lets no call through"),
                            ("network_weak", "The network is too slow"),
                            ("network_lost", "The connection was lost"),
                            ("browser_unsupported", "This browser can't hold calls"),
                            ("chosen", "Somebody chose so"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="casework.case"
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
                "indexes": [
                    models.Index(fields=["case", "-created_at"], name="calls_room_of_case"),
                    models.Index(condition=models.Q(("step", "open")), fields=["opened_at"], name="calls_room_open"),
                    models.Index(
                        condition=models.Q(("step", "planned")), fields=["starts_at"], name="calls_room_planned"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="calls_room_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["planned", "open", "ended", "cancelled"])),
                        name="calls_room_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ends_at", None), ("starts_at", None), models.Q(("step", "planned"), _negated=True)
                            ),
                            models.Q(
                                ("ends_at__gt", models.F("starts_at")),
                                ("ends_at__isnull", False),
                                ("starts_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="calls_room_period",
                        violation_error_message="A planned call has a beginning, and an end after it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("opened_at", None), ("step", "planned")),
                            models.Q(("ended_at__isnull", False), ("opened_at", None), ("step", "cancelled")),
                            models.Q(("ended_at", None), ("opened_at__isnull", False), ("step", "open")),
                            models.Q(
                                ("ended_at__gte", models.F("opened_at")),
                                ("ended_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("step", "ended"),
                            ),
                            _connector="OR",
                        ),
                        name="calls_room_times",
                        violation_error_message="A call is opened before it is over.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "cause__in",
                                    [
                                        "completed",
                                        "no_answer",
                                        "no_camera",
                                        "no_microphone",
                                        "device_busy",
                                        "declined",
                                        "network_blocked",
                                        "network_weak",
                                        "network_lost",
                                        "browser_unsupported",
                                        "chosen",
                                    ],
                                ),
                                ("outcome__in", ["", "video", "audio", "stills", "written"]),
                                ("step", "ended"),
                            ),
                            models.Q(models.Q(("step", "ended"), _negated=True), ("cause", ""), ("outcome", "")),
                            _connector="OR",
                        ),
                        name="calls_room_outcome",
                        violation_error_message="A call that is over says what came of it, and no other does.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "open")),
                        fields=("case",),
                        name="calls_room_one_open",
                        violation_error_message="A call about this child is open already: join it.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="GuestLink",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("device_hash", models.BinaryField(null=True)),
                ("bound_at", models.DateTimeField(blank=True, null=True)),
                ("consented_at", models.DateTimeField(blank=True, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="calls.room"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="calls_guestlink_created_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("room",),
                        name="calls_link_one",
                        violation_error_message="There is a link for the guardian already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bound_at", None), ("device_hash", None)),
                            models.Q(("bound_at__isnull", False), ("device_hash__isnull", False)),
                            _connector="OR",
                        ),
                        name="calls_link_bound_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consented_at", None), ("bound_at__isnull", False), _connector="OR"),
                        name="calls_link_consent_by_device",
                        violation_error_message="Who agrees to the call has opened the link first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="calls_link_period"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("asker", "Asking clinic"),
                            ("specialist", "Specialist"),
                            ("second", "Second specialist"),
                            ("guardian", "Guardian"),
                        ],
                        max_length=20,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("knocked_at", models.DateTimeField()),
                ("admitted_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField()),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="calls.guestlink",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="calls.room"
                    ),
                ),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["asker", "specialist", "second", "guardian"])),
                        name="calls_seat_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link__isnull", False), ("role", "guardian"), ("user", None)),
                            models.Q(
                                models.Q(("role", "guardian"), _negated=True), ("link", None), ("user__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="calls_seat_whose",
                        violation_error_message="A seat is a member of staff's, or a guardian's by link.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place", None), ("place__range", (1, 4)), _connector="OR"),
                        name="calls_seat_most",
                        violation_error_message="Four people are in the call already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("place", None),
                                models.Q(("admitted_at", None), ("left_at__isnull", False), _connector="OR"),
                            ),
                            models.Q(("admitted_at__isnull", False), ("left_at", None), ("place__isnull", False)),
                            _connector="OR",
                        ),
                        name="calls_seat_place_inside",
                        violation_error_message="Who was let in and has not left has a place, and nobody else.",
                    ),
                    models.UniqueConstraint(
                        fields=("room", "place"),
                        name="calls_seat_place_once",
                        violation_error_message="This place was just taken.",
                    ),
                    models.UniqueConstraint(fields=("room", "user"), name="calls_seat_user_once"),
                    models.UniqueConstraint(fields=("room", "link"), name="calls_seat_link_once"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("video", "Video"),
                            ("audio", "Sound only"),
                            ("stills", "A picture every few seconds"),
                            ("written", "In writing"),
                        ],
                        max_length=20,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "The call was finished"),
                            ("no_answer", "Nobody else came"),
                            ("no_camera", "No camera"),
                            ("no_microphone", "No microphone"),
                            ("device_busy", "Another program uses the camera or microphone"),
                            ("declined", "Camera or microphone was not allowed"),
                            ("network_blocked", "The network lets no call through"),
                            ("network_weak", "The network is too slow"),
                            ("network_lost", "The connection was lost"),
                            ("browser_unsupported", "This browser can't hold calls"),
                            ("chosen", "Somebody chose so"),
                        ],
                        max_length=30,
                    ),
                ),
                ("details", models.JSONField(default=dict)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="calls.room"
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="calls.seat"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["room", "began_at"], name="calls_attempt_of_room")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rung__in", ["video", "audio", "stills", "written"])),
                        name="calls_attempt_rung",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", ""), ("ended_at", None)),
                            models.Q(
                                (
                                    "cause__in",
                                    [
                                        "completed",
                                        "no_answer",
                                        "no_camera",
                                        "no_microphone",
                                        "device_busy",
                                        "declined",
                                        "network_blocked",
                                        "network_weak",
                                        "network_lost",
                                        "browser_unsupported",
                                        "chosen",
                                    ],
                                ),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="calls_attempt_ended_has_cause",
                        violation_error_message="What is over has a cause.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_at", None), ("held_at__gte", models.F("began_at")), _connector="OR"),
                            models.Q(("ended_at", None), ("ended_at__gte", models.F("began_at")), _connector="OR"),
                        ),
                        name="calls_attempt_period",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("seat",),
                        name="calls_attempt_one_running",
                        violation_error_message="One rung at a time.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Preflight",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "camera",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "The call was finished"),
                            ("no_answer", "Nobody else came"),
                            ("no_camera", "No camera"),
                            ("no_microphone", "No microphone"),
                            ("device_busy", "Another program uses the camera or microphone"),
                            ("declined", "Camera or microphone was not allowed"),
                            ("network_blocked", "The network lets no call through"),
                            ("network_weak", "The network is too slow"),
                            ("network_lost", "The connection was lost"),
                            ("browser_unsupported", "This browser can't hold calls"),
                            ("chosen", "Somebody chose so"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "microphone",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "The call was finished"),
                            ("no_answer", "Nobody else came"),
                            ("no_camera", "No camera"),
                            ("no_microphone", "No microphone"),
                            ("device_busy", "Another program uses the camera or microphone"),
                            ("declined", "Camera or microphone was not allowed"),
                            ("network_blocked", "The network lets no call through"),
                            ("network_weak", "The network is too slow"),
                            ("network_lost", "The connection was lost"),
                            ("browser_unsupported", "This browser can't hold calls"),
                            ("chosen", "Somebody chose so"),
                        ],
                        max_length=30,
                    ),
                ),
                ("speaker", models.BooleanField(blank=True, null=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("direct", "Directly"),
                            ("relay", "Through the hospital's relay"),
                            ("server", "Only through this site"),
                            ("none", "Not at all"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("video", "Video"),
                            ("audio", "Sound only"),
                            ("stills", "A picture every few seconds"),
                            ("written", "In writing"),
                        ],
                        max_length=20,
                    ),
                ),
                ("details", models.JSONField(default=dict)),
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
                "indexes": [models.Index(fields=["institution", "-at"], name="calls_preflight_of_place")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="calls_preflight_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["direct", "relay", "server", "none"])),
                        name="calls_preflight_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rung__in", ["video", "audio", "stills", "written"])),
                        name="calls_preflight_rung",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="call_room_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{open:ended,planned:cancelled,planned:open}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="07cd16e1fe36377285cf7b7c2785f5d3002d5a2b",
                    operation="UPDATE",
                    pgid="pgtrigger_call_room_step_18467",
                    table="calls_room",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="call_room_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('planned', 'open')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:call_room_first_step]', NEW.step;",
                    hash="fdde649adaf00ee6b25db70bebf1bd6aa3b24adf",
                    operation="INSERT",
                    pgid="pgtrigger_call_room_first_step_05977",
                    table="calls_room",
                    when="BEFORE",
                ),
            ),
        ),
    ]
