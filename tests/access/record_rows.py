"""The API's rows of children's records and of the journal."""

from __future__ import annotations

from tests.access.api_rows import _id, _words
from tests.access.page_rows import CENTRE, CLINICIANS, KNOW, _others
from tests.access.rows import Row

OFFICERS = "privacy auditor"
_FACTS = _words(institution_id=_id("centre"), name="Wang Fang", birth_date="2026-05-02", sex="female")
_PERSON = {"name": "Chen Mei", "relation": "mother"}
_GLASS = _words(
    token=lambda world: world.token_of_district, institution_id=_id("district_hospital"), reason="emergency",
    explanation="Unconscious in our emergency room.",
)  # fmt: skip
_LINK = _words(institution_id=_id("centre"), identity_number="E0000001", how="spoken", guardian=_PERSON)

ROWS = [
    Row("api:patients", "GET", CLINICIANS, _others(CLINICIANS), note="each their own"),
    Row("api:patients", "POST", CENTRE, _others(CENTRE), body=_FACTS),
    Row("api:patient-search", "POST", CLINICIANS, _others(CLINICIANS), body=_words(text="Lin"), note="each their own"),
    Row("api:patient-link", "POST", "", _others(CENTRE), body=_LINK, note="no record has this number"),
    Row("api:patient", "GET", KNOW),
    Row("api:patient", "PATCH", KNOW, body=_words(allergies="Egg", version=1)),
    Row("api:patient-twin", "POST", CENTRE, else_={"specialist": "422"}, note="needs a record number of one's own"),
    Row("api:patient-merge", "POST", CENTRE, body=_words(absorbed_id=_id("other_patient"))),
    Row("api:measurements", "GET", KNOW),
    Row("api:measurements", "POST", KNOW, body=_words(entries=[{"kind": "weight", "value": "6.8", "unit": "kg"}])),
    Row("api:measurements-latest", "GET", KNOW),
    Row("api:growth", "GET", KNOW),
    Row("api:measurement-correct", "POST", KNOW, body=_words(reason="mistyped")),
    Row("api:guardians", "POST", KNOW, body=_words(**_PERSON)),
    Row("api:guardian", "PUT", KNOW, body=_words(**_PERSON, version=1)),
    Row("api:consents", "GET", KNOW),
    Row("api:consents", "POST", KNOW, body=_words(kind="share", status="active")),
    Row("api:patient-readers", "GET", OFFICERS, KNOW),
    Row("api:merge-undo", "POST", CENTRE),
    Row("api:pathway-close", "POST", KNOW),
    Row("api:pathway-reopen", "POST", KNOW),
    Row("api:access-grants", "GET", OFFICERS, _others(OFFICERS)),
    Row("api:access-grants", "POST", "district", _others(CLINICIANS), body=_GLASS, note="a token of one's own search"),
    Row("api:access-grant-end", "POST", "district privacy", "auditor"),
    Row("api:access-grant-review", "POST", "privacy", "district auditor", body=_words(verdict="justified")),
    Row("api:journal", "GET", OFFICERS, _others(OFFICERS)),
    Row("api:journal-verification", "GET", "", _others(OFFICERS), note="none has been made yet"),
]
