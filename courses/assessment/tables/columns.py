"""The columns and their heads in both languages; what stands in one cell on several lines."""

from typing import Final

#: key -> heads that are understood besides the key itself
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("number", "编号"),
    "kind": ("type", "题型"),
    "case": ("病例",),
    "stem_en": ("question", "question (english)", "题干（英文）"),
    "stem_zh": ("question (chinese)", "题干", "题干（中文）"),
    "options_en": ("options", "options (english)", "选项（英文）"),
    "options_zh": ("options (chinese)", "选项", "选项（中文）"),
    "right": ("answer", "key", "答案", "正确答案"),
    "tolerance": ("误差",),
    "unit": ("单位",),
    "picture": ("图片",),
    "hints_en": ("option feedback", "选项解析（英文）"),
    "hints_zh": ("option feedback (chinese)", "选项解析"),
    "feedback_en": ("feedback", "解析（英文）"),
    "feedback_zh": ("feedback (chinese)", "解析"),
    "points": ("分值",),
    "rule": ("scoring", "计分"),
    "words": ("most words", "字数"),
    "source": ("来源",),
    "age_band": ("age", "年龄"),
    "system": ("系统",),
    "task": ("任务",),
    "danger": ("危险程度",),
    "manual_branch": ("pathway", "手册"),
    "ids": (),
}
HEADING: Final = tuple(COLUMNS)
TAGS: Final = ("age_band", "system", "task", "danger", "manual_branch")
#: kinds as people call them
KINDS: Final[dict[str, str]] = {
    "single": "single", "single choice": "single", "mcq": "single", "单选": "single", "单选题": "single",
    "multiple": "multiple", "multiple choice": "multiple", "multiple response": "multiple", "多选": "multiple",
    "多选题": "multiple", "true_false": "true_false", "true/false": "true_false", "判断": "true_false",
    "判断题": "true_false", "ordering": "ordering", "order": "ordering", "排序": "ordering", "排序题": "ordering",
    "matching": "matching", "match": "matching", "配对": "matching", "配对题": "matching", "numeric": "numeric",
    "number": "numeric", "数值": "numeric", "数值题": "numeric", "short": "short", "short answer": "short",
    "简答": "short", "填空": "short", "填空题": "short", "hotspot": "hotspot", "看图点选": "hotspot",
    "case_set": "case_set", "case": "case_set", "病例题": "case_set", "essay": "essay", "论述": "essay",
    "论述题": "essay",
}  # fmt: skip
TRUE: Final = ("true", "t", "yes", "right", "1", "对", "是", "正确", "√")
FALSE: Final = ("false", "f", "no", "wrong", "0", "错", "否", "错误", "×")
ARROW: Final = "=>"
#: an empty line among others: blanks at the edges of a cell are lost
EMPTY: Final = "\\0"
_SIGNS: Final = {"n": "\n", "0": ""}


def line_of(text: str) -> str:
    """A text as one line of a cell."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(ARROW, "=\\>")


def text_of(line: str) -> str:
    """The text that `line_of` was given."""
    out, signs = [], iter(line)
    for sign in signs:
        following = next(signs, "") if sign == "\\" else ""
        out.append(_SIGNS.get(following, following) if sign == "\\" else sign)
    return "".join(out)
