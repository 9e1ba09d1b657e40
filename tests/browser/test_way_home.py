"""A stat child from the community centre to the children's hospital and home again: five people on five screens, and
the guardian's phone. Nobody reloads: what one of them does appears on the screens of the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from consortium.people.states import Role
from referrals.models import Check, Referral
from referrals.states import Kind, Step
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.test_dialogue import Hands
from tests.consultations.cases import answered
from tests.factories.cases import make_service, make_service_member
from tests.factories.people import make_staff

Picture = Callable[[Page, str], None]
#: six browsers and a server on one machine: how long one waits before something counts as not having come, in ms
PATIENCE = 60_000


@dataclass
class Screen:
    """One person's screen: what they tap, and which pages their browser had to load."""

    page: Page
    taps: int = 0
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._load)
        self.page.set_default_timeout(PATIENCE)

    def _load(self, asked: Request) -> None:
        if asked.is_navigation_request() and asked.method == "GET":
            self.loads.append(asked.url)

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=re.compile(name)).first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def shows(self, part: str, words: str) -> None:
        """Without anything being done here."""
        expect(self.page.locator(part)).to_contain_text(words, timeout=PATIENCE)

    def open(self, name: str) -> None:
        """An act of the dock, which may wait under "More"."""
        link = self.page.locator("#case-dock").get_by_role("link", name=name, exact=True)
        more = self.page.locator("#case-dock details.more > summary")
        expect(link.or_(more).first).to_be_visible(timeout=PATIENCE)
        if not link.is_visible():
            self.tap(more)
        self.tap(link)

    def act(self, name: str, *choices: str, **texts: str) -> None:
        """An act that asks in its dialog: `choices` are radios, `texts` go into the fields of these names."""
        self.open(name)
        dialog = self.page.get_by_role("dialog")
        for choice in choices:
            dialog.get_by_role("radio", name=choice, exact=True).first.check()
        for field_name, words in texts.items():
            dialog.locator(f"[name={field_name}]").fill(words)
        dialog.get_by_role("button", name=name, exact=True).click()
        expect(dialog).to_be_hidden(timeout=PATIENCE)


@pytest.fixture
def centre(community: Institution, respiratory: Specialty) -> Service:
    """The community centre's own service, which follows children at home."""
    return make_service(community, respiratory, name_en="Child health")


@pytest.fixture
def ward(hospital: Institution, service: Service) -> User:
    """The ward doctor: of the same service, and not on duty for alarms."""
    user = make_staff("ward", hospital, Role.SPECIALIST)
    make_service_member(service, user, on_duty=False)
    return user


