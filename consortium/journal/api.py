"""The journal over the API, for auditors and privacy officers. The export is a page: it wants a fresh proof."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.journal.models import Entry
from consortium.journal.policies import may_read_journal
from consortium.journal.queries import Narrow, journal_page, last_verification
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require


class EntryShown(Output):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    who = serializers.CharField()
    role = serializers.CharField()
    institution_id = serializers.UUIDField(allow_null=True)
    verb = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.CharField()
    patient_id = serializers.UUIDField(allow_null=True)
    facts = serializers.DictField()
    chain = serializers.CharField()
    seq = serializers.IntegerField()
    hash = serializers.CharField()


class EntryFilter(Input):
    person = serializers.CharField(max_length=80, required=False, default="")
    verb = serializers.SlugField(max_length=60, required=False, default="")
    institution = serializers.UUIDField(required=False, default=None)
    since = serializers.DateField(required=False, default=None)
    until = serializers.DateField(required=False, default=None)


class FaultShown(Output):
    chain = serializers.CharField()
    seq = serializers.IntegerField()
    what = serializers.CharField()


class VerificationShown(Output):
    finished_at = serializers.DateTimeField()
    chains = serializers.IntegerField()
    fault_count = serializers.IntegerField()
    faults = FaultShown(many=True)


class Entries(ApiView):
    @described("The journal, the newest entry first", gives=EntryShown, page=True, filters=EntryFilter)
    def get(self, request: Request) -> Response:
        require(may_read_journal(self.actor))
        asked = self.asked(EntryFilter)
        page = journal_page(Narrow(institution_id=asked.pop("institution"), **asked), self.after)
        return self.paged([_entry(entry) for entry in page.items], page.next_cursor)


def _entry(entry: Entry) -> dict[str, Any]:
    plain = ("id", "at", "institution_id", "verb", "subject_type", "subject_id", "patient_id", "facts", "chain", "seq")
    shown = {name: getattr(entry, name) for name in plain}
    return {**shown, "who": entry.actor_name, "role": entry.actor_role, "hash": bytes(entry.hash).hex()}


class LastVerification(ApiView):
    @described("The last verification of all chains", gives=VerificationShown)
    def get(self, request: Request) -> Response:
        require(may_read_journal(self.actor))
        run = last_verification()
        if run is None:
            raise NotVisible
        return self.one({str(name): getattr(run, str(name)) for name in VerificationShown().fields})


urlpatterns = [
    path("journal/", Entries.as_view(), name="journal"),
    path("journal/verification/", LastVerification.as_view(), name="journal-verification"),
]
