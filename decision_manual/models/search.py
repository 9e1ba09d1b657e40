"""What is searched: each title, synonym and paragraph of a version, with a blank around every Han character."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Value

from decision_manual.models.versions import PathwayVersion

HAN = "([\u3400-\u9fff])"


def spaced(expression: Any) -> Func:
    """The text with a blank around each Han character, so that each is a word of its own and phrases find them."""
    return Func(expression, Value(HAN), Value(r" \1 "), Value("g"), function="regexp_replace")


class Paragraph(models.Model):
    """`weight` A title or synonym, B condition or action, C chapter. `initials`: pinyin initials of a title (fr)."""

    version = models.ForeignKey(PathwayVersion, models.PROTECT, related_name="paragraphs")
    place = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    weight = models.CharField(max_length=1)
    text = models.TextField()
    initials = models.CharField(max_length=60, blank=True)
    vector = models.GeneratedField(
        expression=Func(spaced(F("text")), template="to_tsvector('simple', %(expressions)s)"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="decision_manual_words"),
            models.Index(fields=["initials"], name="decision_manual_initials", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.place}"
