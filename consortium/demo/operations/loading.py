"""The whole demonstration: places, people, children, questions; the year of history follows in the worker."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from consortium.casework.models import ServiceMember
from consortium.demo.operations.approving import approve_manual
from consortium.demo.operations.asking import tell
from consortium.demo.operations.children import register_all
from consortium.demo.operations.comparing import compare
from consortium.demo.operations.crediting import set_rules
from consortium.demo.operations.examining import examine
from consortium.demo.operations.lecturing import lecture_all
from consortium.demo.operations.measuring import measure_all
from consortium.demo.operations.questioning import fill_bank
from consortium.demo.operations.referring import refer_all
from consortium.demo.operations.rostering import roster
from consortium.demo.operations.settling import LONG_AGO, World, put_on_duty, settle
from consortium.demo.operations.staging import stage_case
from consortium.demo.operations.teaching import teach
from consortium.demo.story.cases import CASES, EMERGENCIES
from consortium.demo.story.lectures import CASE_OF
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.patients.operations import break_glass
from consortium.patients.states import GrantReason
from consultations.operations import save_template

_TEMPLATES = {
    "en": (
        "Usual safety net",
        "Drinks less than half of usual; breathes fast or with effort; hard to wake; a fit; blue or grey lips.",
        "At once with any of these. Otherwise when the plan has not helped by the follow-up.",
        "Telephone the family in 24 hours; see the child in the centre in 48 hours.",
    ),
    "zh-hans": (
        "通用安全提示",
        "饮水或吃奶不足平时一半；呼吸急促或费力；难以唤醒；抽搐；口唇青紫或发灰。",
        "出现以上任一情况立即转诊；到复诊时仍未好转也应转诊。",
        "24小时内电话随访，48小时内来院复诊。",
    ),
}


@transaction.atomic
def load() -> None:
    """Fill an empty database, wholly or not at all. Run in one process, before anybody signs in."""
    with clock.moved(-LONG_AGO):
        world = settle()
        _write_templates(world)
    approve_manual(world)
    put_on_duty(world)
    roster(world)
    fill_bank(world)
    examine(world)
    set_rules(world)
    teach(world)
    compare(world)
    lecture_all(world)
    children = register_all(world)
    measure_all(world, children)
    for told in CASES:
        tell(world, told, children[told.child])
    stage_case(world, children[CASE_OF])
    refer_all(world, children)
    _open_in_emergencies(world, children)


def _open_in_emergencies(world: World, children: Sequence[Patient]) -> None:
    """Two children of the centre came to the district hospital at night; the privacy officer finds both openings."""
    actor = world.actor("district")
    (place,) = actor.institution_ids()
    for child, hours, explanation in EMERGENCIES:
        with clock.moved(-timedelta(hours=hours)), acting_as(actor):
            break_glass(
                actor=actor, patient_id=children[child].pk, institution_id=place, reason=GrantReason.EMERGENCY,
                explanation=explanation, proven=True,
            )  # fmt: skip


def _write_templates(world: World) -> None:
    """Of the specialties whose services she leads."""
    lead = world.actor("lead")
    led = ServiceMember.objects.filter(user_id=lead.user_id, is_lead=True).values_list("service__specialty_id")
    with acting_as(lead):
        for language, (title, red_flags, when_to_refer, follow_up) in _TEMPLATES.items():
            for (specialty_id,) in led.order_by("service__specialty_id"):
                save_template(
                    actor=lead, specialty_id=specialty_id, language=language, title=title, red_flags=red_flags,
                    when_to_refer=when_to_refer, follow_up=follow_up,
                )  # fmt: skip
