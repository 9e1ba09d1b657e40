import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0007_legs_of_a_referral"),
        ("patients", "0003_measurements"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CareDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fields", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "letter",
                    models.CharField(
                        choices=[("outcome", "Outcome"), ("plan", "Plan to send back with")], max_length=10
                    ),
                ),
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
        migrations.RemoveConstraint(
            model_name="referral",
            name="referrals_one_open_for_a_problem",
        ),
        migrations.AddField(
            model_name="outcome",
            name="avoidable",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("avoidable", False), models.Q(("destination", "home"), ("special_care", False)), _connector="OR"
                ),
                name="referrals_outcome_avoidable",
                violation_error_message="Only a child that went home and needed nothing special could have stayed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_stat", False),
                    (
                        "step__in",
                        (
                            "requested",
                            "seen",
                            "declined",
                            "accepted",
                            "scheduled",
                            "unattended",
                            "visit_cancelled",
                            "transport",
                            "en_route",
                            "arrived",
                            "under_care",
                            "following",
                        ),
                    ),
                ),
                fields=("patient", "problem", "kind"),
                name="referrals_one_open_for_a_problem",
                violation_error_message="This child is referred for this problem already: open that referral.",
            ),
        ),
        migrations.AddField(
            model_name="caredraft",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="caredraft",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="care_drafts", to="casework.case"
            ),
        ),
        migrations.AddConstraint(
            model_name="caredraft",
            constraint=models.UniqueConstraint(fields=("case", "author", "letter"), name="referrals_care_draft_once"),
        ),
        migrations.AddConstraint(
            model_name="caredraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("letter__in", ["outcome", "plan"])),
                name="referrals_care_draft_letter",
                violation_error_message="A draft is of an outcome or of a plan.",
            ),
        ),
    ]
