"""Questions at moments of a video lesson."""

import uuid

import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0001_tables"),
        ("library", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.PositiveIntegerField()),
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
            model_name="lesson",
            name="skippable",
            field=models.BooleanField(default=False, verbose_name="its questions may be skipped"),
        ),
        migrations.AddField(
            model_name="stop",
            name="lesson",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="stops", to="library.lesson"
            ),
        ),
        migrations.AddField(
            model_name="stop",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.itemversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.UniqueConstraint(
                fields=("lesson", "at"),
                name="library_stop_moment",
                violation_error_message="The video stops at this moment already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.UniqueConstraint(
                fields=("lesson", "question"),
                name="library_stop_once",
                violation_error_message="This question is asked in the video already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stop",
            trigger=pgtrigger.compiler.Trigger(
                name="stop_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN ((SELECT l.version_id FROM library_lesson l WHERE l.id = OLD.lesson_id), (SELECT l.version_id FROM library_lesson l WHERE l.id = NEW.lesson_id)) AND v.step <> 'draft') THEN\n                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';\n            END IF;\n            RETURN COALESCE(NEW, OLD);\n        ",
                    hash="75c95b7c3b6ac2b72cefe1f94b60a93df60f1bab",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_stop_fixed_bf91d",
                    table="library_stop",
                    when="BEFORE",
                ),
            ),
        ),
    ]
