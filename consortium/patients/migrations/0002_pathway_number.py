"""Where the readable numbers of pathways come from: it never waits, and a rolled-back opening leaves a gap."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_tables")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE patients_pathway_number AS bigint",
            "DROP SEQUENCE patients_pathway_number",
        )
    ]
