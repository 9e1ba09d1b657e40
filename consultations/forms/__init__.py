"""What people type about a consultation. Texts keep what was typed; the operations have the last word."""

from consortium.casework.forms.acting import TextForm
from consultations.forms.acting import (
    AllocateForm,
    CloseOutForm,
    DeclineForm,
    ErrorForm,
    TakeBackForm,
    WithdrawForm,
)
from consultations.forms.answers import AdviceForm, CorrectionForm
from consultations.forms.asking import (
    FIELD_NAMES,
    TEXTS,
    AskForm,
    BeginForm,
    ManualForm,
    manual_of,
    service_choices,
)
from consultations.forms.conversing import (
    AskSecondForm,
    ConvertForm,
    DeclineOpinionForm,
    DisputeForm,
    OpinionForm,
    TemplateForm,
)

__all__ = [
    "FIELD_NAMES",
    "TEXTS",
    "AdviceForm",
    "AllocateForm",
    "AskForm",
    "AskSecondForm",
    "BeginForm",
    "CloseOutForm",
    "ConvertForm",
    "CorrectionForm",
    "DeclineForm",
    "DeclineOpinionForm",
    "DisputeForm",
    "ErrorForm",
    "ManualForm",
    "OpinionForm",
    "TakeBackForm",
    "TemplateForm",
    "TextForm",
    "WithdrawForm",
    "manual_of",
    "service_choices",
]
