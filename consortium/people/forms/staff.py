"""Institutions, departments, invitations and seats."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.kernel.actors import Actor
from consortium.people.forms.base import Acting, Edited, Keyed
from consortium.people.models import Department, Institution, Region, Specialty
from consortium.people.policies import is_manager
from consortium.people.states import CONSORTIUM_ROLES, Role, Standing, Tier, capability_groups


def _named(rows: Any, empty: Any = "") -> list[tuple[str, str]]:
    """Choices in the reader's language, sorted as they read."""
    named = sorted(((str(row.pk), row.name) for row in rows), key=lambda pair: pair[1])
    return [("", empty), *named] if empty else named


def _roles(actor: Actor) -> list[tuple[str, Any]]:
    return [choice for choice in Role.choices if is_manager(actor) or choice[0] not in CONSORTIUM_ROLES]


def _phone(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "tel"})
    return forms.CharField(label=label, max_length=40, required=False, help_text=hint, widget=widget)


class InstitutionForm(Keyed, Edited):
    """An institution; who is not a consortium manager sees only contact and capabilities."""

    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    region_id = forms.TypedChoiceField(label=_("Region"))
    tier = forms.TypedChoiceField(label=_("Tier"), choices=Tier.choices, coerce=int, widget=forms.RadioSelect)
    phone = _phone(_("Telephone"))
    duty_phone = _phone(_("Duty telephone"), _("Answered day and night; shown on every stat screen."))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    capabilities = forms.MultipleChoiceField(
        label=_("What it can do"), choices=capability_groups, required=False, widget=forms.CheckboxSelectMultiple
    )
    letterhead = forms.CharField(
        label=_("Letterhead of printed reports"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region_id"].choices = _named(Region.objects.all(), _("Choose a region"))  # type: ignore[attr-defined]
        if not is_manager(actor):
            for name in ("name_en", "name_zh", "region_id", "tier"):
                del self.fields[name]

    def clean_region_id(self) -> Any:
        return Region.objects.get(pk=self.cleaned_data["region_id"]).pk


class _Placed(Acting):
    """Department and specialty of one institution, both optional."""

    department_id = forms.ChoiceField(label=_("Department"), required=False)
    specialty_id = forms.ChoiceField(label=_("Specialty"), required=False)

    def _offer(self, institution: Institution | None) -> None:
        departments = institution.departments.all() if institution else Department.objects.none()
        self.fields["department_id"].choices = _named(departments, _("None"))  # type: ignore[attr-defined]
        self.fields["specialty_id"].choices = _named(Specialty.objects.all(), _("None"))  # type: ignore[attr-defined]

    def clean_department_id(self) -> Any:
        return self.cleaned_data["department_id"] or None

    def clean_specialty_id(self) -> Any:
        return self.cleaned_data["specialty_id"] or None


class DepartmentForm(Keyed, Edited):
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    specialty_id = forms.ChoiceField(label=_("Specialty"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty_id"].choices = _named(Specialty.objects.all(), _("None"))  # type: ignore[attr-defined]

    def clean_specialty_id(self) -> Any:
        chosen = self.cleaned_data["specialty_id"]
        return Specialty.objects.get(pk=chosen).pk if chosen else None


class SeatForm(_Placed):
    """One more role for somebody who works here."""

    role = forms.ChoiceField(label=_("Role"))
    field_order: tuple[str, ...] = ("role", "department_id", "specialty_id")

    def __init__(self, *args: Any, actor: Actor, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor)  # type: ignore[attr-defined]
        self._offer(institution)


class InvitationForm(SeatForm, Keyed):
    full_name = forms.CharField(
        label=_("Whom do you invite?"), max_length=120, help_text=_("The name, as it should stand under answers.")
    )
    field_order = ("full_name", "role", "department_id", "specialty_id")


class RoleForm(Edited):
    role = forms.ChoiceField(label=_("New role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor)  # type: ignore[attr-defined]


class MoveForm(_Placed, Edited):
    """Another department; for a consortium manager another institution too (its departments are chosen there)."""

    institution_id = forms.ChoiceField(label=_("Institution"))
    field_order = ("institution_id", "department_id", "specialty_id")

    def __init__(self, *args: Any, actor: Actor, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer(institution)
        led = actor.institution_ids(Role.INSTITUTION_ADMIN) | {institution.pk}
        places = Institution.objects.filter(closed_at=None)
        offered = places if is_manager(actor) else places.filter(pk__in=led)
        self.fields["institution_id"].choices = _named(offered)  # type: ignore[attr-defined]
        self.home = str(institution.pk)

    def clean(self) -> dict[str, Any]:
        """A department belongs to the institution it is listed for; elsewhere it is chosen after the move."""
        cleaned = super().clean() or {}
        if cleaned.get("institution_id") != self.home:
            cleaned["department_id"] = None
        return cleaned


class StaffFilter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Every role")), *Role.choices])
    standing = forms.ChoiceField(label=_("Status"), required=False, choices=Standing.choices, initial=Standing.ACTIVE)
