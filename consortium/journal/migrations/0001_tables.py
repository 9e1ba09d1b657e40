"""What happened, and who must still be told."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import consortium.journal.models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("journal", "0001_initial"),
    ]

    dependencies = [
        ("patients", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("subject", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("last_seq", models.BigIntegerField(default=0)),
                ("last_hash", models.BinaryField(default=bytes)),
            ],
            options={
                "db_table": "journal_chain",
            },
        ),
        migrations.CreateModel(
            name="SealingKey",
            fields=[
                ("subject", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_sealing_key",
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("position", models.CharField(blank=True, max_length=120)),
                ("chains", models.BigIntegerField(default=0)),
                ("newest_id", models.BigIntegerField()),
                ("settled_from", models.BigIntegerField(default=0)),
                ("settled_id", models.BigIntegerField(default=0)),
                ("settled_count", models.BigIntegerField(default=0)),
                ("settled_sum", models.DecimalField(decimal_places=0, default=0, max_digits=60)),
                ("faults", models.JSONField(default=list)),
                ("fault_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "journal_verification",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=120)),
                ("seq", consortium.journal.models.SetByDatabase(editable=False)),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("actor_role", models.CharField(blank=True, max_length=40)),
                ("verb", models.CharField(max_length=60)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("sealed", models.BinaryField(null=True)),
                ("event", models.CharField(blank=True, max_length=80)),
                ("payload", models.JSONField(default=dict)),
                ("previous_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
                (
                    "actor",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
            ],
            options={
                "db_table": "journal_entry",
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "seq"], name="journal_entry_subject"),
                    models.Index(fields=["actor", "-id"], name="journal_entry_actor"),
                    models.Index(fields=["institution", "-id"], name="journal_entry_institution"),
                    models.Index(
                        condition=models.Q(("patient__isnull", False)),
                        fields=["patient", "-id"],
                        name="journal_entry_patient",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("verb", "list-read")),
                        fields=["facts"],
                        name="journal_entry_listed",
                        opclasses=["jsonb_path_ops"],
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("chain", "seq"), name="journal_entry_seq")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receiver", models.CharField(max_length=120)),
                ("event", models.CharField(max_length=80)),
                ("payload", models.JSONField(default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("abandoned_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="journal.entry"
                    ),
                ),
            ],
            options={
                "db_table": "journal_delivery",
                "indexes": [
                    models.Index(
                        condition=models.Q(("abandoned_at", None), ("done_at", None)),
                        fields=["next_at"],
                        name="journal_delivery_due",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("entry", "receiver"), name="journal_delivery_once")],
            },
        ),
    ]
