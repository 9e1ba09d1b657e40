import sys
from typing import Any

from django.core.management.base import BaseCommand

from consortium.embedded.up import main


class Command(BaseCommand):
    help = "Run the whole consortium here (honours PORT, STATE_DIR, DATABASE_URL, REDIS_URL, DEMO)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(main())
