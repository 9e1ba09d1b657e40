"""The extensions that rules of the database stand on: equality in exclusion constraints, and search by similarity."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    run_before = [("people", "0001_tables")]
    operations = [BtreeGistExtension(), TrigramExtension()]
