"""The rows of the card of the children who come, kept by the database as those of the radar (0002)."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

# A row while it is open and its child travels to the house, is there or is followed up (states.COMING_STEPS).
EXPECT = """
CREATE FUNCTION referrals_expect(referral uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO referrals_expected (case_id, receiver_id, priority, due_at)
  SELECT c.id, s.institution_id, c.priority, c.due_at
  FROM referrals_referral r JOIN casework_case c ON c.id = r.case_id JOIN casework_service s ON s.id = c.service_id
  WHERE r.case_id = referral AND c.is_open AND c.submitted_at IS NOT NULL
    AND r.step IN ('transport', 'en_route', 'arrived', 'under_care', 'following')
  ON CONFLICT (case_id) DO UPDATE SET receiver_id = excluded.receiver_id, priority = excluded.priority,
    due_at = excluded.due_at;
  IF NOT FOUND THEN
    DELETE FROM referrals_expected WHERE case_id = referral;
  END IF;
END $$;
CREATE FUNCTION referrals_expect_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM referrals_expect(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION referrals_expect_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM referrals_expect(coalesce(NEW.case_id, OLD.case_id));
  RETURN NULL;
END $$;
CREATE TRIGGER referrals_expect AFTER UPDATE ON casework_case FOR EACH ROW
  WHEN (NEW.kind = 'referral' AND (OLD.is_open, OLD.submitted_at, OLD.service_id, OLD.priority, OLD.due_at)
    IS DISTINCT FROM (NEW.is_open, NEW.submitted_at, NEW.service_id, NEW.priority, NEW.due_at))
  EXECUTE FUNCTION referrals_expect_case();
CREATE TRIGGER referrals_expect AFTER INSERT OR DELETE ON referrals_referral FOR EACH ROW
  EXECUTE FUNCTION referrals_expect_of_case();
CREATE TRIGGER referrals_expect_changed AFTER UPDATE ON referrals_referral FOR EACH ROW
  WHEN (OLD.step IS DISTINCT FROM NEW.step) EXECUTE FUNCTION referrals_expect_of_case();
"""

THOSE_WHO_COME = """
SET LOCAL statement_timeout = 0;
SELECT referrals_expect(id) FROM casework_case WHERE kind = 'referral' AND is_open;
"""

UNDO = """
DROP TRIGGER referrals_expect ON casework_case; DROP TRIGGER referrals_expect ON referrals_referral;
DROP TRIGGER referrals_expect_changed ON referrals_referral;
DROP FUNCTION referrals_expect_case(); DROP FUNCTION referrals_expect_of_case(); DROP FUNCTION referrals_expect(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_tables"),
        ("people", "0001_tables"),
        ("referrals", "0002_radar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Expected",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
                ("due_at", models.DateTimeField()),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["receiver", "priority", "due_at", "case"], name="referrals_expected_by")
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(EXPECT, UNDO),
        migrations.RunSQL(THOSE_WHO_COME, migrations.RunSQL.noop),
    ]
