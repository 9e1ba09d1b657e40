"""Regions, institutions, departments, users and the seats that users hold."""

import base64
import hashlib
import hmac
import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor, Seat
from consortium.kernel.once import CreatedOnce
from consortium.kernel.scoping import Scoped, ScopedManager, ScopedQuerySet
from consortium.kernel.sealing import derive
from consortium.kernel.versions import Versioned
from consortium.people.states import Role, Standing, Theme, Tier


class Bilingual(models.Model):
    """A name in both languages; `name` gives the reader's, and falls back to the other."""

    name_en = models.CharField(_("name in English"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") and self.name_zh else self.name_en


class Region(Bilingual):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name_en"], name="people_region_name")]


class Specialty(Bilingual):
    """A field of paediatrics; `code` is stable (respiratory, neonatology ...)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)


class Institution(Bilingual, Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="institutions")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    #: what it can do, as codes: equipment, drugs, skills (ct, nicu, ventilator ...)
    capabilities = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    duty_phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    #: whether a printed report shows the answering institution's letterhead; the asking institution decides
    letterhead = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name_en"], name="people_institution_name"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="people_institution_tier"),
        ]
        indexes = [models.Index(fields=["tier", "name_en"], name="people_institution_list")]


class Department(Bilingual, Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="departments")
    specialty = models.ForeignKey(Specialty, models.PROTECT, null=True, blank=True, related_name="departments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "name_en"], name="people_department_name")]


class User(AbstractUser):
    """A member of staff. Several seats, one sign-in. Not scoped: sign-in reads it before anybody acts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(_("name"), max_length=120)
    full_name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    title = models.CharField(_("professional title"), max_length=120, blank=True)
    licence_number = models.CharField(_("licence number"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme.choices, blank=True, default=Theme.AUTO)

    first_name: ClassVar[Any] = None  # type: ignore[misc]  # one name, in two languages, instead
    last_name: ClassVar[Any] = None  # type: ignore[misc]

    #: set when somebody acts as this user: the seats held now, with their institutions
    held_seats: list["Membership"]
    #: set by lists of staff: the seats to show
    shown_seats: list["Membership"]

    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["full_name", "id"], name="people_user_name")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return (self.full_name_zh if chinese else "") or self.full_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own seats; a manager and an auditor see all, an admin or privacy officer their institution's."""
        if actor.has(Role.CONSORTIUM_MANAGER, Role.AUDITOR):
            return self
        led = actor.institution_ids(Role.INSTITUTION_ADMIN, Role.PRIVACY_OFFICER)
        return self.filter(Q(user_id=actor.user_id) | Q(institution_id__in=led))

    def active(self, on: date) -> Self:
        """The seats that may be acted from on that day."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gt=on),
            starts_on__lte=on,
            suspended_at=None,
            user__is_active=True,
            institution__closed_at=None,
        )


class Membership(Scoped, Versioned):
    """One role of one person at one institution, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="memberships")
    specialty = models.ForeignKey(Specialty, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(MembershipQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "institution", "role"],
                condition=Q(ends_on=None),
                name="people_membership_once",
                violation_error_message=_("This person already holds this role here."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="people_membership_period"
            ),
            models.CheckConstraint(
                condition=Q(suspended_at=None, suspended_by=None)
                | Q(suspended_at__isnull=False, suspended_by__isnull=False),
                name="people_membership_suspended_pair",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="people_membership_role"),
        ]
        indexes = [models.Index(fields=["institution", "role"], name="people_membership_roles")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} @ {self.institution_id}"

    def seat(self) -> Seat:
        return Seat(self.role, self.institution_id, self.department_id)

    def words(self) -> str:
        """ "Specialist, Respiratory ward, Children's Hospital"."""
        place = [self.department.name] if self.department else []
        return ", ".join([str(Role(self.role).label), *place, self.institution.name])

    @property
    def standing(self) -> str:
        if self.ends_on is not None and self.ends_on <= clock.today():
            return Standing.LEFT
        return Standing.SUSPENDED if self.suspended_at else Standing.ACTIVE


class ByLink(models.Model):
    """Opened by a secret link, printed or sent: whoever holds it may act. The database keeps only the secret's hash.

    The secret is made anew from the master secret whenever it is shown, so a copied database opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def token(self) -> str:
        """The link's secret: 128 bits as 26 small letters and digits, which can be typed from paper."""
        key = derive(settings.SEALING_KEY, f"link:{self._meta.label_lower}")
        mac = hmac.new(key, self.pk.bytes, hashlib.sha256).digest()
        return base64.b32encode(mac[:16]).decode().rstrip("=").lower()

    @staticmethod
    def hash_of(token: str) -> bytes:
        """What is kept of a token; its 128 random bits need no salt."""
        return hashlib.sha256(token.lower().encode()).digest()


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.has(Role.CONSORTIUM_MANAGER):
            return self
        return self.filter(institution_id__in=actor.institution_ids(Role.INSTITUTION_ADMIN))

    def open(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())


class Invitation(Scoped, ByLink, CreatedOnce):
    """A seat offered by link or printed QR; e-mail is not needed."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="invitations")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    specialty = models.ForeignKey(Specialty, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=30, choices=Role.choices)
    full_name = models.CharField(_("name"), max_length=120)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager.from_queryset(InvitationQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="people_invitation_accepted_pair",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="people_invitation_period"),
        ]
        indexes = [models.Index(fields=["institution", "-created_at"], name="people_invitation_list")]

    def __str__(self) -> str:
        return f"{self.role} @ {self.institution_id}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()


class ResetLinkQuerySet(ScopedQuerySet["ResetLink"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever issued it."""
        return self.filter(created_by_id=actor.user_id, created_by__isnull=False)

    def open(self) -> Self:
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())


class ResetLink(Scoped, ByLink, CreatedOnce):
    """A new password by a printed link, for who has lost theirs; e-mail is not needed."""

    user = models.ForeignKey(User, models.PROTECT, related_name="reset_links")
    #: the telephone with the second factor is lost too
    drops_second_factor = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ResetLinkQuerySet)()

    class Meta(Scoped.Meta, CreatedOnce.Meta):
        constraints = [
            *CreatedOnce.Meta.constraints,
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="people_reset_period"),
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="people_reset_of_user")]

    def __str__(self) -> str:
        return f"reset link {self.pk}"


class ApiTokenQuerySet(ScopedQuerySet["ApiToken"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(user_id=actor.user_id, user__isnull=False)

    def running(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class ApiToken(Scoped):
    """A program's credential: acts as its person, with the seats they hold now. Only the hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    #: what it is for, as the person calls it
    name = models.CharField(max_length=60, blank=True)
    token_hash = models.BinaryField(unique=True)
    #: changes with the password, so that a changed password ends the tokens too
    password_mark = models.CharField(max_length=128)
    second_factor = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ApiTokenQuerySet)()

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="people_token_period"),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "id"], name="people_token_list")]

    def __str__(self) -> str:
        return f"token {self.pk}"
