"""An erased child's files: the bytes are gone, whatever state they were in."""

from uuid import uuid4

import pytest
from django.db import transaction

from consortium.files.models import Attachment, shelf_root, staging_root
from consortium.files.operations import attach_small, inspect_attachment
from consortium.journal.operations import record
from consortium.journal.tasks import relay
from consortium.kernel.actors import acting_as, system
from consortium.patients.events import PatientErased
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.cast import actor_for
from tests.factories.cases import make_draft
from tests.files.makers import jpeg


@pytest.mark.django_db
def test_nothing_of_an_erased_childs_files_is_left(
    asker: User, community: Institution, patient: Patient, settings: object
) -> None:
    case_id = make_draft(patient, asker, community).case_id
    data = jpeg()
    actor = actor_for(asker)
    with acting_as(actor):
        shown, waiting = (
            attach_small(actor=actor, case_id=case_id, name=f"{uuid4()}.jpg", size=len(data), pieces=[data])
            for _ in range(2)
        )
    with acting_as(system("test")) as eraser:
        inspect_attachment(actor=eraser, attachment_id=shown.pk)
        assert any(path.is_file() for path in shelf_root().rglob("*"))
        with transaction.atomic():
            record(actor=eraser, verb="erase", subject=patient, patient_id=patient.pk, event=PatientErased(patient.pk))
        while relay():
            pass
    left = [path for root in (shelf_root(), staging_root()) for path in root.rglob("*") if path.is_file()]
    assert [path for path in left if str(shown.pk) in str(path) or str(waiting.pk) in str(path)] == []
    assert not Attachment.unscoped.filter(withdrawn_at=None).exists()
