"""A question as a file says it, before it is anybody's row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.assessment.items.questions import Question
from courses.assessment.items.reading import Unreadable, read
from courses.assessment.items.writing import written


@dataclass(frozen=True, slots=True)
class Drafted:
    """`number`: the row or line of the file. `faults`: why it cannot be taken over, by field; `content` is what was
    understood all the same."""

    number: int
    code: str
    kind: str
    content: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    points: str = "1"
    source: str = ""
    faults: Mapping[str, Any] = field(default_factory=dict)

    def checked(self) -> "Drafted":
        """The same with its content as the engine writes it, or with all its faults."""
        try:
            question: Question = read(self.kind, self.content)
        except Unreadable as error:
            return self._with(self.content, {**error.faults, **self.faults})
        return self._with(written(question), self.faults)

    def _with(self, content: Mapping[str, Any], faults: Mapping[str, Any]) -> "Drafted":
        return Drafted(
            self.number, self.code, self.kind, content, self.tags, self.points, self.source, dict(faults)
        )  # fmt: skip
