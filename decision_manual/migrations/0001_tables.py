"""Versions of the manual, runs and search."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("decision_manual", "0001_versions_runs_and_search"),
    ]

    dependencies = [
        ("patients", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="PathwayVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("pathway", models.SlugField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("family", models.CharField(max_length=20)),
                ("title_en", models.CharField(max_length=200)),
                ("title_zh", models.CharField(max_length=200)),
                ("age_from", models.PositiveIntegerField()),
                ("age_to", models.PositiveIntegerField()),
                ("next_review", models.DateField()),
                ("unverified", models.PositiveIntegerField()),
                ("written", models.TextField()),
                (
                    "indications",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("charts", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "author",
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
                "constraints": [
                    models.UniqueConstraint(fields=("pathway", "number"), name="decision_manual_version_number"),
                    models.UniqueConstraint(
                        fields=("pathway", "digest"),
                        name="decision_manual_version_once",
                        violation_error_message="This very content is a version already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_from__lt", models.F("age_to"))),
                        name="decision_manual_version_ages",
                        violation_error_message="A pathway is for some age.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paragraph",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=120)),
                ("language", models.CharField(max_length=2)),
                ("weight", models.CharField(max_length=1)),
                ("text", models.TextField()),
                ("initials", models.CharField(blank=True, max_length=60)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paragraphs",
                        to="decision_manual.pathwayversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="decision_manual_words"),
                    models.Index(
                        fields=["initials"], name="decision_manual_initials", opclasses=["varchar_pattern_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("passed", models.BooleanField()),
                ("sheet", models.JSONField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="decision_manual.pathwayversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked", models.JSONField()),
                ("answered", models.JSONField()),
                ("safety_net_given", models.BooleanField(default=False)),
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
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual_runs",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="decision_manual_run_created_once"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nodes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None),
                ),
                (
                    "indications",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("severity", models.CharField(blank=True, max_length=10)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="decision_manual.run"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="decision_manual.pathwayversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [models.UniqueConstraint(fields=("run", "version"), name="decision_manual_part_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="VersionState",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="decision_manual.pathwayversion",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("clinical_review", "Clinical review"),
                            ("pharmacy_review", "Pharmacy review"),
                            ("approved", "Approved"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("unverified", models.PositiveIntegerField()),
                ("clinician_at", models.DateTimeField(blank=True, null=True)),
                ("pharmacist_at", models.DateTimeField(blank=True, null=True)),
                ("demonstration", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clinician",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pharmacist",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["draft", "clinical_review", "pharmacy_review", "approved", "retired"])
                        ),
                        name="decision_manual_state_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("clinician", None), ("clinician_at", None)),
                            models.Q(("clinician__isnull", False), ("clinician_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_manual_clinician_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pharmacist", None), ("pharmacist_at", None)),
                            models.Q(("pharmacist__isnull", False), ("pharmacist_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_manual_pharmacist_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "approved"), _negated=True),
                            models.Q(("clinician__isnull", False), ("pharmacist__isnull", False)),
                            _connector="OR",
                        ),
                        name="decision_manual_two_approve",
                        violation_error_message="A clinician and a pharmacist approve a version.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("clinician", None),
                            ("pharmacist", None),
                            models.Q(("clinician", models.F("pharmacist")), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_manual_two_people",
                        violation_error_message="Two different people approve a version.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("author", None),
                            models.Q(
                                models.Q(
                                    ("clinician", None),
                                    models.Q(("clinician", models.F("author")), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("pharmacist", None),
                                    models.Q(("pharmacist", models.F("author")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="decision_manual_not_the_author",
                        violation_error_message="Nobody approves what they wrote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "approved"), _negated=True), ("unverified", 0), _connector="OR"
                        ),
                        name="decision_manual_all_verified",
                        violation_error_message="What is marked to be verified has to be looked up first.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pathwayversion",
            trigger=pgtrigger.compiler.Trigger(
                name="version_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="18a47cb349ea6c0a27cccdb543cfcbad24638775",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_version_immutable_2abf6",
                    table="decision_manual_pathwayversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proofsheet",
            trigger=pgtrigger.compiler.Trigger(
                name="proof_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ddb9afbeab463aff59fec61d15e69a55fcdb7bdb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_proof_immutable_b3f57",
                    table="decision_manual_proofsheet",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionstate",
            trigger=pgtrigger.compiler.Trigger(
                name="pathway_version_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{approved:retired,clinical_review:draft,clinical_review:pharmacy_review,clinical_review:retired,draft:clinical_review,draft:retired,pharmacy_review:approved,pharmacy_review:draft,pharmacy_review:retired}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="8bd925a6f827b03d84fe0c424b37c3d182189822",
                    operation="UPDATE",
                    pgid="pgtrigger_pathway_version_step_1432a",
                    table="decision_manual_versionstate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionstate",
            trigger=pgtrigger.compiler.Trigger(
                name="pathway_version_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:pathway_version_first_step]', NEW.step;",
                    hash="91eb2099101c808676c40087b0fbc18fc1c32c54",
                    operation="INSERT",
                    pgid="pgtrigger_pathway_version_first_step_77fa5",
                    table="decision_manual_versionstate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionstate",
            trigger=pgtrigger.compiler.Trigger(
                name="version_state_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."unverified" IS DISTINCT FROM (NEW."unverified"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5f490d00ee1a147af182d94e4cea61cc379febd3",
                    operation="UPDATE",
                    pgid="pgtrigger_version_state_fixed_1b474",
                    table="decision_manual_versionstate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionstate",
            trigger=pgtrigger.compiler.Trigger(
                name="version_state_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e0e86fa28758a766db7f3a35d70b5e7aadee2bf6",
                    operation="DELETE",
                    pgid="pgtrigger_version_state_kept_63c63",
                    table="decision_manual_versionstate",
                    when="BEFORE",
                ),
            ),
        ),
    ]
