"""Marks and fields: each colour has its word, each field its label, each text its escaping."""

from types import SimpleNamespace
from typing import Any

import lucide
import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch

from consortium.kernel.templatetags import look


def test_an_icon_is_decoration() -> None:
    shown = look.icon("bell")
    assert 'aria-hidden="true"' in shown
    assert "<path" in shown


def test_an_icon_with_a_label_is_an_image() -> None:
    shown = look.icon("bell", 24, "Inbox")
    assert 'role="img" aria-label="Inbox"' in shown
    assert 'width="24"' in shown
    assert "aria-hidden" not in shown


def test_the_label_of_an_icon_is_escaped() -> None:
    assert '"><script>' not in look.icon("bell", 20, '"><script>')


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        look.icon("no-such-icon")


def test_no_icon_carries_a_style_attribute() -> None:
    assert "style=" not in look.icon("siren")


def test_an_address_is_drawn_as_a_code_that_the_style_sheet_sizes() -> None:
    shown = look.qr("https://example.org/a", "sheet-qr")
    assert shown.startswith("<svg")
    assert 'class="sheet-qr"' in shown
    assert not {"style=", "width=", "qrline"} & {word for word in ("style=", "width=", "qrline") if word in shown}


def test_another_address_is_another_code() -> None:
    assert look.qr("https://example.org/a") != look.qr("https://example.org/b")


def test_a_tag_escapes_its_text() -> None:
    assert look.tag("<b>") == '<span class="tag">&lt;b&gt;</span>'


def test_a_tag_has_tone_and_sign() -> None:
    shown = look.tag("Draft", "yellow", "pencil")
    assert 'class="tag is-yellow"' in shown
    assert "<svg" in shown


@pytest.mark.parametrize(("level", "word"), [("pink", "Danger"), ("yellow", "Caution"), ("green", "Good")])
def test_a_severity_has_a_word_and_a_sign(level: str, word: str) -> None:
    shown = look.severity(level)
    assert word in shown
    assert "<svg" in shown
    assert f"is-{level}" in shown


def test_a_severity_may_say_its_own_word() -> None:
    assert "PEWS 4" in look.severity("pink", "PEWS 4")


def test_the_signs_of_severities_differ() -> None:
    signs = {look.severity(level, "x").partition("<svg")[2] for level in ("pink", "yellow", "green")}
    assert len(signs) == 3


@pytest.mark.parametrize("code", ["stat", "asap", "urgent", "routine"])
def test_each_priority_has_a_word_and_a_sign(code: str) -> None:
    shown = look.priority(code)
    assert "<svg" in shown
    assert shown.rstrip("</span>")


def test_an_unknown_priority_is_an_error() -> None:
    with pytest.raises(KeyError):
        look.priority("soonish")


def test_my_turn() -> None:
    assert "Your turn" in look.ball(True, "Dr Shen")


def test_another_ones_turn() -> None:
    assert "With Dr Shen" in look.ball(False, "Dr Shen")


def test_nobodys_turn() -> None:
    assert look.ball(False) == ""


def test_a_holder_is_escaped() -> None:
    assert "<i>" not in look.ball(False, "<i>")


def test_a_telephone_number_is_called_without_its_spaces() -> None:
    assert 'href="tel:+862155550142"' in look.phone("+86 21-5555 0142")


def test_a_telephone_number_says_whose_it_is() -> None:
    assert "Duty doctor" in look.phone("110", "Duty doctor")


def test_a_telephone_number_cannot_carry_markup() -> None:
    assert "<script>" not in look.phone("1<script>")


@pytest.mark.parametrize(
    ("name", "marks"),
    [("Dr Shen Kai", "SK"), ("沈凯", "沈"), ("Lin", "L"), ("", ""), ("Prof. Anna Maria Berg", "AB"), ("Dr", "")],
)
def test_initials(name: str, marks: str) -> None:
    assert look.initials(name) == marks


class _Form(forms.Form):
    question = forms.CharField(label="Question", help_text="One sentence.", widget=forms.Textarea)
    weight = forms.DecimalField(label="Weight", required=False)
    soon = forms.ChoiceField(label="How soon", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="The guardian agrees")
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        self.add_error(None, "Not today.")
        return self.cleaned_data


def _field(form: forms.Form, name: str, **more: Any) -> str:
    return render_to_string("components/field.html", look.field(form[name], **more))


def test_a_field_has_its_label() -> None:
    assert '<label for="id_question">Question' in _field(_Form(), "question")


def test_a_field_is_described_by_its_hint() -> None:
    shown = _field(_Form(), "question")
    assert 'aria-describedby="id_question_helptext"' in shown
    assert 'id="id_question_helptext">One sentence.' in shown


def test_a_hint_given_in_the_page_describes_too() -> None:
    assert 'aria-describedby="id_weight_helptext"' in _field(_Form(), "weight", hint="Today's")


def test_a_field_without_explanation_is_not_described() -> None:
    assert "aria-describedby" not in _field(_Form(), "weight")


def test_an_optional_field_says_so() -> None:
    assert "(optional)" in _field(_Form(), "weight")


def test_a_required_field_does_not() -> None:
    assert "(optional)" not in _field(_Form(), "question")


