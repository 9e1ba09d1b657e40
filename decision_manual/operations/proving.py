"""The proof sheet of a version is made once and kept beside it."""

from uuid import UUID

from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from decision_manual.library import load
from decision_manual.models import PathwayVersion, ProofSheet


def prove_version(*, actor: Actor, version_id: UUID) -> ProofSheet:
    """Check a version against the newest versions around it, plant faults in it, and keep the sheet. Some seconds."""
    # Z3 is large; only the worker that proves brings it up
    from decision_manual.checker.sheet import proof_sheet
    from decision_manual.checker.vectors import Bench, vectors

    version = PathwayVersion.objects.get(pk=version_id)
    library = {row.pathway: row.content for row in PathwayVersion.objects.newest()}
    library[version.pathway] = version.content
    bench = Bench(library, load().shared, vectors())
    sheet = proof_sheet(version.content, library, bench, clock.today())
    passed = not any(check["faults"] for check in sheet["checks"].values())
    with transaction.atomic():
        proof = ProofSheet.objects.create(version=version, made_at=clock.now(), passed=passed, sheet=sheet)
        record(actor=actor, verb="prove", subject=version, facts={"passed": passed})
    return proof
