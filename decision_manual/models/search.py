"""What is searched: each title, synonym and paragraph of a version, with a blank around every Han character."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from consortium.kernel.search import vector_of
from decision_manual.models.versions import PathwayVersion


class Paragraph(models.Model):
    """`weight` A title or synonym, B condition or action, C chapter. `initials`: pinyin initials of a title (fr)."""

    version = models.ForeignKey(PathwayVersion, models.PROTECT, related_name="paragraphs")
    place = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    weight = models.CharField(max_length=1)
    text = models.TextField()
    initials = models.CharField(max_length=60, blank=True)
    vector = vector_of("text")

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="decision_manual_words"),
            models.Index(fields=["initials"], name="decision_manual_initials", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.place}"
