"""What the rows of courses share: titles in both languages, and content that stays as it was published."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

TITLE_LENGTH = 160


class Titled(models.Model):
    """A title in one language or both; `title` gives the reader's, and falls back to the other."""

    title_en = models.CharField(_("title in English"), max_length=TITLE_LENGTH, blank=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=TITLE_LENGTH, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_en="", title_zh=""), name="%(app_label)s_%(class)s_titled",
                violation_error_message=_("Give a title in one of the two languages."),
            )
        ]  # fmt: skip

    @property
    def title(self) -> str:
        return in_reader_s(self.title_en, self.title_zh)


def in_reader_s(english: str, chinese: str) -> str:
    """The text in the reader's language, or in the other where there is none."""
    reads_chinese = (get_language() or "").startswith("zh")
    return (chinese or english) if reads_chinese else (english or chinese)


def fixed_once_published(name: str, version: str) -> Any:
    """The database refuses to write rows of a version that is no longer a draft.

    `version`: SQL of the version's id, with `{row}` for the row (of a table `library_...`).
    """
    old, new = version.format(row="OLD"), version.format(row="NEW")
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
            IF EXISTS (SELECT 1 FROM library_courseversion v WHERE v.id IN ({old}, {new}) AND v.step <> 'draft') THEN
                RAISE EXCEPTION 'A published version is not changed [rule:library_published_fixed]';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,  # noqa: S608 - names of our own, written here
    )
