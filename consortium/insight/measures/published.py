"""Published figures to stand beside ours, each with its source. What nobody has checked yet says so.

Source: design page "care pathway", section 2, as read there; `verified` False where that page says VERIFY or where the
figure is told at second hand.
"""

from django.utils.translation import gettext_lazy as _

from consortium.insight.measures import published_referrals
from consortium.insight.measures.figures import Published

_LIDDY = "Liddy, Ann Fam Med 2018;16:120"
_MSF = "PAMJ Conf Proc 2018;9(37)"
_PASHANKAR = "Pashankar, Acad Pediatr 2025 (10.1016/j.acap.2025.102815)"

#: by the measure's key
PUBLISHED: dict[str, tuple[Published, ...]] = {
    "sent": (
        Published(_("Adults, 5 years: more than 700 a month"), 700, _LIDDY),
        Published(_("Los Angeles County: 12,082 a month"), 12082, "Barnett, Health Aff 2017;36:492"),
        Published(_("15 of 39 tele-networks handled no case at all"), None, "Wootton, Front Public Health 2019;7:226"),
    ),
    "allocation": (
        Published(_("Médecins Sans Frontières, children: median 0.18 hours (11 minutes)"), 11, _MSF),
    ),
    "answer": (
        Published(_("Children, the largest: mean 0.8 day"), 1152, _PASHANKAR),
        Published(_("Médecins Sans Frontières, children: median 5.5 hours"), 330, _MSF),
        Published(_("Adults, 5 years: median 21 hours"), 1260, _LIDDY),
        Published(_("Los Angeles County: median 1 day"), 1440, "Barnett, Health Aff 2017;36:492"),
        Published(_("The same model in a new region: median 2 days"), 2880, "JABFM 2019;32:146"),
    ),
    "answered_on_time": (
        Published(_("England asked for 80 % within 2 working days"), 80, "consultantconnect.org.uk (2017-04)"),
        Published(
            _("England, 15 areas in 2017: none answered in under 2 days on average"), None,
            "consultantconnect.org.uk (2017-04)",
        ),
    ),
    "dialogue": (Published(_("Médecins Sans Frontières, children: 104 hours"), 6240, _MSF),),
    "avoided": (
        Published(_("Children: 85 % had no visit for that problem within 2 months"), 85, _PASHANKAR),
        Published(_("Adults, 5 years: 65 % settled without a visit"), 65, _LIDDY),
        Published(
            _("Children, pathway with a question: 53 % avoided a visit"), 53,
            "Telemed e-Health 2021 (10.1089/tmj.2020.0394)",
        ),
        Published(_("A new region: 40 % of contemplated referrals avoided"), 40, "JABFM 2019;32:146"),
        Published(_("Los Angeles County: 25 % settled without a visit"), 25, "Barnett, Health Aff 2017;36:492"),
    ),
    "converted": (
        Published(_("3.4 % (188 of 5,601) led to a referral that was not planned"), 3.4, "PMC5555345"),
    ),
    "several": (Published(_("Médecins Sans Frontières, children: 63 % involved several specialties"), 63, _MSF),),
    "unreviewed": (
        Published(
            _("Outcome letters of children: hospitals say 85.1 % sent, their doctors say 71.8 % received"), 28.2,
            "hpeds.2013-0022",
        ),
    ),
    "video": (
        Published(
            _("Children, 15 emergency departments: 46.7 % of those assigned got the video"), 46.7,
            "Marcin, JAMA Netw Open 2023;6(2):e2255770 (10.1001/jamanetworkopen.2022.55770)",
        ),
    ),
    "useful": (
        Published(_("Children: 97 % of askers satisfied"), 97, _PASHANKAR),
        Published(
            _("Children's hospital in Ottawa: more than 93.3 % of askers rate very good or excellent"), 93.3,
            "Lai, PLoS ONE 2018;13:e0190247", verified=False,
        ),
        Published(_("Médecins Sans Frontières, 7 years: more than 90 % found it helpful"), 90,
                  "Front. Public Health, via lib.digitalsquare.io", verified=False),
    ),
    "usefulness": (
        Published(_("Médecins Sans Frontières, rated by a panel: answers 3.3 of 5"), 3.3, "PMC4260224"),
    ),
    **published_referrals.PUBLISHED,
}  # fmt: skip
