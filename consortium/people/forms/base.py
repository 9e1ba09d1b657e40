"""A form that carries an operation out, and shows on itself what the domain refuses."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from consortium.kernel.errors import DomainError, InvalidInput, StaleVersion

T = TypeVar("T")


class Acting(forms.Form):
    """`status` is the HTTP status to show it with."""

    status = 200

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self.status = 422

    def run(self, act: Callable[[], T]) -> T | None:
        """What `act` gives, or None when it was refused: the reason then stands at its field or on top.

        What the person may not do or see (403, 404) passes on.
        """
        try:
            return act()
        except InvalidInput as error:
            for name, what in error.fields.items():
                self.add_error(next((f for f in (name, f"{name}_id") if f in self.fields), None), str(what))
            self.status = error.status
        except DomainError as error:
            if error.status in (403, 404):
                raise
            self.add_error(None, said(error))
            self.status = error.status
        return None


def said(error: DomainError) -> str:
    """The error in words; for a stale version with who changed it, and when."""
    who, at = error.detail.get("changed_by"), parse_datetime(str(error.detail.get("changed_at", "")))
    if isinstance(error, StaleVersion) and who and at:
        told = {"who": who, "time": date_format(localtime(at), "H:i")}
        return _("%(who)s changed this at %(time)s, while you were working on it. Look at it again, then save.") % told
    return str(error.message)


class Keyed(Acting):
    """A form whose double submit makes one row."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_key"].initial = uuid4


class Edited(Acting):
    """A form over a row that others may change meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
