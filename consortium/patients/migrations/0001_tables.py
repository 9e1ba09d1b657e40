"""Children, who may see them, and what was measured."""

import uuid
from decimal import Decimal

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("patients", "0001_initial"),
        ("patients", "0003_measurements"),
    ]

    dependencies = [
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("name_search", models.CharField(blank=True, editable=False, max_length=300)),
                ("baby_of", models.CharField(blank=True, max_length=120, verbose_name="baby of (mother's name)")),
                (
                    "birth_order",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="birth order (twins: 1, 2)"),
                ),
                ("birth_date", models.DateField(verbose_name="date of birth")),
                ("birth_time", models.TimeField(blank=True, null=True, verbose_name="time of birth")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Girl"), ("male", "Boy"), ("other", "Other"), ("unknown", "Not known")],
                        max_length=10,
                        verbose_name="sex",
                    ),
                ),
                (
                    "gestation_weeks",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="gestation at birth, weeks"),
                ),
                ("allergies", models.CharField(blank=True, max_length=300, verbose_name="allergies")),
                ("identity_sealed", models.BinaryField(null=True)),
                ("identity_hash", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
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
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_from",
                        to="patients.patient",
                    ),
                ),
                (
                    "registered_at",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "twin_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="twins",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="patients_patient_list"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name_search"], name="patients_patient_name", opclasses=["gin_trgm_ops"]
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="patients_patient_created_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("erased_at", None), ("merged_into", None)),
                        fields=("identity_hash",),
                        name="patients_patient_identity",
                        violation_error_message="A record with this identity number exists: link it with the guardian's consent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("baby_of", ""), _negated=True),
                            ("erased_at__isnull", False),
                            _connector="OR",
                        ),
                        name="patients_patient_named",
                        violation_error_message="Give the child's name, or for a newborn the mother's.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["female", "male", "other", "unknown"])),
                        name="patients_patient_sex",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gestation_weeks", None), ("gestation_weeks__range", (20, 45)), _connector="OR"
                        ),
                        name="patients_patient_gestation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="patients_patient_not_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("twin_of", None), models.Q(("twin_of", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="patients_patient_not_own_twin",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Pathway",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=20, unique=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pathways", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "-opened_at"], name="patients_pathway_of_patient")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("moved", models.JSONField(default=dict)),
                ("before", models.BinaryField(null=True)),
                ("merged_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "merged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "absorbed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("absorbed",), name="patients_merge_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("patient", models.F("absorbed")), _negated=True), name="patients_merge_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", None)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="patients_merge_undone_pair",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MeasurementSet",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("taken_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurement_sets",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "-taken_at", "-id"], name="patients_measured_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="patients_measurementset_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken_at__lte", models.F("recorded_at"))),
                        name="patients_measured_before_recorded",
                        violation_error_message="This time lies ahead.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("weight", "Weight"),
                            ("length", "Length or height"),
                            ("head", "Head circumference"),
                            ("muac", "Mid-upper arm circumference"),
                            ("temperature", "Temperature"),
                            ("resp_rate", "Breaths"),
                            ("heart_rate", "Heart rate"),
                            ("spo2", "Oxygen saturation"),
                            ("sbp", "Systolic blood pressure"),
                            ("dbp", "Diastolic blood pressure"),
                            ("crt", "Capillary refill"),
                            ("oxygen_flow", "Oxygen flow"),
                            ("oxygen_percent", "Oxygen breathed in"),
                            ("distress", "Respiratory distress"),
                            ("avpu", "Consciousness"),
                            ("support", "Breathing support"),
                            ("concern", "Concern"),
                        ],
                        max_length=20,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("value", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("unit", models.CharField(blank=True, max_length=12)),
                ("base", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("code", models.CharField(blank=True, max_length=20)),
                (
                    "position",
                    models.CharField(blank=True, choices=[("lying", "Lying"), ("standing", "Standing")], max_length=10),
                ),
                (
                    "site",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("axilla", "Armpit"),
                            ("ear", "Ear"),
                            ("oral", "Mouth"),
                            ("rectal", "Rectum"),
                            ("forehead", "Forehead"),
                        ],
                        max_length=10,
                    ),
                ),
                ("estimated", models.BooleanField(default=False)),
                ("confirmed", models.BooleanField(default=False)),
                ("entered_in_error_at", models.DateTimeField(null=True)),
                (
                    "error_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistyped", "Mistyped"),
                            ("wrong_unit", "Wrong unit"),
                            ("wrong_child", "Wrong child"),
                            ("faulty", "Wrongly measured"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced_by",
                        to="patients.measurement",
                    ),
                ),
                (
                    "measured",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="patients.measurementset"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measurements", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "kind", "-taken_at"], name="patients_measurement_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("0.3"), Decimal("300"))),
                                ("code", ""),
                                ("kind", "weight"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("20"), Decimal("230"))),
                                ("code", ""),
                                ("kind", "length"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("15"), Decimal("75"))),
                                ("code", ""),
                                ("kind", "head"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("40"), Decimal("600"))),
                                ("code", ""),
                                ("kind", "muac"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("20"), Decimal("45"))),
                                ("code", ""),
                                ("kind", "temperature"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("0"), Decimal("150"))),
                                ("code", ""),
                                ("kind", "resp_rate"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("0"), Decimal("350"))),
                                ("code", ""),
                                ("kind", "heart_rate"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("20"), Decimal("100"))),
                                ("code", ""),
                                ("kind", "spo2"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("20"), Decimal("300"))),
                                ("code", ""),
                                ("kind", "sbp"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("5"), Decimal("200"))),
                                ("code", ""),
                                ("kind", "dbp"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("0"), Decimal("20"))),
                                ("code", ""),
                                ("kind", "crt"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("0"), Decimal("80"))),
                                ("code", ""),
                                ("kind", "oxygen_flow"),
                            ),
                            models.Q(
                                ("base__isnull", False),
                                ("base__range", (Decimal("21"), Decimal("100"))),
                                ("code", ""),
                                ("kind", "oxygen_percent"),
                            ),
                            models.Q(
                                ("base", None),
                                ("code__in", ["none", "mild", "moderate", "severe"]),
                                ("kind", "distress"),
                                ("unit", ""),
                                ("value", None),
                            ),
                            models.Q(
                                ("base", None),
                                ("code__in", ["A", "V", "P", "U"]),
                                ("kind", "avpu"),
                                ("unit", ""),
                                ("value", None),
                            ),
                            models.Q(
                                ("base", None),
                                ("code__in", ["high_flow", "cpap", "bipap"]),
                                ("kind", "support"),
                                ("unit", ""),
                                ("value", None),
                            ),
                            models.Q(
                                ("base", None),
                                ("code__in", ["carer", "intuition", "sepsis", "septic_shock", "pupils"]),
                                ("kind", "concern"),
                                ("unit", ""),
                                ("value", None),
                            ),
                            _connector="OR",
                        ),
                        name="patients_measurement_limits",
                        violation_error_message="This value cannot be right.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("base", None), ("unit", ""), ("value", None)),
                            models.Q(
                                ("base__isnull", False), ("value__isnull", False), models.Q(("unit", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="patients_measurement_whole",
                        violation_error_message="A value has a unit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entered_in_error_at", None), ("error_reason", "")),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("error_reason__in", ["mistyped", "wrong_unit", "wrong_child", "faulty"]),
                            ),
                            _connector="OR",
                        ),
                        name="patients_measurement_error_reason",
                        violation_error_message="Say why the value is taken back.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replaces", None), models.Q(("replaces", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="patients_measurement_replaces_other",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("entered_in_error_at", None), models.Q(("kind", "concern"), _negated=True)),
                        fields=("measured", "kind"),
                        name="patients_measurement_once_each",
                        violation_error_message="Each is measured once at a time.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("mother", "Mother"),
                            ("father", "Father"),
                            ("grandparent", "Grandparent"),
                            ("guardian", "Legal guardian"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="relation",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("language", models.CharField(blank=True, max_length=10)),
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guardians", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "id"], name="patients_guardian_of_patient")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="patients_guardian_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["mother", "father", "grandparent", "guardian", "other"])),
                        name="patients_guardian_relation",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("share", "Share the record with the hospitals that help"),
                            ("video", "Video consultation"),
                            ("recording", "Recording"),
                            ("teaching", "Teaching, without name"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Given"), ("rejected", "Refused"), ("inactive", "Withdrawn")], max_length=20
                    ),
                ),
                ("how", models.CharField(blank=True, max_length=60)),
                ("recorded_at", models.DateTimeField()),
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
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.guardian",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "kind", "-recorded_at"], name="patients_consent_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="patients_consent_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["share", "video", "recording", "teaching"])),
                        name="patients_consent_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "rejected", "inactive"])),
                        name="patients_consent_status",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AccessGrant",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("emergency", "Emergency: the child's life or health is at risk"),
                            ("safeguarding", "Child protection"),
                            ("complaint", "Complaint or inquiry"),
                            ("other", "Other, as explained"),
                        ],
                        max_length=20,
                    ),
                ),
                ("explanation", models.BinaryField(null=True)),
                ("granted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("justified", "Justified"), ("questioned", "To be followed up")],
                        max_length=20,
                    ),
                ),
                ("review_note", models.BinaryField(null=True)),
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
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="access_grants", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["user", "patient", "expires_at"], name="patients_grant_running"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["expires_at"], name="patients_grant_due"
                    ),
                    models.Index(fields=["institution", "-granted_at", "id"], name="patients_grant_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="patients_accessgrant_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("granted_at"))), name="patients_grant_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["emergency", "safeguarding", "complaint", "other"])),
                        name="patients_grant_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at", None), ("reviewed_by", None), ("verdict", "")),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                ("verdict__in", ["justified", "questioned"]),
                            ),
                            _connector="OR",
                        ),
                        name="patients_grant_reviewed_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("user", "patient"),
                        name="patients_grant_one_running",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RecordNumber",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="record number")),
                ("created_at", models.DateTimeField()),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_numbers",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["patient", "institution"], name="patients_record_of_patient")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("institution", "number"),
                        name="patients_record_number",
                        violation_error_message="This record number is already in use here.",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PathwayMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.institution"
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="patients.pathway"
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
                "indexes": [
                    models.Index(fields=["user", "pathway"], name="patients_member_user"),
                    models.Index(fields=["institution", "pathway"], name="patients_member_institution"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pathway", "institution", "user"),
                        name="patients_pathway_member_once",
                        nulls_distinct=False,
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurementset",
            trigger=pgtrigger.compiler.Trigger(
                name="measured_read_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."taken_at" IS DISTINCT FROM (NEW."taken_at") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2ad30ea1a31f638da3ca5e5a3684048f30478ce5",
                    operation="UPDATE",
                    pgid="pgtrigger_measured_read_only_9930b",
                    table="patients_measurementset",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurementset",
            trigger=pgtrigger.compiler.Trigger(
                name="measured_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a69cfd9854a5f1ba9a6bf17a277de42e8f3dd44c",
                    operation="DELETE",
                    pgid="pgtrigger_measured_kept_f3f95",
                    table="patients_measurementset",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurement",
            trigger=pgtrigger.compiler.Trigger(
                name="measurement_read_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."measured_id" IS DISTINCT FROM (NEW."measured_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."taken_at" IS DISTINCT FROM (NEW."taken_at") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."base" IS DISTINCT FROM (NEW."base") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."site" IS DISTINCT FROM (NEW."site") OR OLD."estimated" IS DISTINCT FROM (NEW."estimated") OR OLD."confirmed" IS DISTINCT FROM (NEW."confirmed") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7d136b13b78c0ff06825724384c52110b0e81008",
                    operation="UPDATE",
                    pgid="pgtrigger_measurement_read_only_1ebea",
                    table="patients_measurement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurement",
            trigger=pgtrigger.compiler.Trigger(
                name="measurement_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9dc05d396bc7d65e36c0febefa74a57feff3b485",
                    operation="DELETE",
                    pgid="pgtrigger_measurement_kept_6f2ab",
                    table="patients_measurement",
                    when="BEFORE",
                ),
            ),
        ),
    ]
