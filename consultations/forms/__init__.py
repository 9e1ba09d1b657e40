"""What people type about a consultation. Texts keep what was typed; the operations have the last word."""

from consultations.forms.acting import (
    AllocateForm,
    CloseOutForm,
    DeclineForm,
    ErrorForm,
    LowerUrgencyForm,
    TextForm,
    UrgencyForm,
    WithdrawForm,
)
from consultations.forms.answers import AdviceForm, CorrectionForm
from consultations.forms.asking import (
    FIELD_NAMES,
    TEXTS,
    AskForm,
    BeginForm,
    WeightField,
    expected_kg,
    plausible_kg,
    service_choices,
)

__all__ = [
    "FIELD_NAMES",
    "TEXTS",
    "AdviceForm",
    "AllocateForm",
    "AskForm",
    "BeginForm",
    "CloseOutForm",
    "CorrectionForm",
    "DeclineForm",
    "ErrorForm",
    "LowerUrgencyForm",
    "TextForm",
    "UrgencyForm",
    "WeightField",
    "WithdrawForm",
    "expected_kg",
    "plausible_kg",
    "service_choices",
]
