"""Rows as the mappings see them, without a database: plain names with sensible values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def key(number: int) -> UUID:
    return UUID(int=number)


def row(**named: Any) -> Any:
    plain = {"pk": key(1), "touched_at": NOON, "version": 3}
    return SimpleNamespace(**{**plain, **named})


def person(name: str = "Dr Heart", **named: Any) -> Any:
    plain = {
        "pk": key(7), "full_name": name, "full_name_zh": "", "title": "Attending physician", "licence_number": "1103",
        "phone": "021 1", "is_active": True,
    }  # fmt: skip
    return row(**{**plain, **named})


def institution(**named: Any) -> Any:
    plain = {
        "pk": key(9), "name_en": "Children's Hospital", "name_zh": "儿童医院", "tier": 3, "closed_at": None,
        "phone": "", "address": "",
    }  # fmt: skip
    return row(**{**plain, **named})


def seat(**named: Any) -> Any:
    plain = {
        "user_id": key(7), "user": person(), "institution_id": key(9), "institution": institution(),
        "role": "specialist", "starts_on": date(2020, 1, 1), "ends_on": None, "suspended_at": None, "specialty": None,
    }  # fmt: skip
    return row(**{**plain, **named})


def child(**named: Any) -> Any:
    plain = {
        "display_name": "Lin Xiaoyu", "sex": "female", "birth_date": date(2026, 4, 26), "birth_order": None,
        "gestation_weeks": None, "allergies": "", "merged_into_id": None, "erased_at": None,
        "registered_at_id": key(9), "registered_at": institution(),
        "record_numbers": SimpleNamespace(all=list),
    }  # fmt: skip
    return row(**{**plain, **named})


def guardian(**named: Any) -> Any:
    return row(
        **{"relation": "mother", "name": "Chen Mei", "phone": "138", "language": "", "patient_id": key(2), **named}
    )


def consent(**named: Any) -> Any:
    plain = {
        "kind": "share", "status": "active", "superseded": False, "patient_id": key(2), "guardian_id": None,
        "recorded_at": NOON,
    }  # fmt: skip
    return row(**{**plain, **named})


def measurement(**named: Any) -> Any:
    plain = {
        "kind": "weight", "value": Decimal("6.8"), "unit": "kg", "code": "", "site": "", "position": "",
        "estimated": False, "entered_in_error_at": None, "replaces_id": None, "patient_id": key(2), "taken_at": NOON,
        "measured": SimpleNamespace(institution=institution(), recorded_at=NOON + HOUR),
    }  # fmt: skip
    return row(**{**plain, **named})


def booking(**named: Any) -> Any:
    uses = [SimpleNamespace(resource=SimpleNamespace(user=person(), user_id=key(7), name_en=""))]
    plain = {
        "kind": "clinic", "step": "booked", "begins": NOON, "ends": NOON + HOUR, "created_at": NOON, "case_id": key(3),
        "case": SimpleNamespace(patient_id=key(2)), "uses": SimpleNamespace(all=lambda: uses), "slot_id": None,
    }  # fmt: skip
    return row(**{**plain, **named})


def meeting(**named: Any) -> Any:
    plain = {
        "step": "proposed", "minutes": 15, "asker": person("Dr Asker", pk=key(6)), "specialist": person(),
        "starts_at": None, "created_at": NOON, "wish": "after lunch", "outcome": "", "with_guardian": False,
        "case_id": key(3), "case": SimpleNamespace(patient_id=key(2)), "times": [NOON],
    }  # fmt: skip
    return row(**{**plain, **named})


def entry(**named: Any) -> Any:
    plain = {
        "pk": 77, "verb": "claim", "at": NOON, "actor": person(), "actor_id": key(7), "actor_name": "Dr Heart",
        "actor_role": "specialist,service_lead", "institution": institution(), "subject_id": str(key(3)),
        "patient_id": key(2), "chain": "patient:2", "seq": 5, "hash": b"\x01\x02",
    }  # fmt: skip
    return row(**{**plain, **named})


def attachment(**named: Any) -> Any:
    plain = {
        "kind": "image/jpeg", "size": 1234, "sha256": "ab", "frames": {}, "created_at": NOON, "created_by_id": key(6),
        "created_by": person("Dr Asker", pk=key(6)), "case_id": key(3), "case": SimpleNamespace(patient_id=key(2)),
    }  # fmt: skip
    return row(**{**plain, **named})


def consultation(**named: Any) -> Any:
    plain = {
        "step": "in_progress", "question": "Can she wait?", "situation": "", "background": "", "assessment": "",
        "recommendation": "", "working_diagnosis": "", "change": "", "referral_avoided": None, "usefulness": None,
    }  # fmt: skip
    return row(**{**plain, **named})


def service(**named: Any) -> Any:
    specialty = row(code="cardiology", name_en="Cardiology", name_zh="心内科")
    plain = {"pk": key(8), "name_en": "Cardiology", "institution_id": key(9), "specialty": specialty}
    return row(**{**plain, **named})


def case(**named: Any) -> Any:
    """A case and its consultation (`consultation=`)."""
    plain = {
        "pk": key(3), "consultation": consultation(), "patient_id": key(2), "pathway": row(number="P26-000001"),
        "pathway_id": key(4), "service": service(), "service_id": key(8), "responder": person(), "responder_id": key(7),
        "asker": person("Dr Asker", pk=key(6)), "asker_id": key(6), "asking_institution_id": key(10), "priority": 3,
        "sex": "female", "age_days": 210, "weight_grams": 6800, "created_at": NOON, "submitted_at": NOON + HOUR,
        "closed_at": None, "is_open": True, "due_at": NOON + 2 * HOUR, "ball": "responder",
    }  # fmt: skip
    return row(**{**plain, **named})


def answer(**named: Any) -> Any:
    plain = {
        "case_id": key(3), "case": SimpleNamespace(patient_id=key(2), service=service()), "number": 1,
        "impression": "Innocent murmur.", "do_now": "No echo.", "red_flags": "", "when_to_refer": "", "follow_up": "",
        "follow_up_on": None, "signed_by": person(), "signer_name": "Dr Heart", "signer_title": "Chief physician",
        "signer_licence": "1103", "signed_at": NOON, "corrects_id": None, "correction_reason": "",
        "acknowledged_at": None,
    }  # fmt: skip
    return row(**{**plain, **named})


def opinion(**named: Any) -> Any:
    plain = {
        "case_id": key(3), "case": SimpleNamespace(patient_id=key(2)), "service": service(),
        "specialist": person("Dr Second"), "agrees": True, "text": "I agree.", "given_at": NOON,
        "signer_name": "Dr Second", "signer_title": "", "signer_licence": "",
    }  # fmt: skip
    return row(**{**plain, **named})
