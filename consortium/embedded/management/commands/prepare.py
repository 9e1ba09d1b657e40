import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from consortium.embedded.freshness import Stamp
from consortium.embedded.translations import compile_stale

_PATIENCE_SECONDS = 60


class Command(BaseCommand):
    help = "What a start needs: translations, static files, migrations, and the demonstration in an empty database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["files", "data"], help="half of it; the halves may run side by side")

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        if only != "data":
            compile_stale(settings.LOCALE_PATHS)
            self.collect_static()
        if only != "files":
            self.wait_for_database()
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            call_command("manual", "load")
            if settings.DEMO_MODE:
                call_command("load_demo", manual=not self.is_empty())

    def collect_static(self) -> None:
        """Hash and compress the static files when one of them changed since the last time."""
        if not settings.STATIC_COLLECTED:
            return
        stamp = Stamp(settings.STATIC_ROOT.with_name("static.stamp"))
        sources = [folder if not isinstance(folder, tuple) else folder[1] for folder in settings.STATICFILES_DIRS]
        with stamp.unless_fresh([*sources, settings.BASE_DIR / "uv.lock"]) as stale:
            if stale or not settings.STATIC_ROOT.exists():
                call_command("collectstatic", interactive=False, verbosity=0, clear=True)

    def wait_for_database(self) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                connection.ensure_connection()
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def is_empty(self) -> bool:
        """Whether nobody can sign in yet, and there is a demonstration to load."""
        return "load_demo" in get_commands() and not apps.get_model(settings.AUTH_USER_MODEL)._base_manager.exists()
