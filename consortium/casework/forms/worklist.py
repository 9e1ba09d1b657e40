"""What people type on the screens of casework."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.casework.queries.worklists import Narrow
from consortium.casework.states import CaseKind, Priority
from consortium.kernel import clock
from consortium.people.forms.base import Edited

DUTY_HOURS = ((4, _("4 hours")), (8, _("8 hours")), (12, _("12 hours")), (24, _("24 hours")))


class NarrowForm(forms.Form):
    """Which part of a list to show; whatever it does not know, it leaves out."""

    service = forms.TypedChoiceField(label=_("Service"), required=False, coerce=UUID, empty_value=None)
    priority = forms.TypedChoiceField(
        label=_("Urgency"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("All")), *Priority.choices],
    )

    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *CaseKind.choices])

    def __init__(self, data: Any, services: list[Any]) -> None:
        super().__init__(data, auto_id="narrow-%s")
        field: Any = self.fields["service"]
        field.choices = [("", _("All")), *((str(service.pk), service.name) for service in services)]

    def narrow(self) -> Narrow:
        self.is_valid()
        said = self.cleaned_data
        return Narrow(said.get("service"), said.get("priority"), said.get("kind", ""))


class DutyForm(forms.Form):
    """For how long somebody goes on duty."""

    hours = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, choices=DUTY_HOURS, initial=8, widget=forms.RadioSelect
    )

    def until(self) -> datetime:
        return clock.now() + timedelta(hours=self.cleaned_data["hours"])


class ServiceForm(Edited):
    """What a service's lead keeps up to date."""

    duty_phone = forms.CharField(
        label=_("Duty telephone"),
        help_text=_("Answered day and night; shown on every stat screen."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    intake_note_en = forms.CharField(
        label=_("What to send with a question, in English"),
        help_text=_("Shown beside the form while somebody asks: what you need to know to answer at once."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )
    intake_note_zh = forms.CharField(
        label=_("What to send with a question, in Chinese"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-Hans"}),
    )

    def fields_given(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "version"}


class FilesOfCase(forms.MultipleChoiceField):
    """Ids of files; whether they are the case's own is the operation's to say."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(each) for each in super().clean(value)]


class MessageForm(forms.Form):
    """One message into a thread. `request_key` makes a double click one message."""

    text = forms.CharField(
        label=_("Write a message"),
        error_messages={"required": _("Write something first.")},
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        strip=True,
    )
    files = FilesOfCase(label=_("Send along"), required=False)  # type: ignore[assignment]
    reply_to = forms.UUIDField(widget=forms.HiddenInput, required=False)
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    #: a voice note may come without words, which the browser cannot know
    use_required_attribute = False

    def __init__(self, *args: Any, files: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["files"]
        choices.choices = files

    def full_clean(self) -> None:
        """With files it needs no words."""
        data: Any = self.data
        self.fields["text"].required = not (self.is_bound and data.get("files"))
        super().full_clean()

    def words(self) -> dict[str, Any]:
        """What `post_message` takes."""
        said = self.cleaned_data
        return {"text": said["text"], "key": said["request_key"], "reply_to": said["reply_to"], "files": said["files"]}
