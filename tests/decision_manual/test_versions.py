"""A version never changes; loading the same content again makes none."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotVisible
from decision_manual.library import Library, Pathway, digest
from decision_manual.models import Paragraph, PathwayVersion, VersionState
from decision_manual.operations import add_version, load_shipped
from decision_manual.queries import newest_versions, pathways_shown, version_shown, versions_of
from tests.decision_manual.conftest import changed

pytestmark = pytest.mark.django_db


def _retitled(bundle: dict[str, object]) -> None:
    bundle["pathway"]["title"] = {"en": "Cough, again", "zh": "再论咳嗽"}  # type: ignore[index]


def test_a_version_is_born_a_draft(cough_version: PathwayVersion) -> None:
    assert cough_version.state.step == "draft"


def test_the_database_refuses_to_change_a_version(cough_version: PathwayVersion) -> None:
    with pytest.raises(DatabaseError, match="version_immutable"), transaction.atomic():
        PathwayVersion.objects.filter(pk=cough_version.pk).update(title_en="Other")


def test_the_database_refuses_to_delete_a_version(cough_version: PathwayVersion) -> None:
    with pytest.raises(DatabaseError, match="version_immutable"), transaction.atomic():
        PathwayVersion.objects.filter(pk=cough_version.pk)._raw_delete("default")


def test_the_state_of_a_version_is_never_deleted(cough_version: PathwayVersion) -> None:
    with pytest.raises(DatabaseError, match="version_state_kept"), transaction.atomic():
        VersionState.objects.filter(pk=cough_version.pk)._raw_delete("default")


def test_a_version_reads_back_as_it_was_written(cough_version: PathwayVersion, cough: Pathway) -> None:
    kept = PathwayVersion.objects.get(pk=cough_version.pk)

    assert kept.content == cough
    assert kept.digest == digest(kept.bundle)


def test_loading_what_is_shipped_twice_makes_each_version_once(library: Library) -> None:
    with acting_as(system("a test")) as actor:
        first = load_shipped(actor=actor, library=library)
        second = load_shipped(actor=actor, library=library)

    assert len(first) == len(library.pathways)
    assert second == []


def test_changed_content_is_the_next_number(cough_version: PathwayVersion, cough: Pathway) -> None:
    with acting_as(system("a test")) as actor:
        second = add_version(actor=actor, pathway=changed(cough, _retitled))

    assert (cough_version.number, second.number) == (1, 2)
    assert version_shown("cough-2-59m").pk == second.pk
    assert version_shown("cough-2-59m", 1).pk == cough_version.pk
    assert [one.number for one in versions_of("cough-2-59m")] == [2, 1]


def test_a_version_carries_a_chart_in_both_languages(cough_version: PathwayVersion) -> None:
    assert set(cough_version.charts) == {"en", "zh"}
    assert "n-cough-severe" in cough_version.charts["zh"]


def test_its_paragraphs_are_searchable_with_initials(cough_version: PathwayVersion) -> None:
    titles = Paragraph.objects.filter(version=cough_version, weight="A", language="zh")

    assert "ks" in titles.values_list("initials", flat=True)


def test_a_pathway_that_is_not_there_is_hidden() -> None:
    with pytest.raises(NotVisible):
        version_shown("no-such-pathway")


def test_a_list_for_an_age_holds_the_pathways_of_that_age(library: Library) -> None:
    with acting_as(system("a test")) as actor:
        load_shipped(actor=actor, library=library)

    young = {one.pathway for one in pathways_shown(age_days=20)}

    assert "young-infant-infection" in young
    assert "cough-2-59m" not in young


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(count: int, library: Library, django_assert_num_queries: object) -> None:
    with acting_as(system("a test")) as actor:
        for pathway in list(library.pathways.values())[:count]:
            add_version(actor=actor, pathway=pathway)

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(pathways_shown()) == count


def test_the_newest_versions_leave_the_bundle_behind(cough_version: PathwayVersion) -> None:
    (row,) = newest_versions()

    assert "written" in row.get_deferred_fields()
