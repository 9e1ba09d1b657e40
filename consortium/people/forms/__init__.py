"""What people type about people. A form reads and checks; the operation decides."""

from consortium.people.forms.account import (
    ActivateForm,
    CodeAgainForm,
    CodeForm,
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
    "CodeAgainForm",
    "CodeForm",
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
