"""What people type about people. A form reads and checks; the operation decides."""

from consortium.people.forms.account import (
    ActivateForm,
    ChangeForm,
    CodeAgainForm,
    CodeForm,
    ConfirmForm,
    JoinForm,
    NewPasswordForm,
    ProfileForm,
    ResetForm,
    SignInForm,
)
from consortium.people.forms.staff import (
    DepartmentForm,
    InstitutionForm,
    InvitationForm,
    MoveForm,
    RoleForm,
    SeatForm,
    StaffFilter,
)

__all__ = [
    "ActivateForm",
    "ChangeForm",
    "CodeAgainForm",
    "CodeForm",
    "ConfirmForm",
    "DepartmentForm",
    "InstitutionForm",
    "InvitationForm",
    "JoinForm",
    "MoveForm",
    "NewPasswordForm",
    "ProfileForm",
    "ResetForm",
    "RoleForm",
    "SeatForm",
    "SignInForm",
    "StaffFilter",
]
