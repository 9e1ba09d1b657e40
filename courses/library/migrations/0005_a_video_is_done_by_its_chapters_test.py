from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0004_chapters_have_exams")]

    operations = [
        migrations.AlterField(
            "lesson",
            "video_rule",
            models.CharField(
                choices=[
                    ("watched", "Watching it"),
                    ("tested_out", "Passing the test of its chapter"),
                    ("either", "Watching it, or passing the test of its chapter"),
                ],
                default="watched",
                max_length=20,
                verbose_name="what completes a video",
            ),
        ),
    ]
