"""Signing in, the second factor, the profile, and the public pages of a link."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as ReauthenticateByPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from consortium.people.forms.base import Acting, Keyed
from consortium.people.operations.factors import use_code
from consortium.people.queries.actors import SHARED


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name and password; and whether others use this computer too."""

    shared = forms.BooleanField(
        label=_("Other people use this computer too"),
        help_text=_("It locks after 10 minutes without anybody here, and asks for your code each time."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        password.widget.attrs = {"autocomplete": "current-password"}
        login.label, password.label = _("Username"), _("Password")
        password.help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """The answer about the computer stays with the session from before the second factor on."""
        shared = bool(self.cleaned_data["shared"])
        request.session[SHARED] = shared
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if shared:
            request.session.set_expiry(0)
        return response


class ChangeForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ConfirmForm(ReauthenticateByPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class _UsesCode:
    """A number of the authenticator app, or a recovery code; each is good once."""

    user: Any
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def _relabel(self, fields: dict[str, forms.Field]) -> None:
        code = fields["code"]
        code.label = _("Code from your authenticator app")
        code.help_text = _("Six digits. Or one of your recovery codes.")
        code.widget.attrs = {
            "autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none", "spellcheck": "false",
        }  # fmt: skip

    def clean_code(self) -> str:
        forget = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        factor = use_code(user=self.user, code=code)
        if factor is None:
            raise get_adapter().validation_error("incorrect_code")
        factor.user = self.user
        self.authenticator = factor
        forget()
        return code


class CodeForm(_UsesCode, AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._relabel(self.fields)


class CodeAgainForm(_UsesCode, ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._relabel(self.fields)


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class ProfileForm(Acting):
    """What others see of a member of staff."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    full_name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    title = forms.CharField(label=_("Professional title"), max_length=120, required=False)
    licence_number = forms.CharField(
        label=_("Licence number"),
        max_length=60,
        required=False,
        help_text=_("Stands under every answer that you sign."),
    )
    phone = forms.CharField(
        label=_("Telephone at work"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser")), *settings.LANGUAGES]
    )


class NewPasswordForm(Acting):
    """A new password, typed once: it can be shown, so typing it twice proves nothing."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least 12 characters. A short sentence is easiest to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class JoinForm(NewPasswordForm, ProfileForm):
    """A new account by an invitation."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=[UnicodeUsernameValidator(message=_("Use letters, digits and . _ - only, without spaces."))],
        help_text=_("You sign in with it. Letters and digits, for instance your name."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = None  # type: ignore[assignment]
    field_order = ("full_name", "full_name_zh", "title", "licence_number", "phone", "username", "password")


class ResetForm(Keyed):
    drops_second_factor = forms.BooleanField(
        label=_("The telephone with the authenticator app is lost too"),
        help_text=_("The second factor is taken off, and has to be set up anew at the next sign-in."),
        required=False,
    )
