"""What people type about a child. Forms parse; the operations decide."""

from consortium.patients.forms.measuring import CorrectForm, MeasureForm
from consortium.patients.forms.records import (
    HOW,
    ConsentForm,
    DetailsForm,
    EditForm,
    EraseForm,
    GlassForm,
    GuardianForm,
    LinkForm,
    OnceForm,
    RegisterForm,
    ReviewForm,
    SearchForm,
    show_error,
)

__all__ = [
    "HOW",
    "ConsentForm",
    "CorrectForm",
    "DetailsForm",
    "EditForm",
    "EraseForm",
    "GlassForm",
    "GuardianForm",
    "LinkForm",
    "MeasureForm",
    "OnceForm",
    "RegisterForm",
    "ReviewForm",
    "SearchForm",
    "show_error",
]
