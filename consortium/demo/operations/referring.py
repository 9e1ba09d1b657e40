"""Referrals of the demonstration, each taken as far as its story tells, by the operations that people use."""

from datetime import timedelta
from typing import Any

from consortium.casework.models import Slot
from consortium.demo.operations.acting import Story
from consortium.demo.operations.children import author_of
from consortium.demo.operations.settling import World
from consortium.demo.story.children import CHILDREN
from consortium.demo.story.referrals import ALARM, REFERRALS, Sent
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.states import Capability
from referrals.operations import answering, caring, outcomes, returning, sending, transport, visiting
from referrals.operations.alarm import raise_alarm
from referrals.operations.outcomes import Ending
from referrals.operations.returning import Plan, PlannedVisit
from referrals.operations.transport import Handover, Way
from referrals.states import AlarmProblem, Appropriateness, Concordance, DeclineReason, Destination, Mode, Place

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Told(Story):
    """Tells one referral; each method named like a step goes on from the one before it."""

    def __init__(self, world: World, sent: Sent, patient: Patient) -> None:
        super().__init__(world, clock.now() - sent.hours * _HOUR)
        self.sent, self.patient = sent, patient
        self.asker = author_of(CHILDREN[sent.child].place)
        self.case_id: Any = None

    def do(self, who: str, operation: Any, after: timedelta, **words: Any) -> Any:
        return self.act(who, operation, after, case_id=self.case_id, **words)

    def tell(self) -> None:
        self._send()
        getattr(self, f"_until_{self.sent.until}")()

    def _send(self) -> None:
        sent, child = self.sent, CHILDREN[self.sent.child]
        fields = {
            "service_id": self.world.services[sent.service].pk, "priority": sent.priority, "question": sent.question,
            "situation": sent.situation, "assessment": sent.assessment, "reason": sent.reason, "symptom": sent.symptom,
            "weight_grams": child.grams, "consent_given": True, "working_diagnosis": sent.diagnosis,
        }  # fmt: skip
        place = self.world.places[child.place].pk
        made = self.act(
            self.asker, sending.send_now, patient=self.patient, institution_id=place,
            fields={name: value for name, value in fields.items() if value != ""},
        )  # fmt: skip
        self.case_id = made.pk

    def _accept(self, promise: str = "") -> None:
        self.do(self.sent.holder, answering.open_referral, 4 * _MINUTE)
        self.do(self.sent.holder, answering.accept, 7 * _MINUTE, promise=promise)

    def _until_sent(self) -> None:
        """Nobody has opened it yet."""

    def _until_scheduled(self) -> None:
        self._accept()
        free = Slot.objects.ahead().filter(calendar__service_id=self.world.services[self.sent.service].pk)
        slot = free.filter(period__startswith__gt=clock.now() + 2 * _DAY).order_by("period").first()
        if slot is not None:
            words = {"slot_id": slot.pk, "instructions": "请携带既往用药和生长记录。"}
            self.do(self.sent.holder, visiting.book_visit, 2 * _HOUR, **words)

    def _until_declined(self) -> None:
        self.do(self.sent.holder, answering.open_referral, 5 * _HOUR)
        note = "Salicylate for twelve weeks in the centre works as well; the page on warts says how."
        self.do(self.sent.holder, answering.decline, 10 * _MINUTE, reason=DeclineReason.LOCAL, note=note)

    def _until_forgotten(self) -> None:
        self._accept()

    def _until_under_care(self) -> None:
        self._accept("Bed 14, ward 6")
        self.do(self.asker, transport.arrange_transport, 20 * _MINUTE, way=Way(Mode.SENDER_AMBULANCE, crew="A nurse"))
        handover = Handover(
            "As in the letter; drank 100 ml on the way.", "Stable", "None.", "Fever: paracetamol given."
        )
        self.do(self.asker, transport.sign_handover, 10 * _MINUTE, handover=handover)
        self.do(self.asker, transport.depart, 5 * _MINUTE)
        self.do("ward", transport.arrive, 55 * _MINUTE, read_back="Stable, fever, paracetamol at two.")
        self.do(self.sent.holder, caring.admit, 15 * _MINUTE, place=Place.WARD, ward="6")
        note = "Examined, tests taken, treatment begun. We tell you tomorrow."
        self.do(self.sent.holder, caring.note_interim, 3 * _HOUR, text=note)

    def _until_outcome_sent(self) -> None:
        self._until_under_care()
        self.do(self.sent.holder, caring.discharge, 12 * _HOUR)
        self.do(self.sent.holder, outcomes.send_outcome, _HOUR, ending=self._ending())

    def _until_following(self) -> None:
        """Home again with a plan, taken over; the next visit lies ahead."""
        self._until_outcome_sent()
        centre = self.world.services[CHILDREN[self.sent.child].place]
        today = clock.today()
        level = PlannedVisit(today + 28 * _DAY, "Drug level.", (Capability.LABORATORY,))
        visits = (PlannedVisit(today + 3 * _DAY, "Weigh her, ask about seizures."), level)
        needs = (Capability.MED_ANTIEPILEPTIC,)
        plan = Plan(centre.pk, "Continue the medicine; no swimming alone.", "As in the outcome.", visits, True, needs)
        back = self.do(self.sent.holder, returning.back_refer, 30 * _MINUTE, plan=plan)
        self._acknowledge()
        self.case_id = back.pk
        self.do(self.asker, returning.take_over, _HOUR)

    def _until_acknowledged(self) -> None:
        """Over: the sender knows what became of the child."""
        self._until_outcome_sent()
        self._acknowledge()

    def _acknowledge(self) -> None:
        good = {"usefulness": 5, "concordance": Concordance.SAME, "appropriateness": Appropriateness.APPROPRIATE}
        self.do(self.asker, outcomes.acknowledge, 20 * _HOUR, **good)

    def _ending(self) -> Ending:
        sent = self.sent
        on = self.at.date()
        return Ending(
            admitted_on=on - _DAY, left_on=on, diagnoses=sent.final, course=sent.course, medicines="None.",
            immunisations="None.", pending="None.", follow_up="In the centre, as planned.",
            destination=Destination.HOME, special_care=sent.special_care,
            appropriateness=Appropriateness.APPROPRIATE if sent.special_care else Appropriateness.TOO_EARLY,
            to_sender=sent.lesson, for_family="Your child may go home. Come back if you are worried.",
        )  # fmt: skip


