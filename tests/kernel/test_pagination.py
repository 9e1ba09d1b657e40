"""Keyset pages: cursors, mixed directions, merged ranges, and what somebody may have written into a cursor."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.kernel.errors import InvalidInput
from consortium.kernel.pagination import PAGE_SIZE, Page, keyset, keyset_merged, read_cursor, write_cursor
from consortium.people.models import Institution, Region
from tests.factories.people import make_institution, make_region

# -- cursors


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert read_cursor(write_cursor([1, "two", None]), 3) == [1, "two", None]


def test_a_cursor_needs_no_padding() -> None:
    assert "=" not in write_cursor(["a"])


def test_a_cursor_stands_in_an_address_as_it_is() -> None:
    cursor = write_cursor(["???>>>~~~儿"])
    assert not set(cursor) & set("+/?&#")


def test_a_cursor_carries_chinese() -> None:
    assert read_cursor(write_cursor(["儿科"]), 1) == ["儿科"]


def test_what_json_has_no_word_for_is_written_as_text() -> None:
    key = uuid4()
    assert read_cursor(write_cursor([key]), 1) == [str(key)]


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["%", "a", "!!!!", encoded(b"not json"), encoded(b'{"a": 1}'), encoded(b'"text"'), encoded(b"7"), encoded(b"\xff")],
)
def test_a_cursor_that_is_none_is_the_callers_fault(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_cursor(cursor, 1)
    assert refused.value.fields == {"after": "unreadable cursor"}


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_cursor(write_cursor([1]), 2)


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_a_cursor_holds_plain_values_only(value: Any) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(write_cursor([value]), 1)


# -- pages


@pytest.fixture
def regions(db: None) -> list[str]:
    """Seven regions; two share a Chinese name with two others."""
    for name, chinese in zip("gfedcba", "甲乙甲乙丙丁丙", strict=True):
        Region.objects.filter(pk=make_region(name).pk).update(name_zh=chinese)
    return list("abcdefg")


def walk(order: tuple[str, ...], size: int, rows: Any = None) -> list[str]:
    """The names of all pages, one after the other."""
    seen: list[str] = []
    after = ""
    while True:
        page = keyset(Region.objects.all() if rows is None else rows, order=order, after=after, size=size)
        seen += [item["name_en"] if isinstance(item, dict) else item.name_en for item in page.items]
        if not (after := page.next_cursor):
            return seen


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_pages_of_any_size_add_up_to_the_whole(regions: list[str], size: int) -> None:
    assert walk(("name_en", "id"), size) == regions


def test_pages_run_backwards_too(regions: list[str]) -> None:
    assert walk(("-name_en", "-id"), 2) == regions[::-1]


@pytest.mark.parametrize("order", [("name_zh", "-name_en", "id"), ("-name_zh", "name_en", "-id")])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_columns_may_go_different_ways(regions: list[str], order: tuple[str, ...], size: int) -> None:
    whole = list(Region.objects.order_by(*order).values_list("name_en", flat=True))
    assert walk(order, size) == whole


def test_equal_values_are_told_apart_by_the_last_column(regions: list[str]) -> None:
    assert sorted(walk(("name_zh", "id"), 1)) == regions


def test_rows_may_be_dicts(regions: list[str]) -> None:
    assert walk(("name_en", "id"), 3, Region.objects.values("name_en", "id")) == regions


def test_the_last_page_has_no_next(regions: list[str]) -> None:
    assert keyset(Region.objects.all(), order=("name_en", "id"), size=7).next_cursor == ""


def test_a_full_page_with_more_behind_it_has_a_next(regions: list[str]) -> None:
    assert keyset(Region.objects.all(), order=("name_en", "id"), size=6).next_cursor


def test_nothing_is_one_empty_page(db: None) -> None:
    assert keyset(Region.objects.none(), order=("name_en", "id")) == Page([], "")


def test_a_row_added_before_the_cursor_shifts_nothing(regions: list[str]) -> None:
    first = keyset(Region.objects.all(), order=("name_en", "id"), size=3)
    make_region("aa")
    second = keyset(Region.objects.all(), order=("name_en", "id"), size=3, after=first.next_cursor)
    assert [r.name_en for r in second.items] == ["d", "e", "f"]


def test_a_row_removed_before_the_cursor_shifts_nothing(regions: list[str]) -> None:
    first = keyset(Region.objects.all(), order=("name_en", "id"), size=3)
    Region.objects.filter(name_en="b").delete()
    second = keyset(Region.objects.all(), order=("name_en", "id"), size=3, after=first.next_cursor)
    assert [r.name_en for r in second.items] == ["d", "e", "f"]


def test_the_row_of_the_cursor_may_be_gone(regions: list[str]) -> None:
    first = keyset(Region.objects.all(), order=("name_en", "id"), size=3)
    Region.objects.filter(name_en="c").delete()
    second = keyset(Region.objects.all(), order=("name_en", "id"), size=3, after=first.next_cursor)
    assert second.items[0].name_en == "d"


def statement(after: str) -> str:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        keyset(Region.objects.all(), order=("name_en", "id"), size=2, after=after)
    assert len(captured.captured_queries) == 1
    return str(captured.captured_queries[0]["sql"])


def test_a_page_is_one_statement_that_skips_and_counts_nothing(regions: list[str]) -> None:
    after = keyset(Region.objects.all(), order=("name_en", "id"), size=2).next_cursor
    text = statement(after)
    assert "OFFSET" not in text
    assert "COUNT" not in text


def test_where_all_columns_go_one_way_rows_are_compared_as_wholes(regions: list[str]) -> None:
    after = keyset(Region.objects.all(), order=("name_en", "id"), size=2).next_cursor
    assert "ROW(" in statement(after)


def test_a_page_asks_for_one_row_more_than_it_shows(regions: list[str]) -> None:
    assert "LIMIT 3" in statement("")


def test_the_usual_page_has_25_rows() -> None:
    assert PAGE_SIZE == 25


@pytest.mark.parametrize("values", [["a", "no-uuid"], ["a", None], [None, str(uuid4())], ["x" * 10_000, str(uuid4())]])
def test_a_value_that_the_column_cannot_hold_never_reaches_the_database(db: None, values: list[Any]) -> None:
    with CaptureQueriesContext(connection) as captured, pytest.raises(InvalidInput):
        keyset(Region.objects.all(), order=("name_en", "id"), after=write_cursor(values))
    assert len(captured) == 0


def test_sql_in_a_cursor_is_a_name_like_any_other(regions: list[str]) -> None:
    hostile = write_cursor(["'; DROP TABLE people_region; --", str(UUID(int=0))])
    assert len(keyset(Region.objects.all(), order=("name_en", "id"), after=hostile).items) == 7


# -- several ranges as one list


def merged(*parts: Any, after: str = "", size: int = 3) -> Page:
    return keyset_merged(parts, order=("name_en", "id"), shaped=lambda rows: rows.values("name_en", "id"), after=after,
                         size=size)  # fmt: skip


def named(page: Page) -> list[str]:
    return [item["name_en"] for item in page.items]


def test_ranges_are_merged_in_order(regions: list[str]) -> None:
    some, others = Region.objects.filter(name_en__in="bdf"), Region.objects.filter(name_en__in="ace")
    assert named(merged(some, others, size=6)) == list("abcdef")


def test_a_row_of_two_ranges_is_shown_once(regions: list[str]) -> None:
    some, others = Region.objects.filter(name_en__in="ab"), Region.objects.filter(name_en__in="bc")
    assert named(merged(some, others)) == list("abc")


def test_one_range_alone_is_no_union(regions: list[str]) -> None:
    with CaptureQueriesContext(connection) as captured:
        merged(Region.objects.all())
    assert "UNION" not in captured.captured_queries[0]["sql"]


def test_the_next_page_of_ranges_goes_on_behind_the_last(regions: list[str]) -> None:
    parts = Region.objects.filter(name_en__in="bdf"), Region.objects.filter(name_en__in="ace")
    first = merged(*parts)
    assert named(merged(*parts, after=first.next_cursor)) == list("def")


def test_ranges_end_without_a_next(regions: list[str]) -> None:
    parts = Region.objects.filter(name_en__in="b"), Region.objects.filter(name_en__in="a")
    assert merged(*parts).next_cursor == ""


def test_a_foreign_cursor_is_refused_for_ranges_too(db: None) -> None:
    with pytest.raises(InvalidInput):
        merged(Region.objects.all(), after=write_cursor(["a", "no-uuid"]))


@pytest.mark.parametrize("moment", [datetime(2026, 6, 1, 12, 30, 1, 5, tzinfo=UTC), date(2026, 6, 1)])
def test_a_time_is_written_so_that_nothing_of_it_is_lost(moment: Any) -> None:
    from consortium.kernel.pagination import _plain

    assert type(moment).fromisoformat(_plain(moment)) == moment


def test_an_order_may_lead_over_a_foreign_key(db: None) -> None:
    """Three institutions by their region's name, one a page."""
    for name in ("North", "East", "West"):
        make_institution(f"{name} Centre", region=make_region(name))
    rows = Institution.objects.values("id", "region__name_en")
    found, after = [], ""
    for _ in range(3):
        page = keyset(rows, order=("region__name_en", "id"), after=after, size=1)
        found += [item["region__name_en"] for item in page.items]
        after = page.next_cursor
    assert (found, after) == (["East", "North", "West"], "")
