"""Rules of credit in the demonstration. None was checked at its source: each says so, and is shown as not verified."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

_RECALLED: Final = "as recalled, to be checked at its source"

RULES: Final[tuple[dict[str, Any], ...]] = (
    {
        "scheme": "cn-cme", "title_en": "Continuing medical education, China", "title_zh": "继续医学教育学分（中国）",
        "category_en": "Self-study and distance learning", "category_zh": "自学与远程教育",
        "hours_per_credit": Decimal(3), "goal": Decimal(25), "cap_category": Decimal(10),
        "source": f"A news digest of the reform (ousaite.com): self-study counts up to 10 a year; the rest {_RECALLED}",
    },
    {
        "scheme": "eaccme", "title_en": "EACCME (UEMS)", "title_zh": "欧洲继续医学教育认证委员会（EACCME）",
        "category_en": "E-learning", "category_zh": "在线学习",
        "hours_per_credit": Decimal(1), "cap_day": Decimal(8),
        "source": f"UEMS-EACCME: 1 hour is 1 ECMEC, with a most for one day; {_RECALLED}",
    },
    {
        "scheme": "ama-pra", "title_en": "AMA PRA Category 1", "title_zh": "美国医学会PRA一类学分",
        "category_en": "Enduring material", "category_zh": "长期学习材料",
        "hours_per_credit": Decimal(1), "evidence": ["exam"],
        "source": f"AMA Physician's Recognition Award: 1 hour is 1 credit, with an assessment; {_RECALLED}",
    },
)  # fmt: skip
SINCE: Final = date(2024, 1, 1)
