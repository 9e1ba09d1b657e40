"""A small pathway in which nothing is wrong, for planting faults in."""

from __future__ import annotations

import copy
from typing import Any

SMALL: dict[str, Any] = {
    "pathway": {
        "id": "small",
        "family": "symptom",
        "title": {"en": "A small pathway", "zh": "小路径"},
        "applies": {"age_days": [60, 1826]},
        "primary_source": "IMCI14",
        "bands": "small",
        "indications": {
            "RI-small-1": {"urgency": "E1", "title": {"en": "Fast", "zh": "快"}},
            "RI-small-2": {"urgency": "U1", "title": {"en": "Danger", "zh": "危险"}},
        },
        "tables": [
            {
                "id": "small",
                "title": {"en": "Small table", "zh": "小表"},
                "hit": "first",
                "rows": [
                    {
                        "id": "small-pink",
                        "when": {"any": ["convulsing_now", {"respiratory_rate": {"ge": 70}}]},
                        "class": "bad",
                        "severity": "pink",
                        "actions": ["syrup"],
                        "referral": "RI-small-1",
                        "cite": [{"source": "IMCI14", "locator": "page 1"}],
                    },
                    {
                        "id": "small-yellow",
                        "when": {"respiratory_rate": {"ge": 50}},
                        "class": "fair",
                        "severity": "yellow",
                        "actions": ["rest"],
                        "cite": [{"source": "IMCI14", "locator": "page 1"}],
                    },
                    {
                        "id": "small-green",
                        "when": "otherwise",
                        "class": "good",
                        "severity": "green",
                        "actions": ["rest"],
                        "cite": [{"source": "IMCI14", "locator": "page 1"}],
                    },
                ],
            },
            {
                "id": "more",
                "title": {"en": "More", "zh": "其他"},
                "hit": "multi",
                "rows": [
                    {
                        "id": "more-oxygen",
                        "when": {"spo2": {"lt": 90}},
                        "title": {"en": "Low oxygen", "zh": "低氧"},
                        "severity": "pink",
                        "actions": ["rest"],
                        "referral": "RI-small-2b",
                        "cite": [{"source": "IMCI14", "locator": "page 1"}],
                    },
                ],
            },
        ],
        "review": {"author": "Tests", "written_on": "2026-11-01", "next_review": "2028-10-01"},
    },
    "chapter": None,
    "library": {
        "findings": {
            "convulsing_now": {"type": "bool", "danger": True, "label": {"en": "Convulsing", "zh": "抽搐"}},
            "respiratory_rate": {
                "type": "int", "unit": "/min", "hard": [0, 150], "plausible": [10, 120], "worse": "high",
                "label": {"en": "Breaths", "zh": "呼吸"},
            },
            "spo2": {
                "type": "int", "unit": "%", "hard": [20, 100], "plausible": [60, 100], "worse": "low",
                "optional": "always", "label": {"en": "Saturation", "zh": "饱和度"},
            },
            "wheeze": {"type": "bool", "label": {"en": "Wheeze", "zh": "喘息"}},
        },
        "classes": {
            "bad": {"en": "Bad", "zh": "重", "severity": "pink"},
            "fair": {"en": "Fair", "zh": "中", "severity": "yellow"},
            "good": {"en": "Good", "zh": "轻", "severity": "green"},
        },
        "actions": {
            "rest": {"kind": "advice", "title": {"en": "Rest", "zh": "休息"}},
            "syrup": {
                "kind": "medicine", "title": {"en": "Paracetamol", "zh": "对乙酰氨基酚"}, "medicine": "paracetamol",
                "route": "oral", "age_days": [60, 1826],
                "dose": {"by": "kg", "unit": "mg", "amount": 15, "max": 500},
                "cite": [{"source": "IMCI14", "locator": "page 2"}],
            },
        },
        "sources": {"IMCI14": {"title": "WHO IMCI", "edition": "2014"}},
        "profile": {},
    },
    "safety_net": [{"en": "Come back", "zh": "返回"}],
    "imports": {},
}  # fmt: skip
SMALL["pathway"]["indications"]["RI-small-2b"] = {"urgency": "E1", "title": {"en": "Low oxygen", "zh": "低氧"}}
del SMALL["pathway"]["indications"]["RI-small-2"]


def small() -> dict[str, Any]:
    """A copy of its bundle."""
    return copy.deepcopy(SMALL)
