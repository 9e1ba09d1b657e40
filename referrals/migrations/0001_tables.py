"""Referrals, beds, visits, follow-up and the radar."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("referrals", "0001_initial"),
        ("referrals", "0002_drafts_of_care_and_avoidable"),
        ("referrals", "0003_family_links"),
        ("referrals", "0004_free_beds_of_a_service"),
        ("referrals", "0005_going_up_again"),
        ("referrals", "0006_what_a_visit_needs"),
    ]

    dependencies = [
        ("casework", "0001_tables"),
        ("patients", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("admitted_on", models.DateField(verbose_name="admitted or seen on")),
                ("left_on", models.DateField(verbose_name="discharged on")),
                ("diagnoses", models.JSONField(default=list, verbose_name="final diagnoses")),
                ("course", models.TextField(verbose_name="course and procedures")),
                ("medicines", models.TextField(verbose_name="medicines")),
                ("immunisations", models.TextField(verbose_name="immunisations given")),
                ("pending", models.TextField(verbose_name="results still pending")),
                ("follow_up", models.TextField(verbose_name="follow-up")),
                (
                    "destination",
                    models.CharField(
                        choices=[
                            ("home", "Home"),
                            ("lower", "To a hospital or centre close to home"),
                            ("higher", "To another hospital"),
                            ("died", "Died"),
                            ("left", "Left against advice"),
                        ],
                        max_length=20,
                        verbose_name="went to",
                    ),
                ),
                ("special_care", models.BooleanField(default=True, verbose_name="needed what only a hospital has")),
                ("avoidable", models.BooleanField(default=False)),
                (
                    "appropriateness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("appropriate", "At the right time"),
                            ("too_early", "Could have stayed"),
                            ("too_late", "Should have come sooner"),
                        ],
                        max_length=20,
                        verbose_name="the referral came",
                    ),
                ),
                ("to_sender", models.TextField(blank=True, verbose_name="what to learn from it")),
                ("for_family", models.TextField(blank=True, verbose_name="for the family")),
                ("signed_at", models.DateTimeField()),
                ("signer_name", models.CharField(max_length=120)),
                ("signer_title", models.CharField(blank=True, max_length=120)),
                ("signer_licence", models.CharField(blank=True, max_length=60)),
                ("correction_reason", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="care_outcomes", to="casework.case"
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="referrals.outcome",
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
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="referrals_outcome_created_once"
                    ),
                    models.UniqueConstraint(fields=("case", "number"), name="referrals_outcome_number"),
                    models.CheckConstraint(
                        condition=models.Q(("left_on__gte", models.F("admitted_on"))),
                        name="referrals_outcome_dates",
                        violation_error_message="A child leaves after it comes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diagnoses", []), _negated=True),
                            models.Q(("course", ""), _negated=True),
                            models.Q(("medicines", ""), _negated=True),
                            models.Q(("pending", ""), _negated=True),
                            models.Q(("follow_up", ""), _negated=True),
                            models.Q(("immunisations", ""), _negated=True),
                        ),
                        name="referrals_outcome_whole",
                        violation_error_message="An outcome has all seven parts: write “none” where there is none.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("destination__in", ["home", "lower", "higher", "died", "left"]),
                            ("appropriateness__in", ["", "appropriate", "too_early", "too_late"]),
                        ),
                        name="referrals_outcome_known",
                        violation_error_message="Choose where the child went.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("avoidable", False),
                            models.Q(("destination", "home"), ("special_care", False)),
                            _connector="OR",
                        ),
                        name="referrals_outcome_avoidable",
                        violation_error_message="Only a child that went home and needed nothing special could have stayed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_reason", ""), ("corrects", None)),
                            models.Q(("corrects__isnull", False), models.Q(("correction_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="referrals_outcome_corrected_with_reason",
                        violation_error_message="An outcome is corrected with a reason.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="BedBoard",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("emergency", "Emergency department"),
                            ("ward", "Ward"),
                            ("intensive", "Intensive care"),
                        ],
                        max_length=20,
                        verbose_name="where",
                    ),
                ),
                ("free", models.PositiveSmallIntegerField(verbose_name="free beds")),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="note")),
                ("noted_at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="beds", to="casework.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service", "place"), name="referrals_beds_once"),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ["emergency", "ward", "intensive"])),
                        name="referrals_beds_place",
                        violation_error_message="Choose where the beds are.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("free__lte", 200)),
                        name="referrals_beds_few",
                        violation_error_message="A service has 200 free beds at most.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fields", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "letter",
                    models.CharField(
                        choices=[("outcome", "Outcome"), ("plan", "Plan to send back with")], max_length=10
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="care_drafts", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "author", "letter"), name="referrals_care_draft_once"),
                    models.CheckConstraint(
                        condition=models.Q(("letter__in", ["outcome", "plan"])),
                        name="referrals_care_draft_letter",
                        violation_error_message="A draft is of an outcome or of a plan.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("item", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=20)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfer_checks", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "item"), name="referrals_check_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state", ""), _negated=True),
                        name="referrals_check_state",
                        violation_error_message="Say whether it was done.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Encounter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("clinic", "Clinic"),
                            ("emergency", "Emergency department"),
                            ("ward", "Ward"),
                            ("intensive", "Intensive care"),
                            ("theatre", "Operating theatre"),
                        ],
                        max_length=20,
                        verbose_name="place",
                    ),
                ),
                ("ward", models.CharField(blank=True, max_length=120, verbose_name="ward or clinic")),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="encounters", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case",),
                        name="referrals_encounter_one_open",
                        violation_error_message="The child is in one place at a time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ["clinic", "emergency", "ward", "intensive", "theatre"])),
                        name="referrals_encounter_place",
                        violation_error_message="Choose where the child is cared for.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("begun_at")), _connector="OR"
                        ),
                        name="referrals_encounter_period",
                        violation_error_message="A stay ends after it begins.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FamilyLink",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("first_opened_at", models.DateTimeField(blank=True, null=True)),
                ("last_opened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True, choices=[("coming", "We are coming"), ("cannot", "We cannot come")], max_length=20
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="family_links", to="casework.case"
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="referrals_familylink_created_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("case",),
                        name="referrals_family_link_one",
                        violation_error_message="The family has a link already: revoke it first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="referrals_family_link_ends",
                        violation_error_message="A link runs out after it is made.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wrong_tries__lte", 5)),
                        name="referrals_family_link_tries",
                        violation_error_message="This link was tried too often.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                ("answer__in", ["coming", "cannot"]),
                                ("answered_at__isnull", False),
                                ("first_opened_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_family_link_answer",
                        violation_error_message="The family says whether it comes, on its page.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("recall", "Missed: to be recalled"),
                            ("done", "Done"),
                            ("missed", "Missed"),
                            ("worsened", "Got worse"),
                            ("cancelled", "No longer needed"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                ("task", models.TextField(verbose_name="what to do")),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("recall_on", models.DateField(blank=True, null=True, verbose_name="recalled for")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("finding", models.TextField(blank=True, verbose_name="how the child is")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="casework.case"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("step__in", ("planned", "recall"))),
                        fields=["due_on"],
                        name="referrals_follow_up_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["planned", "recall", "done", "missed", "worsened", "cancelled"])
                        ),
                        name="referrals_follow_up_step",
                    ),
                    models.UniqueConstraint(fields=("case", "number"), name="referrals_follow_up_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "done"), _negated=True),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="referrals_follow_up_done_pair",
                        violation_error_message="A visit that was made was made by somebody.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "recall"), _negated=True), ("recall_on__isnull", False), _connector="OR"
                        ),
                        name="referrals_follow_up_recalled",
                        violation_error_message="Choose the day for which the family is called again.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recall_on", None), ("recall_on__gte", models.F("due_on")), _connector="OR"
                        ),
                        name="referrals_follow_up_recall_later",
                        violation_error_message="The second try comes after the first.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("airway", "Airway lost or tube out"),
                            ("oxygen", "Oxygen ran out"),
                            ("arrest", "Cardiac or respiratory arrest"),
                            ("seizure", "Seizure"),
                            ("access", "Line lost"),
                            ("cold", "Cooled below 36 °C"),
                            ("glucose", "Low blood glucose"),
                            ("equipment", "Equipment failed"),
                            ("vehicle", "Vehicle broke down or was delayed"),
                            ("drug", "Drug error"),
                        ],
                        max_length=20,
                        verbose_name="what happened",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="what was done")),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="casework.case"
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("created_by", "request_key"), name="referrals_incident_created_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "airway",
                                    "oxygen",
                                    "arrest",
                                    "seizure",
                                    "access",
                                    "cold",
                                    "glucose",
                                    "equipment",
                                    "vehicle",
                                    "drug",
                                ],
                            )
                        ),
                        name="referrals_incident_kind",
                        violation_error_message="Choose what happened.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recorded_at__gte", models.F("happened_at"))),
                        name="referrals_incident_not_ahead",
                        violation_error_message="It happened before it was written down.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("requested", "Asked"),
                            ("seen", "Seen"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Asked no longer"),
                            ("completed", "Completed"),
                        ],
                        default="requested",
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_bed", "No bed or place in time"),
                            ("wrong_service", "Another specialty is needed"),
                            ("no_capability", "What the child needs cannot be done here"),
                            ("local", "Can be cared for where the child is"),
                            ("not_enough", "Cannot be judged from what was sent"),
                            ("duplicate", "Already referred"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "alternative",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.service",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="casework.case"
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.service"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "number"), name="referrals_offer_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ["requested", "seen"])),
                        fields=("case", "service"),
                        name="referrals_offer_once",
                        violation_error_message="This service has been asked already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step__in", ["accepted", "completed"])),
                        fields=("case",),
                        name="referrals_one_winner",
                        violation_error_message="Another hospital has accepted this child already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step__in", ["requested", "seen", "accepted", "declined", "withdrawn", "completed"])
                        ),
                        name="referrals_offer_step",
                        violation_error_message="A service was asked, has seen, accepted or declined.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "declined"), _negated=True),
                            models.Q(("decline_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referrals_declined_with_reason",
                        violation_error_message="A referral is declined with a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at", None), ("seen_by", None)), ("seen_at__isnull", False), _connector="OR"
                        ),
                        name="referrals_offer_seen_pair",
                        violation_error_message="What was seen was seen at a time.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="referral",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("requested", "Sent"),
                            ("seen", "Seen"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined: another place is sought"),
                            ("scheduled", "Visit booked"),
                            ("unattended", "Did not come to the visit"),
                            ("visit_cancelled", "Visit cancelled"),
                            ("transport", "Transport arranged"),
                            ("en_route", "On the way"),
                            ("arrived", "Arrived"),
                            ("under_care", "Under care"),
                            ("outcome_sent", "Outcome sent: to be acknowledged"),
                            ("following", "Taken over: being followed up"),
                            ("closed", "Loop closed"),
                            ("followed", "Followed to the end"),
                            ("cancelled", "Cancelled"),
                            ("ended", "Ended without care"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("up", "Up-referral"),
                            ("lateral", "Referral to the same tier"),
                            ("back", "Back-referral"),
                        ],
                        default="up",
                        max_length=20,
                    ),
                ),
                ("problem", models.CharField(max_length=60)),
                ("is_stat", models.BooleanField(default=False)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("danger", "Danger signs: life at risk"),
                            ("treatment", "A treatment that cannot be given here"),
                            ("investigation", "An investigation that cannot be made here"),
                            ("examination", "Has to be seen by the specialist"),
                            ("admission", "Has to be admitted"),
                            ("worse", "Got worse under treatment"),
                            ("follow_up", "Follow-up close to home"),
                            ("family", "The family asks for it"),
                        ],
                        max_length=20,
                        verbose_name="why the child is sent",
                    ),
                ),
                ("question", models.TextField(blank=True, verbose_name="question")),
                ("situation", models.TextField(blank=True, verbose_name="situation")),
                ("background", models.TextField(blank=True, verbose_name="background")),
                ("assessment", models.TextField(blank=True, verbose_name="assessment")),
                ("recommendation", models.TextField(blank=True, verbose_name="what you think should be done")),
                ("working_diagnosis", models.CharField(blank=True, max_length=200, verbose_name="working diagnosis")),
                ("diagnosis_code", models.CharField(blank=True, max_length=10, verbose_name="ICD-10")),
                ("consent_given", models.BooleanField(default=False)),
                ("may_be_redirected", models.BooleanField(default=True)),
                ("whereabouts", models.CharField(blank=True, max_length=200, verbose_name="where the child is")),
                ("unannounced", models.BooleanField(default=False)),
                ("again", models.BooleanField(default=False)),
                ("indication_pathway", models.CharField(blank=True, max_length=80)),
                ("indication_version", models.PositiveIntegerField(blank=True, null=True)),
                ("indication_id", models.CharField(blank=True, max_length=80)),
                ("indication_urgency", models.CharField(blank=True, max_length=2)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("promise", models.CharField(blank=True, max_length=200, verbose_name="bed or place promised")),
                ("disputed_at", models.DateTimeField(blank=True, null=True)),
                ("dispute_reason", models.TextField(blank=True)),
                ("cancel_asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("better", "The child is better"),
                            ("elsewhere", "Cared for elsewhere"),
                            ("family", "The family no longer wants it"),
                            ("mistake", "Sent by mistake"),
                            ("consent", "The guardian no longer agrees to share the record"),
                        ],
                        max_length=20,
                    ),
                ),
                ("information_asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "life_threat",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("airway", "Airway or breathing at risk"),
                            ("shock", "Shock or bleeding"),
                            ("seizure", "Seizure that does not stop"),
                            ("surgery", "Needs an operation at once"),
                            ("newborn", "Newborn in danger"),
                        ],
                        max_length=20,
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("died", "The child died"),
                            ("left_area", "The family left the area"),
                            ("refused", "The guardian refuses"),
                            ("lost", "The family cannot be found"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "error_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong_child", "Wrong child"),
                            ("duplicate", "Entered twice"),
                            ("other", "Other, as explained"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "needs_capabilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("plan", models.TextField(blank=True, verbose_name="plan")),
                ("plan_medicines", models.TextField(blank=True, verbose_name="medicines")),
                ("guardian_agreed", models.BooleanField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_from",
                        to="casework.case",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="patients.patient"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["indication_pathway", "indication_id"], name="referrals_by_indication"),
                    models.Index(fields=["parent"], name="referrals_parent"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "step__in",
                                [
                                    "draft",
                                    "requested",
                                    "seen",
                                    "accepted",
                                    "declined",
                                    "scheduled",
                                    "unattended",
                                    "visit_cancelled",
                                    "transport",
                                    "en_route",
                                    "arrived",
                                    "under_care",
                                    "outcome_sent",
                                    "following",
                                    "closed",
                                    "followed",
                                    "cancelled",
                                    "ended",
                                    "entered_in_error",
                                ],
                            )
                        ),
                        name="referrals_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["up", "lateral", "back"])),
                        name="referrals_kind",
                        violation_error_message="A referral goes up, down or to the same tier.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("again", False),
                            ("is_stat", False),
                            (
                                "step__in",
                                (
                                    "requested",
                                    "seen",
                                    "declined",
                                    "accepted",
                                    "scheduled",
                                    "unattended",
                                    "visit_cancelled",
                                    "transport",
                                    "en_route",
                                    "arrived",
                                    "under_care",
                                    "following",
                                ),
                            ),
                        ),
                        fields=("patient", "problem", "kind"),
                        name="referrals_one_open_for_a_problem",
                        violation_error_message="This child is referred for this problem already: open that referral.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent", None), models.Q(("parent", models.F("case")), _negated=True), _connector="OR"
                        ),
                        name="referrals_parent_is_another",
                        violation_error_message="A referral does not come out of itself.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "ended"), _negated=True),
                            models.Q(("end_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referrals_ended_with_reason",
                        violation_error_message="Say why the referral ends without care.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step", "cancelled"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="referrals_cancelled_with_reason",
                        violation_error_message="Say why the referral is cancelled.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancel_asked_at", None), models.Q(("cancel_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="referrals_cancel_asked_with_reason",
                        violation_error_message="Say why the referral is to be cancelled.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dispute_reason", ""), ("disputed_at", None)),
                            models.Q(("disputed_at__isnull", False), models.Q(("dispute_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="referrals_dispute_with_reason",
                        violation_error_message="Say why you disagree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("indication_id", ""),
                            models.Q(
                                models.Q(("indication_pathway", ""), _negated=True),
                                ("indication_version__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_indication_whole",
                        violation_error_message="An indication is cited with its page and version.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ["arrived", "under_care"]), _negated=True),
                            ("arrived_at__isnull", False),
                            _connector="OR",
                        ),
                        name="referrals_arrived_at",
                        violation_error_message="A child that is there has arrived at a time.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Transport",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="transport",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("sender_ambulance", "Ambulance of the sending side"),
                            ("retrieval", "Retrieval team of the receiving hospital"),
                            ("emergency", "Public ambulance (120)"),
                            ("family_car", "Family's own vehicle, with a nurse"),
                            ("family_alone", "Family alone"),
                        ],
                        max_length=20,
                        verbose_name="transport",
                    ),
                ),
                ("crew", models.CharField(blank=True, max_length=200, verbose_name="crew")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone on the way")),
                ("arranged_at", models.DateTimeField()),
                ("expected_at", models.DateTimeField(blank=True, null=True, verbose_name="expected arrival")),
                ("departed_at", models.DateTimeField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("severity", models.CharField(blank=True, max_length=200, verbose_name="how ill")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("actions", models.TextField(blank=True, verbose_name="to do on the way")),
                ("awareness", models.TextField(blank=True, verbose_name="what may go wrong, and what then")),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signer_name", models.CharField(blank=True, max_length=120)),
                ("read_back", models.TextField(blank=True, verbose_name="read back")),
                ("read_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "read_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vehicle",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.booking",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mode__in", ["sender_ambulance", "retrieval", "emergency", "family_car", "family_alone"])
                        ),
                        name="referrals_transport_mode",
                        violation_error_message="Choose how the child travels.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("departed_at", None),
                            ("arrived_at", None),
                            ("arrived_at__gte", models.F("departed_at")),
                            _connector="OR",
                        ),
                        name="referrals_transport_order",
                        violation_error_message="A child arrives after it departs.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None), ("signer_name", "")),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                models.Q(("signer_name", ""), _negated=True),
                                models.Q(("summary", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_handover_signed_whole",
                        violation_error_message="A signed hand-over says who gives it, and what about the child.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("read_back_at", None), ("read_back_by", None)),
                            models.Q(
                                ("read_back_at__isnull", False),
                                ("read_back_by__isnull", False),
                                models.Q(("read_back", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_read_back_whole",
                        violation_error_message="A read-back has words, and who says them.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Unwatched",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(choices=[(1, "Stat"), (2, "Urgent"), (3, "Routine")])),
                ("due_at", models.DateTimeField()),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.institution",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["receiver", "priority", "due_at", "case"], name="referrals_radar_received"),
                    models.Index(fields=["sender", "priority", "due_at", "case"], name="referrals_radar_sent"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("request_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("booked_at", models.DateTimeField()),
                ("by_sender", models.BooleanField(default=False)),
                ("instructions", models.TextField(blank=True, verbose_name="what to bring")),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("cancel_reason", models.CharField(blank=True, max_length=200)),
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visit", to="casework.booking"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="casework.case"
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("created_by", "request_key"), name="referrals_visit_created_once"),
                    models.UniqueConstraint(fields=("case", "number"), name="referrals_visit_number"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="waiting",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("notice_hours", models.PositiveSmallIntegerField(default=24)),
                ("filled_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waiting", to="casework.calendar"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(
                        condition=models.Q(("filled_at", None), ("left_at", None)),
                        fields=["calendar", "priority", "since"],
                        name="referrals_waiting_list",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("filled_at", None), ("left_at", None), _connector="OR"),
                        name="referrals_waiting_one_end",
                        violation_error_message="Who got a place no longer waits.",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "outcome",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="acknowledgement",
                        serialize=False,
                        to="referrals.outcome",
                    ),
                ),
                ("usefulness", models.PositiveSmallIntegerField(verbose_name="how useful was it")),
                (
                    "concordance",
                    models.CharField(
                        choices=[
                            ("same", "The same"),
                            ("partly", "Partly"),
                            ("different", "Different"),
                            ("none_made", "I had made none"),
                        ],
                        max_length=20,
                        verbose_name="my diagnosis was",
                    ),
                ),
                (
                    "appropriateness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("appropriate", "At the right time"),
                            ("too_early", "Could have stayed"),
                            ("too_late", "Should have come sooner"),
                        ],
                        max_length=20,
                        verbose_name="looking back, I referred",
                    ),
                ),
                ("learnt", models.TextField(blank=True, verbose_name="what I take from it")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acknowledgements", to="casework.case"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("usefulness__range", (1, 5))),
                        name="referrals_usefulness",
                        violation_error_message="Choose 1 to 5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("concordance__in", ["same", "partly", "different", "none_made"]),
                            ("appropriateness__in", ["", "appropriate", "too_early", "too_late"]),
                        ),
                        name="referrals_concordance",
                        violation_error_message="Say how your diagnosis compares.",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="follow_up_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{planned:cancelled,planned:done,planned:recall,planned:worsened,recall:cancelled,recall:done,recall:missed,recall:worsened}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ceb124cceb52e72f01ce3b268e79b0b15bb6f4ae",
                    operation="UPDATE",
                    pgid="pgtrigger_follow_up_step_a80c5",
                    table="referrals_followup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="follow_up_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('planned')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:follow_up_first_step]', NEW.step;",
                    hash="fe1fbfb1da1c374825421e530ef4273b5e86695d",
                    operation="INSERT",
                    pgid="pgtrigger_follow_up_first_step_80312",
                    table="referrals_followup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="referral_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."step", \':\', NEW."step") = ANY(\'{accepted:arrived,accepted:cancelled,accepted:declined,accepted:en_route,accepted:ended,accepted:entered_in_error,accepted:following,accepted:scheduled,accepted:transport,arrived:cancelled,arrived:ended,arrived:entered_in_error,arrived:outcome_sent,arrived:under_care,cancelled:entered_in_error,closed:entered_in_error,closed:outcome_sent,declined:arrived,declined:cancelled,declined:en_route,declined:ended,declined:entered_in_error,declined:requested,declined:seen,draft:entered_in_error,draft:requested,en_route:arrived,en_route:cancelled,en_route:ended,en_route:entered_in_error,ended:entered_in_error,followed:entered_in_error,following:ended,following:entered_in_error,following:followed,outcome_sent:closed,outcome_sent:ended,outcome_sent:entered_in_error,requested:accepted,requested:arrived,requested:cancelled,requested:declined,requested:en_route,requested:ended,requested:entered_in_error,requested:following,requested:seen,scheduled:arrived,scheduled:cancelled,scheduled:declined,scheduled:en_route,scheduled:ended,scheduled:entered_in_error,scheduled:transport,scheduled:unattended,scheduled:under_care,scheduled:visit_cancelled,seen:accepted,seen:arrived,seen:cancelled,seen:declined,seen:en_route,seen:ended,seen:entered_in_error,seen:following,seen:requested,transport:arrived,transport:cancelled,transport:declined,transport:en_route,transport:ended,transport:entered_in_error,transport:scheduled,unattended:arrived,unattended:cancelled,unattended:declined,unattended:en_route,unattended:ended,unattended:entered_in_error,unattended:scheduled,unattended:transport,under_care:cancelled,under_care:ended,under_care:entered_in_error,under_care:outcome_sent,visit_cancelled:arrived,visit_cancelled:cancelled,visit_cancelled:declined,visit_cancelled:en_route,visit_cancelled:ended,visit_cancelled:entered_in_error,visit_cancelled:scheduled,visit_cancelled:transport}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."step" IS DISTINCT FROM NEW."step") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "step" from "%" to "%" on table %\', OLD."step", NEW."step", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="863f3e5b54218c038da2daf7d2d4b0afc679c54c",
                    operation="UPDATE",
                    pgid="pgtrigger_referral_step_430e1",
                    table="referrals_referral",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="referral_first_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"step\" IN ('draft', 'arrived')))",
                    func="RAISE EXCEPTION 'A new row may not begin at step % [rule:referral_first_step]', NEW.step;",
                    hash="e741647d911256f0db62b4f9b5ca27b645e1b572",
                    operation="INSERT",
                    pgid="pgtrigger_referral_first_step_5d4ca",
                    table="referrals_referral",
                    when="BEFORE",
                ),
            ),
        ),
    ]
