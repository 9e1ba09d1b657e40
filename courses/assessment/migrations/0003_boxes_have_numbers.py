from django.db import migrations, models

# Full boxes are never changed, which a trigger sees to; what is numbered here is not what was answered. Those that are
# full come before the open one, for a box is numbered when it is begun.
_NUMBER = """
    ALTER TABLE assessment_answerbox DISABLE TRIGGER USER;
    UPDATE assessment_answerbox b SET number = n.number FROM (
        SELECT id, row_number() OVER (PARTITION BY questionnaire_id ORDER BY answers IS NULL, id) AS number
        FROM assessment_answerbox
    ) n WHERE n.id = b.id;
    ALTER TABLE assessment_answerbox ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_questionnaires")]

    operations = [
        migrations.AddField("answerbox", "number", models.PositiveIntegerField(null=True, editable=False)),
        migrations.RunSQL(_NUMBER, migrations.RunSQL.noop),
        migrations.AlterField("answerbox", "number", models.PositiveIntegerField(editable=False)),
        migrations.AddConstraint(
            "answerbox",
            models.UniqueConstraint(fields=["questionnaire", "number"], name="assessment_answerbox_number"),
        ),
    ]
