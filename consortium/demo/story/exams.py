"""Two exams of the demonstration, and who sat them."""

from typing import Final, NamedTuple


class Examined(NamedTuple):
    """An exam: its titles and introduction in both languages, how many questions, minutes (None: no limit), and whether
    it is a self-check, which asks what still awaits its review, too."""

    en: str
    zh: str
    intro_en: str
    intro_zh: str
    questions: int
    minutes: int | None
    attempts: int
    self_check: bool = False


EXAMS: Final = (
    Examined(
        "Theory test: what the manual says", "理论考试：手册要点",
        "Eight questions from the manual's own pages. The time is the server's.",
        "八道题均出自手册原文。时间以服务器为准。", 8, 20, 2,
    ),
    Examined(
        "Self-check: before the course", "课前自测", "See what you know already. Nothing of it counts.",
        "看看自己已经掌握了多少，不计学分。", 6, None, 20, self_check=True,
    ),
)  # fmt: skip

#: (who, how likely each of their answers is right)
SAT: Final = (
    ("community", 0.9), ("district", 0.85), ("sunhao", 0.6), ("nurse", 0.5), ("wujie", 0.75), ("zhaomin", 0.4),
    ("heping", 0.65), ("ward", 0.55), ("fanglin", 0.7), ("gulan", 0.95),
)  # fmt: skip
#: the last of them at each exam have begun and are not done
SITTING: Final = 1
