"""What people type about their notices."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.notices.models import Preference
from consortium.notices.operations.preferences import Choice
from consortium.notices.queries.reach import Way


class PreferencesForm(forms.Form):
    """Quiet hours, and for each configured channel whether it is wanted and where it reaches the person."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, ways: Sequence[Way], kept: Preference | None) -> None:
        quiet = {"quiet_from": kept.quiet_from, "quiet_until": kept.quiet_until} if kept else {}
        super().__init__(data, initial={**quiet, "version": kept.version if kept else None})
        self.ways = ways
        for way in ways:
            self._add(way)

    def _add(self, way: Way) -> None:
        self.fields[f"ordinary_{way.channel}"] = forms.BooleanField(
            label=_("Ordinary notices"), required=False, initial=way.ordinary
        )
        self.fields[f"urgent_{way.channel}"] = forms.BooleanField(
            label=_("Urgent notices and pages"), required=False, initial=way.urgent
        )
        if way.takes_address:
            hint = way.addresses[0] if way.addresses and not way.own_address else ""
            self.fields[f"address_{way.channel}"] = forms.CharField(
                label=_("Another number or address"), required=False, max_length=200, initial=way.own_address,
                help_text=_("Leave empty to use %(address)s.") % {"address": hint} if hint else "",
            )  # fmt: skip

    def channels(self) -> list[dict[str, Any]]:
        """The fields by channel, for the template."""
        return [
            {
                "way": way,
                "ordinary": self[f"ordinary_{way.channel}"],
                "urgent": self[f"urgent_{way.channel}"],
                "address": self[f"address_{way.channel}"] if way.takes_address else None,
            }
            for way in self.ways
        ]

    def choices(self) -> dict[str, Choice]:
        said = self.cleaned_data
        return {
            way.channel: Choice(
                said[f"ordinary_{way.channel}"], said[f"urgent_{way.channel}"], said.get(f"address_{way.channel}", "")
            )
            for way in self.ways
        }


class ShowForm(forms.Form):
    """Which notices to show; whatever it does not know, it leaves out."""

    show = forms.ChoiceField(required=False, choices=[("unread", ""), ("urgent", "")])
    after = forms.CharField(required=False, max_length=200)

    def values(self) -> tuple[str, str]:
        self.is_valid()
        return self.cleaned_data.get("show", ""), self.cleaned_data.get("after", "")
