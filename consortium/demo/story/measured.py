"""What was measured on the children: their vital signs now, and whose growth tells something."""

from typing import NamedTuple


class Vitals(NamedTuple):
    """One set of vital signs, so many hours ago; numbers as text, signs by their codes."""

    hours: float
    numbers: dict[str, str]
    distress: str = ""
    avpu: str = "A"


#: by the child's number in `children.CHILDREN`
VITALS: dict[int, Vitals] = {
    0: Vitals(
        0.1, {"temperature": "37.9", "resp_rate": "64", "heart_rate": "168", "spo2": "91", "crt": "2"}, "moderate"
    ),
    1: Vitals(1.3, {"temperature": "39.1", "resp_rate": "34", "heart_rate": "142", "spo2": "97", "crt": "2"}, "none"),
    4: Vitals(
        0.6,
        {"temperature": "36.8", "resp_rate": "22", "heart_rate": "96", "spo2": "98", "sbp": "98", "dbp": "60"},
        "none",
    ),
    7: Vitals(5.5, {"temperature": "36.9", "resp_rate": "36", "heart_rate": "132", "spo2": "96"}, "mild"),
    14: Vitals(0.3, {"temperature": "38.0", "resp_rate": "58", "heart_rate": "152", "spo2": "94"}, "mild"),
}

#: ages in days at which children are weighed and measured at their centre
VISITS = (30, 91, 183, 274, 365, 548, 730, 1095, 1460, 1825, 2555)
#: how many visits before today are told
MOST_VISITS = 3

#: weights at earlier days as standard deviations from the median, where the story wants a fall: days ago -> z
FALLING: dict[int, dict[int, float]] = {3: {180: -0.6, 110: -0.9, 70: -1.1, 35: -1.7}}
