"""The bank's pages and its API: what is typed becomes the question, and what is wrong is told beside what was typed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from consortium.casework.sheets import lines_of, workbook
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, TooLarge
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment import gift, tables
from courses.assessment.models import Item, ItemImport, ItemVersion, Picture
from courses.assessment.operations.importing import begin_import, finish_import
from courses.assessment.operations.pictures import MOST_BYTES, add_picture
from tests.cast import actor_for, client_for
from tests.factories.items import CONTENTS, SINGLE, approved_item, make_author, written_item
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
BANK = "/assessment/bank/"


@pytest.fixture
def author(hospital: Institution) -> User:
    return make_author(hospital, "author")


@pytest.fixture
def reviewer(hospital: Institution) -> User:
    return make_staff("reviewer", hospital, Role.CLINICAL_REVIEWER)


@pytest.fixture
def browser(author: User) -> Client:
    return client_for(author)


def text(name: str, en: str) -> dict[str, str]:
    return {f"{name}_en": en, f"{name}_zh": f"{en}（中）"}


def options(*words: str, name: str = "o") -> dict[str, str]:
    return {key: value for n, word in enumerate(words) for key, value in text(f"{name}{n}", word).items()}


TAGS = {"age_band": "infant", "system": "breathing", "task": "know", "danger": "pink", "source": "IMCI 2014"}
#: what the editor sends for each kind
TYPED: dict[str, dict[str, Any]] = {
    "single": {**options("Forty", "Fifty", "Sixty"), "right": "o1", "o1_hint_en": "Yes"},
    "multiple": {**options("A", "B", "C"), "right": ["o0", "o1"], "rule": "each"},
    "true_false": {"right": "true"},
    "ordering": options("Red", "Yellow", "Green"),
    "matching": {**options("Stridor", "Cough"), **text("o0_match", "Red"), **text("o1_match", "Green"),
                 **text("o2_match", "Blue")},
    "numeric": {"value": "2,5", "tolerance": "0.1", "unit": "glucose:mmol/L"},
    "short": {"accepted": "ORS\n口服补液盐\n"},
    "essay": {**options("Names the signs"), "o0_points": "2", "most_words": "100"},
    "case_set": {},
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPED)
def test_every_kind_is_typed_and_kept(browser: Client, kind: str) -> None:
    reply = browser.post(f"{BANK}new/{kind}/", {**text("stem", "Which?"), **TAGS, **TYPED[kind], "points": "2"})
    version: Any = ItemVersion.unscoped.select_related("item").get()

    assert reply.status_code == 302
    assert (version.item.kind, version.points, version.source, version.item.danger) == (kind, 2, "IMCI 2014", "pink")


@pytest.mark.parametrize("kind", [*TYPED, "hotspot"])
def test_every_kind_has_its_empty_editor(browser: Client, kind: str) -> None:
    assert browser.get(f"{BANK}new/{kind}/").status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in CONTENTS if kind != "hotspot"])
def test_every_kind_is_shown_edited_and_tried(browser: Client, author: User, kind: str) -> None:
    version = written_item(author, kind)
    pages = [browser.get(f"{BANK}{version.pk}/{page}").status_code for page in ("", "edit/", "figures/")]

    assert [*pages, browser.post(f"{BANK}{version.pk}/", {"a-option": "b"}).status_code] == [200] * 4


def test_an_edit_keeps_what_was_written(browser: Client, author: User) -> None:
    """What the editor shows, sent back, is the very same content."""
    version = written_item(author)
    sent = {**text("stem", "x"), "stem_en": "Which is right?", "stem_zh": "Which is right?（中文）", "right": "o1",
            "feedback_en": "Because.", "feedback_zh": "Because.（中文）", **TAGS, "version": "1"}  # fmt: skip
    for n, one in enumerate(SINGLE["options"]):
        sent |= {f"o{n}_id": one["id"], **{f"o{n}_{code}": one["text"][code] for code in ("en", "zh")},
                 **{f"o{n}_hint_{code}": one["feedback"][code] for code in ("en", "zh")}}  # fmt: skip
    browser.post(f"{BANK}{version.pk}/edit/", sent)

    assert ItemVersion.unscoped.get().content == version.content


def test_what_was_typed_stays_when_it_is_wrong(browser: Client) -> None:
    reply = browser.post(f"{BANK}new/single/", {**text("stem", "Which?"), **options("Forty", "Fifty"), **TAGS})

    assert reply.status_code == 422
    assert b"Mark exactly one option" in reply.content
    assert b"Forty" in reply.content


def test_an_unknown_kind_has_no_editor(browser: Client) -> None:
    assert browser.get(f"{BANK}new/riddle/").status_code == 404


def test_somebody_else_s_edit_is_told(browser: Client, author: User) -> None:
    version = written_item(author, "true_false")
    sent = {**text("stem", "So."), "right": "true", **TAGS, "version": "7"}

    assert browser.post(f"{BANK}{version.pk}/edit/", sent).status_code == 422


def test_a_question_is_added_to_a_case_and_taken_out(browser: Client, author: User) -> None:
    version = written_item(author, "case_set")
    browser.post(f"{BANK}{version.pk}/edit/true_false/", {**text("stem", "So."), "right": "false", "version": "1"})
    added = [part["id"] for part in ItemVersion.unscoped.get().content["parts"]]
    browser.post(f"{BANK}{version.pk}/edit/q1/", {"remove": "1", "version": "2"})

    assert added == ["q1", "q2", "q3"]
    assert [part["id"] for part in ItemVersion.unscoped.get().content["parts"]] == ["q2", "q3"]


def test_a_fault_of_a_case_s_question_is_told_on_its_page(browser: Client, author: User) -> None:
    version = written_item(author, "case_set")
    reply = browser.post(f"{BANK}{version.pk}/edit/short/", {**text("stem", "What?"), "version": "1"})

    assert reply.status_code == 422
    assert b"Write at least one answer" in reply.content


def test_a_case_has_no_question_of_that_name(browser: Client, author: User) -> None:
    version = written_item(author, "case_set")

    assert browser.get(f"{BANK}{version.pk}/edit/q9/").status_code == 404


def test_an_answer_that_is_tried_is_looked_back_at(browser: Client, author: User) -> None:
    version = written_item(author)
    reply = browser.post(f"{BANK}{version.pk}/", {"a-option": "a"})

    assert b"No points" in reply.content
    assert b"This was right" in reply.content


def test_a_question_goes_through_its_review(browser: Client, author: User, reviewer: User) -> None:
    version, other = written_item(author), client_for(reviewer)
    browser.post(f"{BANK}{version.pk}/submit/")
    asked = other.get(f"{BANK}{version.pk}/send_back/")
    empty = other.post(f"{BANK}{version.pk}/send_back/", {"remark": ""})
    other.post(f"{BANK}{version.pk}/send_back/", {"remark": "Which age?"})
    browser.post(f"{BANK}{version.pk}/submit/")
    other.post(f"{BANK}{version.pk}/approve/")

    assert (asked.status_code, empty.status_code) == (200, 422)
    assert ItemVersion.unscoped.get().step == "approved"


def test_an_act_that_is_none(browser: Client, author: User) -> None:
    version = written_item(author)

    assert browser.post(f"{BANK}{version.pk}/burn/").status_code == 404
    assert browser.get(f"{BANK}{version.pk}/submit/").status_code == 404


@pytest.mark.parametrize("page", ["", "?q=which&kind=single", "reviews/", "imports/"])
def test_pages_of_the_bank(browser: Client, author: User, page: str) -> None:
    written_item(author)

    assert browser.get(BANK + page).status_code == 200


def test_htmx_gets_the_list_alone(browser: Client) -> None:
    assert b"<html" not in browser.get(BANK, headers={"HX-Request": "true"}).content


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_whatever_its_length(
    browser: Client, author: User, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        written_item(author)
    with django_assert_max_num_queries(12):
        browser.get(BANK)


def test_a_learner_does_not_find_the_bank(asker: User) -> None:
    assert client_for(asker).get(BANK).status_code == 403


def test_a_corrected_key_is_shown_before_it_is_applied(browser: Client, author: User, reviewer: User) -> None:
    version = approved_item(author, reviewer)

    assert browser.get(f"{BANK}{version.pk}/rescore/").status_code == 404


# -- files ------------------------------------------------------------------------------------------------------------


def as_author(author: User, operation: Any, **words: Any) -> Any:
    actor = actor_for(author)
    with acting_as(actor):
        return operation(actor=actor, **words)


def test_a_template_is_taken_over_whole(browser: Client) -> None:
    data = browser.get(f"{BANK}imports/template.xlsx").content
    sent = {"file": SimpleUploadedFile("q.xlsx", data), "request_key": "0b0b0b0b-0000-0000-0000-000000000001"}
    shown = browser.post(f"{BANK}imports/", sent, follow=True)
    browser.post(f"{BANK}imports/{ItemImport.unscoped.get().pk}/")

    assert b"Take over 5 questions" in shown.content
    assert sorted(Item.unscoped.values_list("code", flat=True)) == [f"EX-{n}" for n in range(1, 6)]


def test_what_is_wrong_is_told_and_the_rest_taken_over(browser: Client, author: User) -> None:
    data = b"A {T}\n\nB {=x}\n\nNo braces\n"
    batch = as_author(author, begin_import, data=data, name="q.gift")
    browser.post(f"{BANK}imports/{batch.pk}/")
    book = browser.get(f"{BANK}imports/{batch.pk}/faults.xlsx").content

    assert Item.unscoped.count() == 2
    assert [line.cells["stem_en"] for line in lines_of(book, tables.COLUMNS)] == ["No braces"]


def test_a_file_is_taken_over_once(author: User) -> None:
    batch = as_author(author, begin_import, data=b"A {T}", name="q.txt")
    for _ in range(2):
        as_author(author, finish_import, import_id=batch.pk)

    assert Item.unscoped.count() == 1


@pytest.mark.parametrize(
    ("row", "field"),
    [("// [points:many]\nA {T}", "points"), ("// [danger:violet]\nA {T}", "danger"), ("::Q1::A {T}", "code")],
)
def test_what_only_the_bank_knows_is_told(author: User, row: str, field: str) -> None:
    written_item(author, code="Q1")
    batch = as_author(author, begin_import, data=row.encode(), name="q.gift")

    assert list(batch.rows[0]["faults"]) == [field]


def test_a_code_twice_in_one_file_is_told(author: User) -> None:
    batch = as_author(author, begin_import, data=b"::Q1::A {T}\n\n::Q1::B {T}", name="q.gift")

    assert [list(row["faults"]) for row in batch.rows] == [[], ["code"]]


def test_a_code_taken_in_between_is_a_fault_of_its_row(author: User) -> None:
    batch = as_author(author, begin_import, data=b"::Q1::A {T}", name="q.gift")
    written_item(author, code="Q1")
    done = as_author(author, finish_import, import_id=batch.pk)

    assert done.rows[0]["faults"]
    assert not done.rows[0]["item"]


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a"), (b"\x00\x01", "a.txt"), (b"x" * 1_000_001, "a"), (b"PK\x03\x04junk", "a.xlsx"),
                       (b"a,b\n1,2", "a.csv"), (b"// nothing", "a.gift")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(author: User, data: bytes, name: str) -> None:
    with pytest.raises(InvalidInput):
        as_author(author, begin_import, data=data, name=name)


def test_a_file_in_another_encoding_is_read(author: User) -> None:
    batch = as_author(author, begin_import, data="咳嗽是症状 {T}".encode("gb18030"), name="q.txt")

    assert batch.rows[0]["content"]["stem"]["en"] == "咳嗽是症状"


def test_somebody_else_s_import_is_not_there(author: User, hospital: Institution) -> None:
    batch = as_author(author, begin_import, data=b"A {T}", name="q.txt")

    assert client_for(make_author(hospital)).post(f"{BANK}imports/{batch.pk}/").status_code == 404


def test_the_bank_is_exported_and_read_again(browser: Client, author: User) -> None:
    written_item(author, "matching", code="M1")
    text_out = browser.get(f"{BANK}questions.gift").content.decode()
    sheet = browser.get(f"{BANK}questions.xlsx?kind=matching").content
    content = ItemVersion.unscoped.get().content

    assert [one.content for one in gift.parse(text_out)] == [content]
    assert [one.content for one in tables.drafted(lines_of(sheet, tables.COLUMNS))] == [content]


@pytest.mark.parametrize("form", ["pdf", "gift", "exe"])
def test_a_template_in_no_known_form(browser: Client, form: str) -> None:
    assert browser.get(f"{BANK}imports/template.{form}").status_code == 404


def test_an_export_in_no_known_form(browser: Client) -> None:
    assert browser.get(f"{BANK}questions.pdf").status_code == 404


def test_a_row_without_shape_comes_home_too(author: User, browser: Client) -> None:
    data = workbook({"q": (("kind", "stem_en", "options_en"), [("riddle", "=Which?", "A\nB")])})
    batch = as_author(author, begin_import, data=data, name="q.xlsx")
    book = browser.get(f"{BANK}imports/{batch.pk}/faults.xlsx").content

    assert len(lines_of(book, tables.COLUMNS)) == 1


# -- pictures ---------------------------------------------------------------------------------------------------------


def png(side: int = 2000) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), "teal").save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_made_small_and_shown_to_staff(author: User, asker: User) -> None:
    picture = as_author(author, add_picture, data=png())
    reply = client_for(asker).get(f"/assessment/pictures/{picture.pk}/")

    assert (picture.width, picture.height, reply["Content-Type"]) == (1600, 800, "image/webp")


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", png()[:100]])
def test_what_is_no_picture_is_refused(author: User, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        as_author(author, add_picture, data=data)


def test_a_picture_that_is_too_large(author: User) -> None:
    with pytest.raises(TooLarge):
        as_author(author, add_picture, data=b"x" * (MOST_BYTES + 1))


def test_a_place_on_a_picture_is_written_with_its_picture(browser: Client) -> None:
    sent = {**text("stem", "Where?"), **text("alt", "A chest"), **TAGS, "areas": "box 100 100 200 100\nellipse 5 5 9 9",
            "picture_file": SimpleUploadedFile("a.png", png(300))}  # fmt: skip
    reply = browser.post(f"{BANK}new/hotspot/", sent, follow=True)
    version = ItemVersion.unscoped.get()

    assert reply.status_code == 200
    assert version.content["picture"] == str(Picture.unscoped.get().pk)
    assert browser.post(f"{BANK}{version.pk}/", {"a-points": "150,150"}).status_code == 200
    assert browser.get(f"{BANK}{version.pk}/edit/").status_code == 200


# -- the API ----------------------------------------------------------------------------------------------------------


def test_the_api_writes_reviews_and_lists(browser: Client, reviewer: User) -> None:
    sent = {"kind": "single", "content": SINGLE, "danger": "pink"}
    made = browser.post("/api/v1/items/", sent, content_type="application/json").json()
    place = f"/api/v1/items/{made['id']}/"
    edited = browser.patch(place, {"content": SINGLE, "version": 1}, content_type="application/json").json()
    browser.post(f"{place}submit/", {}, content_type="application/json")
    approved = client_for(reviewer).post(f"{place}approve/", {}, content_type="application/json").json()
    listed = browser.get("/api/v1/items/?step=approved").json()["results"]

    assert (made["available_actions"], edited["version"]) == (["edit", "submit", "retire"], 2)
    assert (approved["step"], [row["id"] for row in listed]) == ("approved", [made["id"]])
    assert browser.get(f"{place}figures/").json()["answers"] == 0
    assert browser.post(f"{place}burn/", {}, content_type="application/json").status_code == 404


def test_the_api_tells_every_fault_by_its_field(browser: Client) -> None:
    sent = {"kind": "short", "content": {"stem": {}}}
    reply = browser.post("/api/v1/items/", sent, content_type="application/json")

    assert reply.status_code == 422
    assert sorted(reply.json()["fields"]) == ["accepted", "stem"]
