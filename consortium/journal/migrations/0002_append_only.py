"""What makes the journal a record: numbers and hashes by the database, and no way back."""

from django.db import migrations

# A row's digest covers every column but the hash itself; the seal's ciphertext is covered, its key is not,
# so destroying a key leaves a chain that verifies.
DIGEST = """
CREATE FUNCTION journal_digest(e journal_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(e.previous_hash || convert_to(jsonb_build_array(
    e.chain, e.seq, extract(epoch from e.at), e.actor_kind, e.actor_id, e.actor_name, e.actor_role, e.institution_id,
    e.verb, e.subject_type, e.subject_id, e.patient_id, e.facts, encode(e.sealed, 'hex'), e.event, e.payload
  )::text, 'UTF8'))
$$;
"""

APPEND = """
CREATE FUNCTION journal_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE head journal_chain%ROWTYPE;
BEGIN
  INSERT INTO journal_chain (subject, last_seq, last_hash) VALUES (NEW.chain, 0, '') ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM journal_chain WHERE subject = NEW.chain FOR UPDATE;
  NEW.seq := head.last_seq + 1;
  NEW.previous_hash := head.last_hash;
  NEW.hash := journal_digest(NEW);
  UPDATE journal_chain SET last_seq = NEW.seq, last_hash = NEW.hash WHERE subject = NEW.chain;
  RETURN NEW;
END $$;
CREATE TRIGGER journal_append BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_append();
"""

REFUSE = """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The journal is append-only: % refused [rule:journal_append_only]', TG_OP;
END $$;
CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_refuse_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""

UNDO = """
DROP TRIGGER journal_refuse_truncate ON journal_entry; DROP TRIGGER journal_refuse ON journal_entry;
DROP TRIGGER journal_append ON journal_entry;
DROP FUNCTION journal_refuse(); DROP FUNCTION journal_append(); DROP FUNCTION journal_digest(journal_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables")]
    operations = [migrations.RunSQL(DIGEST + APPEND + REFUSE, UNDO)]
