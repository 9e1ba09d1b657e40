"""`manage.py journal verify` recomputes every chain; `journal grant ROLE` equips the application's own database role.

In production migrations run as the owner of the tables, and the application as a role that can append to the journal
but neither change nor take out a row: the insert trigger keeps the chain heads with the owner's rights.
"""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from consortium.journal.models import Chain
from consortium.journal.queries import chain_faults

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")

#: what the role may not do, taken back after it was given all that the application needs
_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON journal_entry FROM {role}",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON journal_chain FROM {role}",
    "REVOKE DELETE, TRUNCATE ON journal_verification FROM {role}",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {role}",
)


def grants_for(role: str) -> list[str]:
    """The statements that make `role` the application's role; run as the owner, again after each migration."""
    if not _ROLE.fullmatch(role):
        raise CommandError("A role's name has small letters, digits and underscores.")
    return [statement.format(role=role) for statement in _GRANTS]


class Command(BaseCommand):
    help = "Verify the journal's hash chains, or give a database role what the application needs and no more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["verify", "grant"])
        parser.add_argument("role", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "grant":
            self._grant(options["role"])
        else:
            self._verify()

    def _grant(self, role: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in grants_for(role):
                cursor.execute(statement)
        self.stdout.write(f"{role} may append to the journal and nothing else there")

    def _verify(self) -> None:
        faults = list(chain_faults())
        for fault in faults:
            self.stdout.write(f"{fault.chain} #{fault.seq}: {fault.what}")
        if faults:
            raise CommandError(f"{len(faults)} faults in the journal")
        self.stdout.write(f"{Chain.objects.count()} chains hold")
