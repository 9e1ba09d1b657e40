"""What the family types to open its page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.people.forms.base import Acting


class BirthDateForm(Acting):
    birth_date = forms.DateField(
        label=_("Your child's date of birth"), widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"})
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["birth_date"].widget.attrs["max"] = clock.today().isoformat()
