from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from consortium.embedded.translations import compile_stale


class Command(BaseCommand):
    help = "Compile the translations that changed (Babel; needs no gettext tools)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_stale(settings.LOCALE_PATHS):
            self.stdout.write(f"compiled {path}")
