"""What the learners of the demonstration are asked about a course, and what they say."""

from typing import Any, Final, NamedTuple


class Survey(NamedTuple):
    """In both languages: the title, what one should know, the questions as `set_survey_questions` takes them."""

    en: str
    zh: str
    intro_en: str
    intro_zh: str
    questions: tuple[dict[str, Any], ...]


SURVEY: Final = Survey(
    "What do you think of this course?", "您对本课程有何看法？",
    "Five questions, two minutes. They help us to make it better.", "共五个问题，约两分钟，帮助我们改进课程。",
    (
        {"kind": "likert", "text_en": "I can use it in my next clinic.", "text_zh": "下次门诊我就能用上。"},
        {"kind": "likert", "text_en": "It was clear on my phone.", "text_zh": "在手机上看得清楚。"},
        {"kind": "likert", "text_en": "I feel safer deciding whom to send.", "text_zh": "判断哪些患儿需要转诊时，我更有把握。"},
        {
            "kind": "choice", "text_en": "How long was it?", "text_zh": "课程时长如何？",
            "options_en": ["Too short", "Just right", "Too long"], "options_zh": ["太短", "正好", "太长"],
        },
        {"kind": "text", "text_en": "What should we change?", "text_zh": "您希望我们改进什么？", "needed": False},
    ),
)  # fmt: skip

#: (who, their answers in the order of the questions): seven, so that a box is full and two wait
SAID: Final = (
    ("community", (5, 4, 5, 1, "More cases from community centres, please.")),
    ("district", (4, 4, 4, 1, None)),
    ("sunhao", (4, 2, 3, 2, "The tables are small on my old phone.")),
    ("nurse", (5, 5, 4, 1, "请增加护士的分诊流程。")),
    ("wujie", (3, 4, 4, 0, None)),
    ("zhaomin", (4, 3, 4, 1, "What to tell the family, word for word.")),
    ("heping", (5, 5, 5, 1, None)),
)  # fmt: skip
