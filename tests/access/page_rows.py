"""The rows of pages, fragments and scripts' addresses outside the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import ANYBODY, EVERYBODY, SIGN_IN, Row
from tests.access.world import ROLES

INSIDE = "asker colleague nurse specialist other_specialist lead coordinator"
CLINIC = "asker colleague"
KNOW = "asker colleague nurse specialist"
QUEUE = "other_specialist lead coordinator"
CENTRE = "asker colleague nurse"
SERVICE = "specialist other_specialist lead"
CLINICIANS = f"{KNOW} other_specialist lead district stranger"
HOSPITAL = f"{SERVICE} coordinator auditor"
ADMINS = "admin manager"


def _but(names: str, gone: str) -> str:
    return " ".join(name for name in names.split() if name not in gone.split())


def _others(gone: str) -> str:
    return _but(EVERYBODY, gone)


def _form(**fixed: Any) -> Any:
    return lambda world: {
        "request_key": uuid4(),
        **{name: value(world) if callable(value) else value for name, value in fixed.items()},
    }


def _both(route: str, may: str, sees: str = "", **more: Any) -> list[Row]:
    """A page with a form: looked at, and sent as it is when nothing is given, which comes back with what lacks."""
    return [
        Row(route, "GET", may, sees, **{k: v for k, v in more.items() if k != "body"}),
        Row(route, "POST", may, sees, **more),
    ]


def _at(**args: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in args.items()}


SITE = [
    Row("home", "GET", EVERYBODY, note="each their own first screen"),
    Row("healthz", "GET", "", else_=dict.fromkeys(["anonymous", *ROLES], "503"), note="no worker lives in this test"),
    Row("manifest", "GET", ANYBODY),
    Row("service_worker", "GET", ANYBODY),
    Row("offline", "GET", ANYBODY),
]

ACCOUNT = [
    Row("account_login", "GET", ANYBODY),
    Row("account_login", "POST", ANYBODY),
    *(
        row
        for route in (
            "account_reauthenticate", "account_change_password", "mfa_authenticate",
            "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes", "usersessions_list",
        )
        for row in _both(route, EVERYBODY)
    ),
    Row("account_logout", "GET", EVERYBODY),
    Row("account_logout", "POST", else_=dict.fromkeys(ROLES, SIGN_IN), note="leads to signing in"),
    Row("account_inactive", "GET", ANYBODY),
    Row("mfa_index", "GET", EVERYBODY),
    *_both("mfa_deactivate_totp", "", note="nobody here has a second factor to give up"),
    Row("mfa_view_recovery_codes", "GET", "", note="nobody here has any"),
    *_both("mfa_download_recovery_codes", "", note="nobody here has any"),
    *_both("people:account", EVERYBODY),
    Row("people:set_theme", "POST", ANYBODY, body=_form(theme="dark")),
    Row("people:set_language", "POST", ANYBODY, body=_form(language="zh-hans")),
    Row("people:device_end", "POST", "asker", args=_at(session_id=lambda w: w.session.pk)),
    Row("people:here", "POST", EVERYBODY),
    Row("people:lock", "POST", EVERYBODY),
    Row("people:unlock", "POST", EVERYBODY, body=_form(password="demo")),
]  # fmt: skip

_AT_UNRELATED = _at(institution_id=lambda w: w.unrelated.pk)
_DICOM = _at(attachment_id=lambda w: w.attachment["dicom"].pk, number=1, preset="lung")
_SMALL = _at(attachment_id=lambda w: w.attachment["dicom"].pk, number=1, preset="lung", size="small")
PEOPLE = [
    Row("people:institutions", "GET", EVERYBODY),
    *_both("people:institution_new", "manager", _others("manager")),
    Row("people:institution", "GET", EVERYBODY),
    *_both("people:institution_edit", ADMINS, HOSPITAL),
    *_both("people:institution_close", "manager", _others("manager"), args=_AT_UNRELATED),
    Row("people:institution_reopen", "POST", "manager", _others("manager")),
    *_both("people:department_new", ADMINS, HOSPITAL),
    *_both("people:department_edit", ADMINS, HOSPITAL),
    Row("people:staff", "GET", ADMINS, HOSPITAL),
    Row("people:own_staff", "GET", "admin community_admin", _others("admin community_admin")),
    Row("people:member", "GET", ADMINS, HOSPITAL),
    Row("people:suspend", "POST", ADMINS, HOSPITAL),
    Row("people:unsuspend", "POST", ADMINS, HOSPITAL),
    *_both("people:seat_new", ADMINS, HOSPITAL),
    Row("people:seat_end", "POST", f"{ADMINS} other_specialist", _but(HOSPITAL, "other_specialist"),
        note="one's own too"),
    *_both("people:seat_role", ADMINS, HOSPITAL),
    *_both("people:seat_move", ADMINS, HOSPITAL),
    Row("people:invitations", "GET", ADMINS, HOSPITAL),
    *_both("people:invite", ADMINS, HOSPITAL),
    Row("people:invitation", "GET", ADMINS),
    Row("people:invitation_revoke", "POST", ADMINS, HOSPITAL),
    *_both("people:join", ANYBODY, args=_at(token=lambda w: w.invitation.token()), note="whoever holds the link"),
    Row("people:directory", "GET", EVERYBODY),
    Row("people:person", "GET", EVERYBODY),
    *_both("people:reset_issue", ADMINS, HOSPITAL),
    Row("people:reset_link", "GET", "admin", note="only who issued it"),
    *_both("people:reset", ANYBODY, args=_at(token=lambda w: w.reset.token()), note="whoever holds the link"),
]  # fmt: skip

PATIENTS = [
    Row("patients:list", "GET", f"{CLINICIANS} privacy auditor", _others(f"{CLINICIANS} privacy auditor"),
        note="each their own; officers go on to who read what"),
    Row("patients:find", "POST", CLINICIANS, _others(CLINICIANS), body=_form(text="Lin")),
    *_both("patients:register", CLINICIANS, _others(CLINICIANS)),
    Row("patients:link", "POST", CLINICIANS, _others(CLINICIANS)),
    *_both("patients:break_glass", "", _others(CLINICIANS), args=_at(token="wrong"), note="a token of nobody"),
    *_both("patients:break_glass", "district", _others(CLINICIANS), args=_at(token=lambda w: w.token_of_district),
           note="a token of one's own search"),
    Row("patients:grants", "GET", "privacy auditor", _others("privacy auditor")),
    *_both("patients:grant", "privacy auditor", "district"),
    Row("patients:end_access", "POST", "district privacy", "auditor"),
    *_both("patients:watch", "privacy auditor", _others("privacy auditor")),
    *_both("patients:guardian", KNOW),
    Row("patients:undo_merge", "POST", CENTRE),
    Row("patients:close_pathway", "POST", KNOW),
    Row("patients:reopen_pathway", "POST", KNOW),
    Row("patients:show", "GET", KNOW),
    Row("patients:measurements", "GET", KNOW),
    Row("patients:growth", "GET", KNOW),
    *_both("patients:measure", KNOW),
    *_both("patients:correct_measurement", KNOW),
    *_both("patients:edit", KNOW),
    Row("patients:twin", "POST", CENTRE, else_={"specialist": "422"}, note="needs a record number of one's own"),
    *_both("patients:new_guardian", KNOW),
    *_both("patients:consent", KNOW, args=_at(kind="share")),
    *_both("patients:merge", KNOW),
    *_both("patients:compare", CENTRE),
    Row("patients:readers", "GET", "privacy auditor", KNOW),
    *_both("patients:erase", "privacy", f"{KNOW} auditor"),
    Row("journal:entries", "GET", "privacy auditor", _others("privacy auditor")),
    Row("journal:export", "POST", "auditor", _others("auditor")),
]  # fmt: skip

CASEWORK = [
    Row("casework:worklist", "GET", f"{INSIDE} district stranger", _others(f"{INSIDE} district stranger"),
        note="each their own"),
    Row("casework:services", "GET", EVERYBODY),
    Row("casework:service", "GET", EVERYBODY),
    *_both("casework:edit_service", "lead admin manager", _others("lead admin manager")),
    Row("casework:on_duty", "POST", SERVICE, _others(SERVICE), body=_form(hours="8")),
    Row("casework:off_duty", "POST", SERVICE, _others(SERVICE)),
    Row("casework:leave_service", "POST", SERVICE, _others(SERVICE)),
]  # fmt: skip

_TEXT = _form(text="She sleeps.")
CONSULTATIONS = [
    *_both("consultations:new", f"{CLINIC} district stranger", _others(f"{CLINIC} district stranger"),
           body=_form(q="lin")),
    *_both("consultations:begin", CLINIC, _others(f"{CLINIC} district stranger"),
           body=_form(service_id=lambda w: w.service.pk, priority="3")),
    Row("consultations:service_note", "GET", EVERYBODY),
    Row("consultations:show", "GET", INSIDE),
    Row("consultations:show", "GET", "asker", at="draft", note="a draft"),
    Row("consultations:show", "GET", KNOW, at="closed", note="a closed one"),
    Row("consultations:live", "GET", INSIDE),
    *_both("consultations:edit", "asker", at="draft", body=_form(later="1", version="1")),
    Row("consultations:autosave", "POST", "asker", at="draft", body=_form(version="1", question="Now?")),
    Row("consultations:message", "POST", KNOW, QUEUE, body=_TEXT),
    Row("consultations:answer", "GET", "specialist", _but(INSIDE, "specialist")),
    Row("consultations:answer", "POST", "specialist", _but(INSIDE, "specialist"),
        body=_form(act="send", impression="Croup.", do_now="Dexamethasone.")),
    Row("consultations:answer_autosave", "POST", "specialist", _but(INSIDE, "specialist"), body=_form(do_now="D")),
    Row("consultations:report", "GET", KNOW, at="answered"),
    *_both("consultations:act", CLINIC, _but(INSIDE, CLINIC), args=_at(verb="withdraw"),
           body=_form(reason="resolved"), note="withdraw"),
    *_both("consultations:act", SERVICE, _but(INSIDE, SERVICE), args=_at(verb="claim"), at="requested", note="claim"),
    *_both("consultations:act", "", args=_at(verb="return_to_queue"), note="only the system"),
]  # fmt: skip

FILES = [
    Row("files:of_case", "GET", INSIDE),
    Row("files:of_case", "POST", KNOW, QUEUE),
    Row("files:tiles", "GET", INSIDE),
    Row("files:show", "GET", KNOW, QUEUE),
    Row("files:picture", "GET", KNOW, QUEUE, args=_at(size="thumb")),
    Row("files:frame", "GET", KNOW, QUEUE, args=_DICOM),
    Row("files:sized_frame", "GET", KNOW, QUEUE, args=_SMALL),
    Row("files:original", "GET", KNOW, QUEUE,
        args=_DICOM),
    Row("files:beside", "GET", KNOW, QUEUE, args=_at(
        attachment_id=lambda w: w.attachment["received"].pk, other_id=lambda w: w.attachment["other"].pk)),
    Row("files:pointers", "GET", KNOW),
    Row("files:point", "POST", KNOW, QUEUE, body=_form(frame=1, x=0.5, y=0.5)),
    Row("files:make_copy", "POST", KNOW, QUEUE, args=_at(attachment_id=lambda w: w.attachment["dicom"].pk)),
    Row("files:copy", "GET", KNOW, QUEUE),
    Row("files:copy_act", "POST", KNOW, QUEUE, args=_at(verb="discard"), note="discard"),
    Row("files:copy_file", "GET", KNOW, QUEUE, args=_at(copy_id=lambda w: w.released_copy.pk), note="a released one"),
    Row("files:copy_file", "GET", "", QUEUE, note="not released: there for nobody"),
    Row("files:act", "POST", "asker", _but(INSIDE, "asker"), args=_at(verb="withdraw")),
]  # fmt: skip

LIVE = [
    Row("live:catch_up", "GET", INSIDE, query="topic=case:{received}", note="a case"),
    Row("live:seqs", "GET", EVERYBODY, note="tells only of topics that one may listen to"),
]

NOTICES = [
    Row("notices:inbox", "GET", EVERYBODY, note="each their own"),
    Row("notices:badge", "GET", EVERYBODY),
    Row("notices:read_all", "POST", EVERYBODY),
    Row("notices:unread_again", "POST", EVERYBODY, args=_at(batch=lambda w: uuid4())),
    *_both("notices:preferences", EVERYBODY),
    Row("notices:push", "POST", else_=dict.fromkeys(ROLES, "422"), note="no subscription is sent"),
    Row("notices:page", "GET", "specialist lead"),
    Row("notices:acknowledge", "POST", "specialist lead"),
    Row(
        "notices:receipt", "POST", "", else_={"anonymous": "404"}, args=_at(channel="sms"), note="signed by the gateway"
    ),
    Row("notices:open", "GET", "asker"),
]

CALCULATORS = [
    Row("manual:calculators", "GET", EVERYBODY, note="of nobody: no row is read"),
    *_both("manual:calculator", EVERYBODY, args=_at(code="westley"), note="nothing is kept"),
]

DEMO = [
    Row("demo:sign_in", "POST", "", else_={"anonymous": "404"}, args=_at(username="community"), note="nobody seeded"),
    Row("demo:styleguide", "GET", ANYBODY),
    Row("demo:styleguide_page", "GET", ANYBODY, args=_at(page="index")),
    Row("demo:sample_act", "GET", ANYBODY, args=_at(pk="a", verb="b")),
]

ROWS: list[Row] = [
    *SITE, *ACCOUNT, *PEOPLE, *PATIENTS, *CASEWORK, *CONSULTATIONS, *FILES, *LIVE, *NOTICES, *CALCULATORS, *DEMO,
]  # fmt: skip
