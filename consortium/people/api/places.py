"""Regions, specialties, institutions and their departments."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.api.base import page_limit
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require
from consortium.people.api.callers import require_recent_proof
from consortium.people.models import Department, Institution, Region, Specialty
from consortium.people.operations import (
    add_department,
    add_institution,
    close_institution,
    edit_department,
    edit_institution,
    reopen_institution,
)
from consortium.people.policies import may_see_staff
from consortium.people.queries import institutions
from consortium.people.states import Capability, Tier


class RegionShown(Output):
    id = serializers.UUIDField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()


class SpecialtyShown(RegionShown):
    code = serializers.CharField()


class InstitutionShown(Output):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    region_id = serializers.UUIDField()
    tier = serializers.ChoiceField(Tier.choices)
    capabilities = serializers.ListField(child=serializers.CharField())
    phone = serializers.CharField()
    duty_phone = serializers.CharField()
    address = serializers.CharField()
    letterhead = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class InstitutionFilter(Input):
    search = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    tier = serializers.ChoiceField(Tier.choices, required=False, allow_null=True, default=None)
    closed = serializers.BooleanField(required=False, default=False)


class Contact(Input):
    capabilities = serializers.ListField(
        child=serializers.ChoiceField(Capability.choices), required=False, max_length=len(Capability.values)
    )
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    duty_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    letterhead = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class InstitutionInput(Contact):
    name_en = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    region_id = serializers.UUIDField()
    tier = serializers.ChoiceField(Tier.choices)


class InstitutionEdit(Contact):
    name_en = serializers.CharField(max_length=120, required=False)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    region_id = serializers.UUIDField(required=False)
    tier = serializers.ChoiceField(Tier.choices, required=False)


class DepartmentShown(RegionShown):
    version = serializers.IntegerField()
    institution_id = serializers.UUIDField()
    specialty_id = serializers.UUIDField(allow_null=True)


class DepartmentInput(Input):
    name_en = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    specialty_id = serializers.UUIDField(required=False, allow_null=True)


class DepartmentEdit(DepartmentInput):
    name_en = serializers.CharField(max_length=120, required=False)


_INSTITUTION = (
    "id", "version", "name_en", "name_zh", "region_id", "tier", "capabilities", "phone", "duty_phone", "address",
    "letterhead", "closed_at",
)  # fmt: skip
_DEPARTMENT = ("id", "version", "name_en", "name_zh", "institution_id", "specialty_id")


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, when what they point to exists."""
    region, specialty = fields.get("region_id"), fields.get("specialty_id")
    if region and not Region.objects.filter(pk=region).exists():
        raise InvalidInput({"region_id": _("There is no such region.")})
    if specialty and not Specialty.objects.filter(pk=specialty).exists():
        raise InvalidInput({"specialty_id": _("There is no such specialty.")})
    return fields


class Regions(ApiView):
    @described("Regions", gives=RegionShown, page=True)
    def get(self, request: Request) -> Response:
        return self.page(Region.objects.values("id", "name_en", "name_zh"), order=("name_en", "id"), row=dict)


class Specialties(ApiView):
    @described("Fields of paediatrics", gives=SpecialtyShown, page=True)
    def get(self, request: Request) -> Response:
        return self.page(Specialty.objects.values("id", "code", "name_en", "name_zh"), order=("code",), row=dict)


class Institutions(ApiView):
    @described("The consortium's members, by name", gives=InstitutionShown, page=True, filters=InstitutionFilter)
    def get(self, request: Request) -> Response:
        asked = self.asked(InstitutionFilter)
        page = institutions(actor=self.actor, **asked, after=self.after, size=page_limit(request, 25))
        return self.paged([_plain(row, _INSTITUTION) for row in page.items], page.next_cursor)

    @described("Add a member", takes=InstitutionInput, gives=InstitutionShown, status=201, key=True)
    def post(self, request: Request) -> Response:
        fields = self.given(InstitutionInput)
        made = add_institution(actor=self.actor, fields=_known(fields), key=self.request_key)
        return self.created(_plain(made, _INSTITUTION))


class InstitutionDetail(ApiView):
    @described("An institution", gives=InstitutionShown)
    def get(self, request: Request, institution_id: UUID) -> Response:
        require(may_see_staff(self.actor))
        row = Institution.objects.filter(pk=institution_id).first()
        if row is None:
            raise NotVisible
        return self.one(_plain(row, _INSTITUTION))

    @described("Change an institution", takes=InstitutionEdit, gives=InstitutionShown, version=True)
    def patch(self, request: Request, institution_id: UUID) -> Response:
        fields, version = _known(self.given(InstitutionEdit)), self.version
        row = edit_institution(actor=self.actor, institution_id=institution_id, fields=fields, version=version)
        return self.one(_plain(row, _INSTITUTION))


class InstitutionClose(ApiView):
    @described("Close an institution: every seat there ends", takes=Input, gives=InstitutionShown, version=True)
    def post(self, request: Request, institution_id: UUID) -> Response:
        self.given(Input)
        require_recent_proof(request)
        row = close_institution(actor=self.actor, institution_id=institution_id, version=self.version)
        return self.one(_plain(row, _INSTITUTION))


class InstitutionReopen(ApiView):
    @described("Open a closed institution again", takes=Input, gives=InstitutionShown)
    def post(self, request: Request, institution_id: UUID) -> Response:
        self.given(Input)
        row = reopen_institution(actor=self.actor, institution_id=institution_id)
        return self.one(_plain(row, _INSTITUTION))


class Departments(ApiView):
    @described("Departments of an institution", gives=DepartmentShown, page=True)
    def get(self, request: Request, institution_id: UUID) -> Response:
        require(may_see_staff(self.actor))
        rows = Department.objects.filter(institution_id=institution_id).values(*_DEPARTMENT)
        return self.page(rows, order=("name_en", "id"), row=dict)

    @described("Add a department", takes=DepartmentInput, gives=DepartmentShown, status=201, key=True)
    def post(self, request: Request, institution_id: UUID) -> Response:
        fields, key = _known(self.given(DepartmentInput)), self.request_key
        made = add_department(actor=self.actor, institution_id=institution_id, fields=fields, key=key)
        return self.created(_plain(made, _DEPARTMENT))


class DepartmentDetail(ApiView):
    @described("Change a department", takes=DepartmentEdit, gives=DepartmentShown, version=True)
    def patch(self, request: Request, department_id: UUID) -> Response:
        fields, version = _known(self.given(DepartmentEdit)), self.version
        row = edit_department(actor=self.actor, department_id=department_id, fields=fields, version=version)
        return self.one(_plain(row, _DEPARTMENT))


_ONE = "institutions/<uuid:institution_id>/"
urlpatterns = [
    path("regions/", Regions.as_view(), name="regions"),
    path("specialties/", Specialties.as_view(), name="specialties"),
    path("institutions/", Institutions.as_view(), name="institutions"),
    path(_ONE, InstitutionDetail.as_view(), name="institution"),
    path(f"{_ONE}close/", InstitutionClose.as_view(), name="institution-close"),
    path(f"{_ONE}reopen/", InstitutionReopen.as_view(), name="institution-reopen"),
    path(f"{_ONE}departments/", Departments.as_view(), name="departments"),
    path("departments/<uuid:department_id>/", DepartmentDetail.as_view(), name="department"),
]