def test_the_unit_describes_the_field() -> None:
    shown = _field(_Form(), "weight", suffix="kg")
    assert 'id="id_weight_unit">kg<' in shown
    assert 'aria-describedby="id_weight_unit"' in shown


def test_a_limit_is_said_without_javascript() -> None:
    shown = _field(_Form(), "question", limit=500)
    assert 'data-count="500"' in shown
    assert "Up to 500 characters" in shown


def test_an_error_stands_at_its_field_and_describes_it() -> None:
    shown = _field(_Form({"weight": "heavy"}), "weight")
    assert "has-error" in shown
    assert 'id="id_weight_error"' in shown
    assert 'aria-describedby="id_weight_error"' in shown


def test_what_was_typed_is_kept() -> None:
    assert 'value="heavy"' in _field(_Form({"weight": "heavy"}), "weight")


def test_radios_are_a_group_with_a_legend() -> None:
    shown = _field(_Form(), "soon")
    assert "<fieldset" in shown
    assert "<legend>How soon" in shown


def test_a_box_stands_in_its_label() -> None:
    assert '<label class="check" for="id_agreed"><input type="checkbox"' in _field(_Form(), "agreed")


def test_a_hidden_field_is_the_widget_alone() -> None:
    assert _field(_Form(), "key").strip().startswith('<input type="hidden"')


def test_the_page_may_rename_a_field() -> None:
    assert "Weight today" in _field(_Form(), "weight", label="Weight today")


def _summary(*given: forms.Form) -> str:
    return render_to_string("components/error_summary.html", look.error_summary(*given))


def test_the_summary_links_to_each_field() -> None:
    shown = _summary(_Form({"weight": "heavy", "soon": "a", "agreed": "on"}))
    assert '<a href="#id_weight">Weight – ' in shown
    assert '<a href="#id_question">Question – ' in shown


def test_the_summary_has_what_belongs_to_no_field() -> None:
    assert "Not today." in _summary(_Form({}))


def test_the_summary_of_radios_links_to_the_first() -> None:
    form = _Form({"question": "x"})
    assert 'href="#id_soon_0"' in _summary(form)
    assert 'id="id_soon_0"' in _field(form, "soon")


def test_without_errors_there_is_no_summary() -> None:
    assert _summary(_Form()).strip() == ""


def test_a_summary_takes_several_forms() -> None:
    assert _summary(_Form(), _Form({})).count("Not today.") == 1


@pytest.mark.parametrize(("extra", "url"), [("undo:/x/1/", "/x/1/"), ("", ""), (None, ""), ("success", "")])
def test_the_way_to_undo_stands_in_the_message(extra: str | None, url: str) -> None:
    assert look.undo_url(SimpleNamespace(extra_tags=extra)) == url


def _theme(chosen: str = "", cookie: str = "") -> str:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(theme=chosen) if chosen else AnonymousUser()  # type: ignore[assignment]
    if cookie:
        request.COOKIES["theme"] = cookie
    return look.theme(Context({"request": request}))


def test_the_theme_of_the_account() -> None:
    assert _theme(chosen="dark") == "dark"


def test_the_theme_of_a_visitor() -> None:
    assert _theme(cookie="light") == "light"


def test_no_choice_is_the_devices() -> None:
    assert _theme() == ""


def test_a_made_up_theme_is_ignored() -> None:
    assert _theme(cookie='"><script>') == ""


def test_a_page_without_a_request_has_no_theme() -> None:
    assert look.theme(Context({})) == ""


def test_each_language_is_named_in_itself() -> None:
    assert look.language_names() == [("en", "English"), ("zh-hans", "简体中文")]


def _step(verb: str, look_: str = "", required: tuple[str, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(verb=verb, label=verb.title(), look=look_, required=required)


def _buttons(*steps: SimpleNamespace, asks: str = "") -> str:
    case = SimpleNamespace(pk="case", version=7)
    context = look.action_buttons(Context({"csrf_token": "token"}), "demo:sample_act", case, steps, asks)
    return render_to_string("components/action_buttons.html", context)


def test_a_plain_act_is_posted_with_the_version_seen() -> None:
    shown = _buttons(_step("claim"))
    assert 'method="post" action="/styleguide/case/claim/"' in shown
    assert 'name="version" value="7"' in shown
    assert 'name="csrfmiddlewaretoken" value="token"' in shown


def test_an_act_that_asks_for_something_is_a_link() -> None:
    shown = _buttons(_step("answer", "main", ("impression",)))
    assert 'href="/styleguide/case/answer/"' in shown
    assert "<form" not in shown


def test_an_act_may_be_told_to_ask() -> None:
    assert "<form" not in _buttons(_step("withdraw"), asks="withdraw")


def test_the_main_act_comes_last() -> None:
    shown = _buttons(_step("answer", "main"), _step("claim"))
    assert shown.index("Claim") < shown.index("Answer")


def test_each_button_has_a_request_key_of_its_own() -> None:
    shown = _buttons(_step("one"), _step("two"))
    keys = [part.partition('"')[0] for part in shown.split('name="request_key" value="')[1:]]
    assert len(set(keys)) == 2


def test_an_address_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        look.action_buttons(Context({}), "demo:nowhere", SimpleNamespace(pk=1), [_step("x")])


def test_no_act_no_button() -> None:
    assert _buttons().strip() == ""
