from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_boxes_have_numbers")]

    operations = [
        migrations.AddField("creditrule", "counts_known", models.BooleanField(default=False)),
        migrations.AddField("creditentry", "known", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
        migrations.AddConstraint(
            "creditentry",
            models.CheckConstraint(
                condition=Q(known__gte=0),
                name="assessment_creditentry_known",
                violation_error_message="Hours that were tested out are not fewer than none.",
            ),
        ),
    ]
