"""The rows of the radar, kept by the database: whoever writes a case, a clock or a step keeps them true."""

from django.db import migrations

# A row while it is open and nobody will be told: no clock runs that has a step of escalation ahead, or the day of its
# step is itself the alarm (states.DAY_STEPS).
WATCH = """
-- a database between two of the old migrations is told so here, not by its first write
SELECT 'referrals_unwatched'::regclass;
CREATE FUNCTION referrals_watch(referral uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO referrals_unwatched (case_id, receiver_id, sender_id, priority, due_at)
  SELECT c.id, s.institution_id, c.asking_institution_id, c.priority, c.due_at
  FROM referrals_referral r JOIN casework_case c ON c.id = r.case_id JOIN casework_service s ON s.id = c.service_id
  WHERE r.case_id = referral AND c.is_open AND c.submitted_at IS NOT NULL
    AND (r.step IN ('scheduled', 'en_route', 'following') OR NOT EXISTS (
      SELECT FROM casework_clock k WHERE k.case_id = r.case_id AND k.stopped_at IS NULL AND k.paused_at IS NULL
        AND k.escalates_at IS NOT NULL))
  ON CONFLICT (case_id) DO UPDATE SET receiver_id = excluded.receiver_id, sender_id = excluded.sender_id,
    priority = excluded.priority, due_at = excluded.due_at;
  IF NOT FOUND THEN
    DELETE FROM referrals_unwatched WHERE case_id = referral;
  END IF;
END $$;
CREATE FUNCTION referrals_watch_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM referrals_watch(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION referrals_watch_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM referrals_watch(coalesce(NEW.case_id, OLD.case_id));
  RETURN NULL;
END $$;
CREATE TRIGGER referrals_watch AFTER UPDATE ON casework_case FOR EACH ROW
  WHEN (NEW.kind = 'referral' AND (OLD.is_open, OLD.submitted_at, OLD.service_id, OLD.asking_institution_id,
    OLD.priority, OLD.due_at) IS DISTINCT FROM (NEW.is_open, NEW.submitted_at, NEW.service_id,
    NEW.asking_institution_id, NEW.priority, NEW.due_at)) EXECUTE FUNCTION referrals_watch_case();
CREATE TRIGGER referrals_watch AFTER INSERT OR DELETE ON casework_clock FOR EACH ROW
  EXECUTE FUNCTION referrals_watch_of_case();
CREATE TRIGGER referrals_watch_changed AFTER UPDATE ON casework_clock FOR EACH ROW
  WHEN ((OLD.stopped_at, OLD.paused_at, OLD.escalates_at) IS DISTINCT FROM
    (NEW.stopped_at, NEW.paused_at, NEW.escalates_at)) EXECUTE FUNCTION referrals_watch_of_case();
CREATE TRIGGER referrals_watch AFTER INSERT OR DELETE ON referrals_referral FOR EACH ROW
  EXECUTE FUNCTION referrals_watch_of_case();
CREATE TRIGGER referrals_watch_changed AFTER UPDATE ON referrals_referral FOR EACH ROW
  WHEN (OLD.step IS DISTINCT FROM NEW.step) EXECUTE FUNCTION referrals_watch_of_case();
"""

UNDO = """
DROP TRIGGER referrals_watch ON casework_case; DROP TRIGGER referrals_watch ON casework_clock;
DROP TRIGGER referrals_watch_changed ON casework_clock; DROP TRIGGER referrals_watch ON referrals_referral;
DROP TRIGGER referrals_watch_changed ON referrals_referral;
DROP FUNCTION referrals_watch_case(); DROP FUNCTION referrals_watch_of_case(); DROP FUNCTION referrals_watch(uuid);
"""


class Migration(migrations.Migration):
    replaces = [("referrals", "0007_radar_reads_what_it_shows")]
    dependencies = [("referrals", "0001_tables")]
    operations = [migrations.RunSQL(WATCH, UNDO)]
