"""`manage.py load_demo`: the demonstration consortium, into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consortium.demo.operations import load
from consortium.demo.tasks import history
from consortium.people.models import User


class Command(BaseCommand):
    help = "Load the demonstration consortium into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("The demonstration loads in demo mode only (DEMO=1).")
        if User.objects.exists():
            raise CommandError("There are people here already; the demonstration loads into an empty database only.")
        load()
        history.apply_async()
        self.stdout.write("demonstration loaded")
