import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_boxes_have_numbers"), ("library", "0003_lessons_by_questionnaire")]

    operations = [
        migrations.AddField(
            "chapter",
            "exam",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assessment.exam",
            ),
        ),
    ]
