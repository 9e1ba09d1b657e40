"""What is asked, and how far each question has come. Texts stand in the language in which their doctor wrote them."""

from typing import NamedTuple

from consortium.casework.states import Priority


class Told(NamedTuple):
    """One question and its way. `until` names the last act taken; `ago` is hours since it was sent."""

    child: int
    service: str
    priority: Priority
    ago: float
    until: str
    question: str
    situation: str = ""
    background: str = ""
    assessment: str = ""
    recommendation: str = ""
    asks: str = ""
    supplies: str = ""
    impression: str = ""
    do_now: str = ""
    back: str = ""
    files: tuple[str, ...] = ()


_S, _U, _R = Priority.STAT, Priority.URGENT, Priority.ROUTINE

CASES = (
    Told(0, "respiratory", _S, 0.02, "submit", "Fast breathing and stridor at rest since this morning, drinks poorly. "
         "Can she wait for the morning?", "Respiratory rate 64, saturation 91 % in air, 37.9 °C. Tires when drinking.",
         "Well until yesterday. Older brother has a cold. Born at 38 weeks.", "Croup, getting worse.",
         "Send her tonight?", files=("neck.jpg", "CT_small.dcm")),
    Told(1, "cardiology", _U, 1.1, "claim", "Fever for the sixth day with red eyes and a rash: is this Kawasaki "
         "disease, and does he need an echo today?", "39.1 °C, both eyes red without pus, lips cracked.",
         "No contact with measles; vaccinations complete.", "Incomplete Kawasaki disease?", files=("rash.jpg",)),
    Told(2, "respiratory", _R, 7, "ask_information", "Third ear infection since June: should he have tubes?",
         "Afebrile now, hears well according to his mother.", asks="Please send a photo of both drums, and say how he "
         "speaks for his age.", files=("drum.jpg",)),
    Told(3, "respiratory", _R, 0.3, "submit", "Weight for age falls from −1.1 to −2.3 z within ten weeks, otherwise "
         "well. Which tests first?", "Eats three meals, coughs at night.", files=("MR_small.dcm",)),
    Told(4, "neurology", _U, 0.3, "submit", "首次无热惊厥，约两分钟后自行缓解，现意识清楚。是否需要今天转诊做脑电图？",
         "体温36.8℃，神经系统查体未见异常。", "足月顺产，发育正常，无家族史。", "首次无热惊厥", "门诊脑电图还是急诊？"),
    Told(5, "neonatology", _U, 1.6, "start", "Three months old, still jaundiced, pale stools since last week. What "
         "must be done before she travels?", "Feeds well, liver edge 3 cm.", assessment="Cholestasis?"),
    Told(6, "dermatology", _R, 26, "answer", "Itching rash in both elbows for two years; creams from the pharmacy "
         "help for a day. What next?", impression="Atopic eczema, moderate, undertreated.",
         do_now="Emollient twice a day on the whole skin, a mild topical steroid on red areas once a day for a week. "
         "Show the mother the amount: one fingertip for two palms.", files=("rash.jpg",)),
    Told(7, "respiratory", _U, 5, "answer", "喘息第三次发作，家中已用雾化。需要长期用药吗？", "呼吸36次/分，血氧96%，双肺哮鸣音。",
         "两次因喘息住院，父亲有哮喘。", impression="反复喘息，学龄前哮喘可能性大。",
         do_now="按贵中心处方集给予速效支气管舒张剂（储雾罐），一小时后复评；用药前后记录呼吸次数与血氧。"),
    Told(8, "cardiology", _R, 50, "close_out", "A murmur heard at the school examination, she runs with the others. "
         "Is an echo needed?", impression="Innocent murmur: soft, changes with posture, normal pulses and growth.",
         do_now="No echo, no limits on sport. Tell the parents what “innocent” means.", files=("MR_small.dcm",)),
    Told(9, "dermatology", _R, 75, "close_out", "Ring-shaped rash, not itching, no answer to antifungal cream for four "
         "weeks.", impression="Granuloma annulare.", do_now="No treatment needed; it goes by itself within months."),
    Told(10, "neonatology", _U, 30, "close_out", "Two months old, spits after each feed, weight rises well. Is a "
         "medicine needed?", impression="Physiological reflux in a thriving infant.",
         do_now="No medicine. Smaller, more frequent feeds; upright for 20 minutes after."),
    Told(11, "neurology", _R, 100, "ask_clarification", "Headaches every Sunday evening, normal examination. Imaging?",
         impression="Tension-type headache; no red flag in what you describe.", do_now="No imaging. Headache diary.",
         back="He now says it wakes him at four in the morning. Does that change your advice?"),
    Told(12, "respiratory", _R, 120, "correct_answer", "Cough for five weeks after a cold, well otherwise.",
         impression="Post-viral cough.", do_now="Wait two more weeks; examine again."),
    Told(13, "dermatology", _R, 20, "withdraw", "Blisters on one hand since yesterday."),
    Told(14, "respiratory", _U, 0.09, "submit", "六个月，咳嗽三天，今天吃奶减半，呼吸快。能否在我处观察？", "呼吸58次/分，血氧94%，轻度三凹征。",
         "足月，未打流感疫苗。", "毛细支气管炎", "在社区观察还是转区医院？", files=("CT_small.dcm",)),
    Told(15, "neurology", _R, 200, "close_out", "Blinks hard and clears her throat for three months.",
         impression="Simple tics.", do_now="Explain, do not comment on them at home; no medicine."),
    Told(16, "dermatology", _R, 2, "draft", "Nappy rash with small satellites, zinc cream does not help."),
    Told(17, "neonatology", _R, 40, "answer", "五个月，换水解奶粉两周后血便消失。何时可以再试普通奶粉？",
         impression="牛奶蛋白过敏，对回避反应良好。", do_now="继续回避至少六个月或到满周岁；再激发请在有抢救条件的医院进行。"),
    Told(18, "cardiology", _R, 170, "close_out", "Faints when standing in line, twice this term. ECG attached.",
         impression="Reflex syncope.", do_now="Drink more, sit down at the first sign. The ECG is normal."),
    Told(19, "respiratory", _R, 300, "enter_in_error", "Entered for the wrong child."),
)  # fmt: skip

#: child, hours ago, why: records that were opened without a case
EMERGENCIES = (
    (3, 5.0, "Brought in by ambulance after a fit at home; the parents do not know her medicines."),
    (13, 0.5, "夜间急诊就诊，呼吸困难，家长不清楚过敏史和既往用药。"),
)
