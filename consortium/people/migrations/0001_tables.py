"""People, where they work, and how they come in."""

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("people", "0001_initial"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Specialty",
            fields=[
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=40, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                ("full_name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="professional title")),
                ("licence_number", models.CharField(blank=True, max_length=60, verbose_name="licence number")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[("", "As the device"), ("light", "Light"), ("dark", "Dark")],
                        default="",
                        max_length=10,
                        verbose_name="appearance",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["full_name", "id"], name="people_user_name")],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("token_hash", models.BinaryField(unique=True)),
                ("password_mark", models.CharField(max_length=128)),
                ("second_factor", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["user", "-created_at", "id"], name="people_token_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="people_token_period"
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name_en",), name="people_region_name")],
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Community health centre"), (2, "District hospital"), (3, "Children's hospital")]
                    ),
                ),
                (
                    "capabilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("duty_phone", models.CharField(blank=True, max_length=40)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("letterhead", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="institutions", to="people.region"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tier", "name_en"], name="people_institution_list")],
                "constraints": [
                    models.UniqueConstraint(fields=("name_en",), name="people_institution_name"),
                    models.CheckConstraint(condition=models.Q(("tier__in", [1, 2, 3])), name="people_institution_tier"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name_en", models.CharField(max_length=120, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="departments", to="people.institution"
                    ),
                ),
                (
                    "specialty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departments",
                        to="people.specialty",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "name_en"), name="people_department_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="ResetLink",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("drops_second_factor", models.BooleanField(default=False)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reset_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["user", "-created_at"], name="people_reset_of_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="people_resetlink_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="people_reset_period"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("asker", "Community or district clinician"),
                            ("specialist", "Specialist"),
                            ("service_lead", "Service lead"),
                            ("coordinator", "Coordinator"),
                            ("nurse", "Nurse"),
                            ("training_admin", "Training admin"),
                            ("lecturer", "Lecturer"),
                            ("manual_editor", "Manual editor"),
                            ("clinical_reviewer", "Clinical reviewer"),
                            ("pharmacist", "Pharmacist"),
                            ("institution_admin", "Institution admin"),
                            ("consortium_manager", "Consortium manager"),
                            ("privacy_officer", "Privacy officer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=30,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.department",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="people.institution"
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "specialty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.specialty",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["institution", "role"], name="people_membership_roles")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on", None)),
                        fields=("user", "institution", "role"),
                        name="people_membership_once",
                        violation_error_message="This person already holds this role here.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="people_membership_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("suspended_at", None), ("suspended_by", None)),
                            models.Q(("suspended_at__isnull", False), ("suspended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_membership_suspended_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "asker",
                                    "specialist",
                                    "service_lead",
                                    "coordinator",
                                    "nurse",
                                    "training_admin",
                                    "lecturer",
                                    "manual_editor",
                                    "clinical_reviewer",
                                    "pharmacist",
                                    "institution_admin",
                                    "consortium_manager",
                                    "privacy_officer",
                                    "auditor",
                                ],
                            )
                        ),
                        name="people_membership_role",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("asker", "Community or district clinician"),
                            ("specialist", "Specialist"),
                            ("service_lead", "Service lead"),
                            ("coordinator", "Coordinator"),
                            ("nurse", "Nurse"),
                            ("training_admin", "Training admin"),
                            ("lecturer", "Lecturer"),
                            ("manual_editor", "Manual editor"),
                            ("clinical_reviewer", "Clinical reviewer"),
                            ("pharmacist", "Pharmacist"),
                            ("institution_admin", "Institution admin"),
                            ("consortium_manager", "Consortium manager"),
                            ("privacy_officer", "Privacy officer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=30,
                    ),
                ),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.department",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="people.institution"
                    ),
                ),
                (
                    "specialty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.specialty",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [models.Index(fields=["institution", "-created_at"], name="people_invitation_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="people_invitation_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("accepted_by", None)),
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_invitation_accepted_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="people_invitation_period"
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
