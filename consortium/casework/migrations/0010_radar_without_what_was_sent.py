"""Nothing reads it any more: the radar has rows of its own (referrals 0007)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_second_voice_in_the_thread")]

    operations = [migrations.RemoveIndex(model_name="case", name="casework_case_radar_sent")]