def test_a_stat_child_goes_up_and_comes_home(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Picture, figure: Callable[[str, str], None],
    asker: User, coordinator: User, specialist: User, ward: User, nurse: User, patient: Patient, centre: Service,
) -> None:  # fmt: skip
    phone = Screen(open_page(asker, PHONE))
    office, duty, bedside = (Screen(open_page(user, DESK)) for user in (coordinator, specialist, ward))
    home = Screen(open_page(nurse, PHONE))

    # the alarm: from the start page in three taps, nothing else filled in
    phone.tap(phone.link("^Alarm$"))
    phone.tap(phone.link(patient.name))
    phone.tap(phone.button("Breathing or airway"))
    phone.shows("#alarm-state", "The alarm is out")
    up = Referral.unscoped.get()
    assert (phone.taps, up.is_stat, up.consent_given, Check.unscoped.count()) == (3, True, False, 0)
    accessible(phone.page)
    picture(phone.page, "way-alarm-390")

    # it stands on three screens of the hospital by itself; who is on duty was called, and takes it from the bell
    for screen in (office, duty, bedside):
        expect(screen.link("Breathing or airway")).to_be_visible(timeout=PATIENCE)
    duty.shows("header [data-badge-count]", "1")
    duty.tap(duty.page.locator("a[data-badge]").first)
    duty.tap(duty.button("I take it"))
    phone.shows("#alarm-state", f"{specialist.full_name} has it")
    for screen in (office, bedside):
        screen.tap(screen.link("Breathing or airway"))
        screen.shows("#case-head", "Seen")
    duty.act("Accept", promise="Bay 2 of the resuscitation room")
    phone.shows("#alarm-state", "Accepted")
    office.shows("#case-head", "Bay 2 of the resuscitation room")

    # the checklist while the coordinator finds the ambulance; the hand-over is signed, and the child leaves
    phone.tap(phone.link("To the checklist"))
    row = phone.page.locator(".check-row").first
    phone.tap(row.get_by_role("button", name=re.compile("Done$")))
    expect(phone.page.locator(".check-row.is-said")).to_have_count(1)
    duty.shows("#checklist", asker.full_name)
    office.act("Arrange transport", "Ambulance of the sending side", crew="Nurse Zhou", phone="139 0000 0000")
    phone.shows("#case-parts", "Nurse Zhou")
    phone.act("Sign the hand-over", summary="Tires, 82 % in air. Bag her if she stops.")
    duty.shows("#case-parts", "Tires, 82 % in air.")
    phone.act("The child departs")
    for screen in (office, duty):
        screen.shows("#case-head", "On the way")

    # the guardian's own phone: where, in plain words, behind the child's date of birth
    phone.tap(phone.link("Invite the family"))
    phone.tap(phone.button("Make the link"))
    link = phone.page.locator("#family-link").inner_text()
    mother = Screen(open_page(None, PHONE, path=link))
    mother.page.get_by_label("Your child's date of birth").fill(patient.birth_date.isoformat())
    mother.tap(mother.button("Open"))
    mother.shows("main", "Your child is on the way to the hospital")
    expect(mother.page.locator("main")).not_to_contain_text("Tires")
    phone.page.locator("a.bar-back").click()

    # arrival with read-back, admission, and the first word from the ward
    bedside.act("The child has arrived", read_back="Tiring child, bag if she stops.")
    phone.shows("#case-parts", "Tiring child, bag if she stops.")
    bedside.act("Admit", "Ward", ward="5 East")
    office.shows("#case-head", "Under care")
    bedside.act("Write an interim note", text="Adrenaline once; breathes quietly now.")
    phone.shows("#case-parts", "Adrenaline once; breathes quietly now.")
    picture(phone.page, "way-under-care-390")

    # the outcome, and what the sender says of it
    bedside.open("Send the outcome")
    today = clock.today()
    write(
        bedside, admitted_on=today.isoformat(), left_on=today.isoformat(), diagnoses="J05.0 Croup",
        course="Adrenaline once, dexamethasone.", medicines="None.", immunisations="None.", pending="None.",
        follow_up="The centre, in three days.", for_family="She may go home tomorrow.",
    )  # fmt: skip
    for answer in ("Home", "Yes"):
        bedside.page.get_by_role("radio", name=answer, exact=True).check()
    bedside.tap(bedside.button("Sign and send"))
    for screen in (phone, duty):
        screen.shows("#case-parts", "Adrenaline once, dexamethasone.")
    office.shows("#case-head", "Outcome sent")
    phone.act("Acknowledge the outcome", "5", "The same")
    bedside.shows("#case-head", "Loop closed")
    mother.page.reload()
    mother.shows("main", "She may go home tomorrow.")

    # home again with a plan: taken over by the centre's doctor, followed up twice by its nurse
    bedside.open("Send back with a plan")
    write(
        bedside, plan="Watch at home; back with stridor at rest.", medicines="None.",
        day_1=(today + timedelta(days=3)).isoformat(), task_1="Count the breaths.",
        day_2=(today + timedelta(days=10)).isoformat(), task_2="Weigh her.",
    )  # fmt: skip
    bedside.page.get_by_label(re.compile("The guardian agrees")).check()
    bedside.tap(bedside.button("Send back"))
    bedside.shows("#case-parts", "Count the breaths.")
    phone.tap(phone.page.locator("#plan").get_by_role("link"))
    phone.act("Take over")
    bedside.shows("#case-head", "Taken over")
    home.tap(home.link("Watch at home"))
    home.act("Visit done", text="Breathes 32 a minute, no stridor.")
    for screen in (phone, bedside):
        screen.shows("#plan", "Breathes 32 a minute, no stridor.")
    home.act("Visit done", text="7.4 kg, well.")
    for screen in (phone, bedside):
        screen.shows("#case-head", "Followed to the end")
    accessible(home.page)
    picture(home.page, "way-home-390")

    # with the end of the case the coordinator's right to it ends: their screen goes to the worklist by itself
    expect(office.page).to_have_url(re.compile(r"//[^/]+/$"), timeout=PATIENCE)
    steps = {row.kind: row.step for row in Referral.unscoped.all()}
    assert steps == {Kind.UP: Step.CLOSED, Kind.BACK: Step.FOLLOWED}
    screens = {"sender": phone, "office": office, "duty": duty, "ward": bedside, "nurse": home}
    loads = {name: len(screen.loads) for name, screen in screens.items()}
    # the coordinator opened the referral, arranged the transport and was led away from it: all else came by itself
    assert loads["office"] == 3
    assert max(loads["duty"], loads["nurse"]) <= 3
    figure("a stat child up and home: pages loaded", ", ".join(f"{name} {count}" for name, count in loads.items()))


def write(screen: Screen, **texts: str) -> None:
    """Into the fields of a written page."""
    for name, words in texts.items():
        screen.page.locator(f"[name={name}]").fill(words)


def test_a_finished_consultation_is_sent_on_in_five_taps(
    open_page: OpenPage, figure: Callable[[str, str], None], asker: User, specialist: User, patient: Patient,
    service: Service,
) -> None:  # fmt: skip
    """Counted in the browser; the guardian's consent, where the record has none yet, is one tap more."""
    made = answered(asker, specialist, patient, service)
    phone, hands = open_page(asker, PHONE, f"/consultations/{made.pk}/"), Hands()
    hands.tap(phone.get_by_role("link", name="Send on as a referral"))
    dialog = phone.get_by_role("dialog")
    expect(dialog.locator("select[name=service_id] + p")).to_have_text(re.compile("has answered about the child"))
    hands.tap(dialog.get_by_role("radio", name="Has to be seen by the specialist"))
    hands.write(dialog.get_by_label("What should the referral settle?"), "Please admit for the night.")
    hands.tap(dialog.get_by_role("button", name="Send on as a referral"))
    expect(phone.locator("#case-head")).to_contain_text("To be accepted")
    assert "/referrals/" in phone.url
    figure("a finished consultation sent on", f"{hands.taps} taps")
    assert hands.taps + 1 <= 5
