"""Published figures of referrals; as `published`, whose page of sources it shares."""

from django.utils.translation import gettext_lazy as _

from consortium.insight.measures.figures import Published

_PEDIATRICS = "Pediatrics 2019;144:e20190545"
_LETTERS = "hpeds.2013-0022"
_JCTS = "JCTS 2018 abstract 2082"
_ACCRA = "PLoS ONE 0266932"

#: by the measure's key
PUBLISHED: dict[str, tuple[Published, ...]] = {
    "attended_90": (
        Published(_("Children sent to subspecialties: 51 % of 20,466 attended within 90 days"), 51, _PEDIATRICS),
    ),
    "to_arrival": (
        Published(_("Children who waited 8 to 14 days, not up to 7: half the odds of attending"), 10080, _PEDIATRICS),
        Published(_("Emergency chat, Accra: median 293 minutes"), 293, _ACCRA),
        Published(_("San Francisco: 112 days, then 49 with electronic referral"), 70560,
                  "careinnovations.org; Becker's on NEJM"),
    ),
    "loop_closed": (
        Published(_("A large system: 34.8 % of 103,737 documented complete"), 34.8, "PMC5910374"),
        Published(_("Children in community centres: 69.8 % complete, by specialty 27 to 90"), 69.8,
                  "Zuckerman, J Pediatr 2011;158:24"),
        Published(_("Newborns sent by the community: median 74 % completed (34 to 97)"), 74, "BMC Public Health 2015"),
        Published(_("Denver, with a programme: 18 % to 73.3 %"), 73.3, "linear.health", verified=False),
        Published(_("With care coordinators: 35-52 % to more than 80 %"), 80, "chsupdate.com", verified=False),
    ),
    "outcome_returned": (
        Published(_("Letters about children: hospitals say 85.1 % sent, their doctors say 71.8 % received"), 71.8,
                  _LETTERS),
        Published(_("Letters about children: 64.9 % complete"), 64.9, _LETTERS),
        Published(_("Senders of children heard back of 84 %"), 84, "Stille 2006"),
        Published(_("Adults: summary there at the first visit, 12-34 %"), 34, "Kripalani JAMA 2007;297:831"),
        Published(_("Rwanda, on paper: 46.0 % of counter-referrals filled in"), 46, "PMC9706939"),
    ),
    "dated": (
        Published(_("Children sent to subspecialties: 65 % of 20,466 scheduled"), 65, _PEDIATRICS),
        Published(_("A large system: 38.9 % never had a date"), 61.1, "PMC5910374"),
        Published(_("Paediatricians booked 39.3 % themselves"), 39.3, "Forrest 2000 (JAMA Peds 349323)"),
    ),
    "different_diagnosis": (
        Published(_("Children in transport: 11.5 % of 4,905"), 11.5, "PCCM 2008;9:15"),
        Published(_("Sent to paediatric intensive care: 7.2 % of 643"), 7.2, "Physician's Weekly abstract"),
        Published(_("A Chinese tertiary hospital, admission against discharge: 49.2 % of 5,381"), 49.2,
                  "BMC Pediatr 2023-03995-2"),
    ),
    "avoidable": (
        Published(_("One centre: 14.4 % of 2,414 got nothing special"), 14.4, _JCTS),
    ),
    "home_in_day": (
        Published(_("One centre: 31.2 % of 2,414 home within 24 hours"), 31.2, _JCTS),
        Published(_("Children: 27-39 % sent home from the emergency department or within a day"), 27, "PMC6901803"),
    ),
    "seeing": (Published(_("Emergency chat, Accra: response median 17 minutes"), 17, _ACCRA),),
    "coming": (Published(_("United Kingdom, critical transport: at the bedside within 3 hours"), 180,
                         "BMC Pediatr 2020;20:301"),),
    "incident": (
        Published(_("9,116 transports: a critical incident tracked with death (odds 3.07), time did not"), None,
                  "BMC Pediatr 2021-02689-x"),
    ),
    "unannounced": (
        Published(_("401 of 401 newborns came without a call"), 100, "PAMJ 2016;24:216"),
    ),
    "sent_back": (
        Published(_("Shanghai, 13 hospitals: 20.8 % of doctors and 37.6 % of patients willing"), None, "PMC5387945"),
    ),
    "too_early": (
        Published(_("San Francisco, with review: inappropriate referrals down by 60-80 %"), None,
                  "careinnovations.org; Becker's on NEJM"),
    ),
}  # fmt: skip