class Travelling(Story):
    """The child that is on the way now, by the green channel."""

    def tell(self, patient: Patient) -> None:
        number, grams, words, promise = ALARM
        place = CHILDREN[number].place
        asker = author_of(place)
        made = self.act(
            asker, raise_alarm, patient_id=patient.pk, institution_id=self.world.places[place].pk,
            problem=AlarmProblem.BREATHING, words=words, weight_grams=grams,
            service_id=self.world.services["emergency"].pk,
        )  # fmt: skip
        case_id = made.pk
        self.act("emergency", answering.accept, 3 * _MINUTE, case_id=case_id, promise=promise)
        way = Way(Mode.SENDER_AMBULANCE, crew="Dr He, nurse Wang", phone="0555 8310 0099")
        self.act(asker, transport.arrange_transport, 6 * _MINUTE, case_id=case_id, way=way)
        handover = Handover(
            "两次呼吸暂停，面罩通气后恢复。", "不稳定", "持续给氧，监测血氧。", "若再暂停：球囊面罩通气。"
        )
        self.act(asker, transport.sign_handover, 5 * _MINUTE, case_id=case_id, handover=handover)
        self.act(asker, transport.depart, 3 * _MINUTE, case_id=case_id)


def refer_all(world: World, children: list[Patient]) -> None:
    for sent in REFERRALS:
        Told(world, sent, children[sent.child]).tell()
    Travelling(world, clock.now() - 35 * _MINUTE).tell(children[ALARM[0]])
