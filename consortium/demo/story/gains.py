"""A course of the demonstration with tests before it, after it and some weeks later, and what people knew at each."""

from typing import Final, NamedTuple

from consortium.demo.story.courses import Taught

COURSE: Final = Taught(
    "cough-5-17y", "The older child with cough", "学龄儿童咳嗽",
    "Count, look and listen: who needs a hospital, who needs a medicine, who needs advice.",
    "数、看、听：哪些患儿要住院，哪些要用药，哪些只需指导家长。", "1",
)  # fmt: skip

TEST: Final = ("What do you know already?", "先测一测：您已经掌握了多少")
CHAPTER_TEST: Final = ("Test of the chapter", "章节测验")
CHAPTER_QUESTIONS: Final = 3

#: how many questions of each kind a test draws: three tests without a common question
DRAWN: Final = {"single": 2, "true_false": 2, "numeric": 2}
#: days ago: the course opens; the first sits the test before it; the first sits the one after it; the one weeks later
OPENED, BEFORE, AFTER, LATER = 78, 76, 70, 6
WEEKS: Final = 8


class Learner(NamedTuple):
    """How likely each answer is right before the course, after it, and some weeks later (None: did not sit it)."""

    username: str
    before: float
    after: float | None = None
    later: float | None = None


#: Six of community centres are told; three of district hospitals are too few, and stand with two of the children's
#: hospital. One has stopped after the first test; `community` is asked again now, with whom has not sat the last one.
LEARNERS: Final = (
    Learner("community", 0.4, 0.9), Learner("nurse", 0.3, 0.7, 0.7), Learner("wujie", 0.5, 0.9, 0.8),
    Learner("zhaomin", 0.2, 0.6, 0.5), Learner("heping", 0.5, 0.8, 0.9), Learner("liuyan", 0.6, 1.0, 0.8),
    Learner("district", 0.6, 0.9), Learner("sunhao", 0.5, 0.7), Learner("fanglin", 0.4, 0.8),
    Learner("ward", 0.5, 0.8, 0.8), Learner("gulan", 0.7, 1.0), Learner("fengmei", 0.6),
)  # fmt: skip
