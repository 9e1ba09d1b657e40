"""What tells who a child is, planted in texts of both languages: all of it is found, and what teaches stays."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from courses.live.deidentify import Days, Found, Known, Mark, cleaned, find
from courses.live.deidentify.folding import folded, is_chinese

KNOWN = Known(
    child=("Lin Xiaoyu", "林小雨"),
    family=("Chen Mei", "陈美丽"),
    staff=("Wang Jianguo", "Sarah O'Neill"),
    numbers=("R000123", "110101202511020026", "13800000000"),
    places=("Gulan Town Health Centre", "古澜镇卫生院"),
)
DAYS = Days(birth=date(2025, 11, 2), first=date(2026, 6, 10))


def read(text: str, known: Known = KNOWN) -> list[Found]:
    return find(text, known, DAYS)


def clean(text: str, known: Known = KNOWN) -> str:
    return cleaned(text, read(text, known))


def marks(text: str, known: Known = Known()) -> list[tuple[str, Mark]]:  # noqa: B008 - frozen
    return [(text[each.start : each.end], each.mark) for each in read(text, known)]


# -- what the record knows --------------------------------------------------------------------------------------------

NAMES = [
    "Lin Xiaoyu", "lin xiaoyu", "LIN XIAOYU", "Xiaoyu Lin", "Lin, Xiaoyu", "LinXiaoyu", "Lin-Xiaoyu", "Xiaoyu",
    "Ｌｉｎ Ｘｉａｏｙｕ", "Lin\u200b Xiaoyu", "Lin\nXiaoyu", "林小雨", "林 小 雨", "林·小雨", "小雨", "雨雨", "小雨",
    "linxiaoyu", "lin xiao yu", "Lin Xiao-Yu", "LXY",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_childs_name_is_found_however_it_is_written(name: str) -> None:
    text = f"Yesterday {name} drank well."
    assert clean(text) == "Yesterday [the child] drank well.", name


@pytest.mark.parametrize("name", ["林小雨", "林 小雨", "小雨", "雨雨", "阿雨", "雨宝", "linxiaoyu", "LXY"])
def test_the_childs_name_is_found_in_a_chinese_text(name: str) -> None:
    assert clean(f"昨天{name}发热后吃奶差。") == "昨天[患儿]发热后吃奶差。", name


def test_an_english_part_of_a_name_is_found_alone() -> None:
    assert clean("Then Lin slept.") == "Then [the child] slept."


def test_a_part_that_is_a_word_is_a_name_only_with_a_capital() -> None:
    known = Known(child=("He Long",))
    assert clean("As long as he drank, Long was well.", known) == "As long as he drank, [the child] was well."


def test_a_part_that_is_a_word_may_be_let_stand() -> None:
    text = "He drank."
    assert cleaned(text, read(text, Known(child=("He Long",))), {0}) == text


def test_a_name_inside_a_word_is_none() -> None:
    assert marks("Linear opacities, xiaoyuan", KNOWN) == []


@pytest.mark.parametrize("name", ["Chen Mei", "Mei Chen", "陈美丽", "美丽"])
def test_the_guardian_is_found(name: str) -> None:
    assert [mark for _text, mark in marks(f"and {name} said", KNOWN)] == [Mark.FAMILY]


@pytest.mark.parametrize("name", ["Wang Jianguo", "Sarah O'Neill", "Sarah O’Neill", "O'Neill Sarah", "Sarah"])
def test_who_treats_the_child_is_found(name: str) -> None:
    assert clean(f"and {name} agreed") == "and [clinician] agreed"


@pytest.mark.parametrize("number", ["R000123", "r000123", "R 000 123", "R-000-123", "Ｒ０００１２３"])
def test_a_record_number_is_found_however_it_is_grouped(number: str) -> None:
    assert clean(f"under {number} since") == "under [number] since"


def test_a_number_inside_a_longer_one_is_not_it() -> None:
    assert marks("XR000123", Known(numbers=("R000123",))) == [("XR000123", Mark.NUMBER)]
    assert not read("XR000123", Known(numbers=("R000123",)))[0].sure


def test_a_short_number_of_the_record_is_not_looked_for_alone() -> None:
    assert marks("grade 12 dyspnoea", Known(numbers=("12",))) == []


@pytest.mark.parametrize("place", ["Gulan Town Health Centre", "gulan town health centre", "古澜镇 卫生院"])
def test_a_place_of_the_case_is_found(place: str) -> None:
    found = read(f"at {place} until")
    assert [(each.mark, each.sure) for each in found] == [(Mark.PLACE, True)]


def test_an_empty_name_finds_nothing() -> None:
    assert marks("Nothing here", Known(child=("", " "), numbers=("",), places=("",))) == []


def test_a_name_of_one_character_is_found() -> None:
    assert marks("患儿雨，三天前发热。", Known(child=("雨",))) == [("雨", Mark.CHILD)]


def test_a_name_without_letters_finds_nothing() -> None:
    assert marks("She is -- well.", Known(child=("--",))) == []


def test_what_the_record_knows_cannot_be_let_stand() -> None:
    text = "Xiaoyu drank."
    assert cleaned(text, read(text), {0}) == "[the child] drank."


MING = Known(child=("李小明",))


@pytest.mark.parametrize(
    "name",
    [
        "Xiaoming",
        "Xiaoming Li",
        "Xiao Ming",
        "Xiao-Ming",
        "Xiǎomíng",
        "Xia\u030comi\u0301ng",
        "Li XM",
        "Xiaoming1",
        "xiaoming",
    ],
)
def test_a_chinese_name_is_found_in_pinyin(name: str) -> None:
    assert clean(f"Then {name} drank.", MING).rstrip("1.") in ("Then [the child] drank", "Then [the child]1 drank")


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("欧阳娜娜", "Nana"),
        ("欧阳娜娜", "Nana Ouyang"),
        ("Xiaoming Li", "Xiao Ming"),
        ("Li, Xiao Ming", "Xiaoming"),
        ("王芳", "Fang"),
        ("吕绿", "Lü Lu"),
        ("雨", "Yu"),
    ],
)
def test_a_name_is_found_however_it_is_stored(stored: str, written: str) -> None:
    assert clean(f"Then {written} drank.", Known(child=(stored,))) == "Then [the child] drank."


def test_a_name_is_found_in_the_name_of_a_file() -> None:
    assert clean("see Xiaoming1.jpg", Known(child=("Xiaoming Li",))) == "see [the child]1.jpg"


def test_one_syllable_of_a_name_is_a_name_with_a_capital_alone() -> None:
    assert marks("a fang", Known(child=("王芳",))) == []


def test_a_family_name_of_two_characters_is_found_alone() -> None:
    assert clean("昨天欧阳同学发热后吃奶差。", Known(child=("欧阳娜娜",))) == "昨天[患儿]同学发热后吃奶差。"


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("阿依古丽·买买提", "阿依古丽"),
        ("阿依古丽·买买提", "买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("王芳/李刚", "王芳"),
        ("王芳/李刚", "李刚"),
        ("李小明(明明)", "明明"),
        ("李小明(明明)", "李小明"),
        ("林 小雨", "林小雨"),
    ],
)
def test_each_part_of_a_name_with_a_mark_in_it_is_found(stored: str, written: str) -> None:
    text = f"昨天{written}发热后吃奶差。"
    assert clean(text, Known(child=(stored,))) == "昨天[患儿]发热后吃奶差。"


@pytest.mark.parametrize("written", ["00045678", "45678", "R00045678"])
def test_a_record_number_is_found_without_what_stands_before_it(written: str) -> None:
    assert clean(f"under {written} since", Known(numbers=("R00045678",))) == "under [number] since"


# -- patterns ---------------------------------------------------------------------------------------------------------

PATTERNS = [
    ("ID 11010120251102002X here", "11010120251102002X", Mark.IDENTITY),
    ("身份证号：110101 20251102 0026", "110101 20251102 0026", Mark.IDENTITY),
    ("old 110101900307123 here", "110101900307123", Mark.IDENTITY),
    ("call 13912345678 now", "13912345678", Mark.PHONE),
    ("请拨打139 1234 5678", "139 1234 5678", Mark.PHONE),
    ("+86 139-1234-5678 rings", "+86 139-1234-5678", Mark.PHONE),
    ("the line 021-55550142 rings", "021-55550142", Mark.PHONE),
    ("the line (021) 5555 0142 rings", "(021) 5555 0142", Mark.PHONE),
    ("ring +44 20 7946 0958 please", "+44 20 7946 0958", Mark.PHONE),
    ("电话：5550142", "5550142", Mark.PHONE),
    ("write to mei.chen@example.com today", "mei.chen@example.com", Mark.CONTACT),
    ("see https://example.com/p?id=12 there", "https://example.com/p?id=12", Mark.CONTACT),
    ("微信号：chenmei_88", "chenmei_88", Mark.CONTACT),
    ("QQ 123456789", "123456789", Mark.CONTACT),
    ("MRN: A-77", "A-77", Mark.NUMBER),
    ("Hospital no 4711", "4711", Mark.NUMBER),
    ("住院号 00812", "00812", Mark.NUMBER),
    ("病案号：B2211", "B2211", Mark.NUMBER),
    ("收入12床治疗", "12", Mark.NUMBER),
    ("bed 7 by the window", "7", Mark.NUMBER),
    ("the film AB1234567 shows", "AB1234567", Mark.NUMBER),
    ("the tube 88120034 was lost", "88120034", Mark.NUMBER),
    ("姓名：王大伟", "王大伟", Mark.NAME),
    ("联系人：赵四", "赵四", Mark.NAME),
    ("请王医生会诊", "王", Mark.NAME),
    ("由张建国主任查房", "张建国", Mark.NAME),
    ("孩子小名“豆豆”", "豆豆", Mark.NAME),
    ("Dr. Smith came", "Smith", Mark.NAME),
    ("Mrs Li Na came", "Li Na", Mark.NAME),
    ("Patient: Zhang Wei", "Zhang Wei", Mark.NAME),
    ("a boy named Tom Brown", "Tom Brown", Mark.NAME),
    ("reported by Zhao", "Zhao", Mark.NAME),
    ("lives at 12 Garden Road there", "12 Garden Road", Mark.PLACE),
    ("lives in Flat 3B there", "Flat 3B", Mark.PLACE),
    ("from Red River County by bus", "Red River County", Mark.PLACE),
    ("from St Mary Hospital by bus", "St Mary Hospital", Mark.PLACE),
    ("住人民路123弄5号", "住人民路123弄5号", Mark.PLACE),
    ("3号楼 502室", "3号楼", Mark.PLACE),
    ("在阳光幼儿园", "在阳光幼儿园", Mark.PLACE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "mark"), PATTERNS)
def test_what_tells_by_its_shape_is_found(text: str, told: str, mark: Mark) -> None:
    assert (told, mark) in marks(text)


FORMS = [
    ("身份证 5329 2920 2203 1500 1X 后", "5329 2920 2203 1500 1X", Mark.IDENTITY),
    ("ID 5329 2920 2203 1500 1X here", "5329 2920 2203 1500 1X", Mark.IDENTITY),
    ("住院号 0012 345 后", "0012 345", Mark.NUMBER),
    ("ring 139.8765.4321 now", "139.8765.4321", Mark.PHONE),
    ("ring 139 876 54321 now", "139 876 54321", Mark.PHONE),
    ("ring 139-8765-4321 now", "139-8765-4321", Mark.PHONE),
    ("由奶奶陈秀英带来", "陈秀英", Mark.NAME),
    ("母亲刘翠花诉", "刘翠花", Mark.NAME),
    ("其母刘翠花，", "刘翠花", Mark.NAME),
    ("联系人 刘翠花", "刘翠花", Mark.NAME),
    ("her mother Liu Cuihua said", "Liu Cuihua", Mark.NAME),
    ("患儿11-2 入院", "11-2", Mark.DATE),
    ("患儿11.2入院", "11.2", Mark.DATE),
    ("患儿2号入院", "2号", Mark.DATE),
    ("on 26.11.2 she", "26.11.2", Mark.DATE),
    ("on 2026-11 she", "2026-11", Mark.DATE),
    ("on 11/2026 she", "11/2026", Mark.DATE),
    ("腊月初八起病", "腊月初八", Mark.DATE),
    ("正月十五起病", "正月十五", Mark.DATE),
    ("on May the 3rd she", "May the 3rd", Mark.DATE),
    ("was born in 2022 there", "born in 2022", Mark.DATE),
    ("于11月2日-5日发热", "11月2日-5日", Mark.DATE),
    ("于11月2、3日发热", "11月2、3日", Mark.DATE),
    ("住在三十二号。", "三十二号", Mark.PLACE),
    ("from Nuodeng village by bus", "Nuodeng village", Mark.PLACE),
    ("来自大理州。", "来自大理州", Mark.PLACE),
]


@pytest.mark.parametrize(("text", "told", "mark"), FORMS)
def test_other_forms_of_what_tells_are_found(text: str, told: str, mark: Mark) -> None:
    assert (told, mark) in marks(text)


@pytest.mark.parametrize("text", ["He may 2 feed", "mar 3", "三月三"])
def test_a_month_that_may_be_a_word_may_be_let_stand(text: str) -> None:
    assert [each.sure for each in read(text)] == [False]


def test_a_date_of_three_pairs_has_no_day() -> None:
    assert [each.stands for each in read("12/13/26")] == ["[date]"]


@pytest.mark.parametrize("where", ["家住浙江省杭州市西湖区", "住古澜镇东村三组", "家住阳光小区"])
def test_a_chinese_address_is_found_whole(where: str) -> None:
    found = read(f"{where}，发热三天。", Known())
    assert found[0].mark is Mark.PLACE
    assert found[0].end == len(where)


STAYS = [
    "Fever of 39.5 for 3 days, WBC 12.5, CRP 45 mg/l, SpO2 91 %.",
    "Weight 6.8 kg, heart rate 168, blood pressure 98/60.",
    "体温39.5℃，心率168次/分，血氧91%，白细胞12.5。",
    "The liver is 2 cm below the rib; a systolic murmur at the left border.",
    "反复尿路感染，呼吸道通畅，床旁超声未见异常。",
    "室上性心动过速，室性早搏。",
    "Born at 38 weeks, 3.2 kg. Immunised. No allergies known.",
]  # fmt: skip


@pytest.mark.parametrize("text", STAYS)
def test_what_teaches_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_doubtful_number_may_be_let_stand_and_a_telephone_may_not() -> None:
    text = "Platelets 250000, call 13912345678"
    kept = {each.start for each in read(text)}
    assert cleaned(text, read(text), kept) == "Platelets 250000, call [telephone]"


# -- dates ------------------------------------------------------------------------------------------------------------

DATES = [
    ("2026-06-10", "[day 1]"),
    ("2026/6/12", "[day 3]"),
    ("2026.06.12", "[day 3]"),
    ("20260612", "[day 3]"),
    ("12 June 2026", "[day 3]"),
    ("June 12, 2026", "[day 3]"),
    ("12th of June", "[day 3]"),
    ("12-Jun-2026", "[day 3]"),
    ("Jun. 12th", "[day 3]"),
    ("12/06/26", "[date]"),
    ("25/12/2025", "[aged 1 month]"),
    ("12/25/2025", "[aged 1 month]"),
    ("06/06/2026", "[4 days before day 1]"),
    ("9 June 2026", "[1 day before day 1]"),
    ("2025-11-02", "[date of birth]"),
    ("2025-10-01", "[before birth]"),
    ("2025-11-14", "[aged 12 days]"),
    ("2025-11-03", "[aged 1 day]"),
    ("2026-03-20", "[aged 4 months]"),
    ("2026-02-31", "[date]"),
    ("06/07/2026", "[date]"),
    ("March 2026", "[date]"),
    ("13/6", "[day 4]"),
    ("31/2", "[date]"),
]


@pytest.mark.parametrize(("said", "stands"), DATES)
def test_a_date_becomes_a_day_of_the_illness_or_an_age(said: str, stands: str) -> None:
    assert clean(f"The cough began on {said} at night.") == f"The cough began on {stands} at night."


CHINESE_DATES = [
    ("2026年6月12日", "[第3天]"),
    ("6月12日", "[第3天]"),
    ("6月12号", "[第3天]"),
    ("二〇二六年六月十二日", "[第3天]"),
    ("六月十二日", "[第3天]"),
    ("六月十日", "[第1天]"),
    ("26年6月9日", "[第1天之前1天]"),
    ("２０２６年６月１２日", "[第3天]"),
    ("2025年11月2日", "[出生日期]"),
    ("2025年9月1日", "[出生前]"),
    ("2025年11月14日", "[12日龄]"),
    ("2026年3月20日", "[4月龄]"),
    ("2026年3月", "[日期]"),
    ("二〇二六年三月", "[日期]"),
    ("五月廿一日", "[第1天之前20天]"),
    ("五月三十一日", "[第1天之前10天]"),
]


@pytest.mark.parametrize(("said", "stands"), CHINESE_DATES)
def test_a_chinese_date_becomes_a_day_of_the_illness_or_an_age(said: str, stands: str) -> None:
    assert clean(f"患儿于{said}开始咳嗽。") == f"患儿于{stands}开始咳嗽。"


def test_a_date_long_ago_is_told_in_years_of_age() -> None:
    days = Days(birth=date(2019, 5, 1), first=date(2026, 6, 10))
    assert days.words(date(2022, 7, 1), chinese=False) == "[aged 3 years]"
    assert days.words(date(2022, 7, 1), chinese=True) == "[3岁]"


def test_a_date_without_a_year_is_the_nearest() -> None:
    january = Days(birth=date(2025, 11, 2), first=date(2026, 1, 2))
    assert [each.stands for each in find("on 30 December", Known(), january)] == ["[3 days before day 1]"]


def test_the_day_of_the_leap_year_is_found_where_there_is_one() -> None:
    leap = Days(birth=date(2027, 11, 2), first=date(2028, 3, 1))
    assert [each.stands for each in find("on 29 February", Known(), leap)] == ["[1 day before day 1]"]


def test_a_doubtful_fraction_may_be_let_stand() -> None:
    text = "a 3/6 murmur"
    assert cleaned(text, read(text), {2}) == text


# -- one text ---------------------------------------------------------------------------------------------------------


def test_what_overlaps_becomes_one_with_the_surer_word() -> None:
    known = Known(child=("王大伟",))
    assert clean("姓名：王大伟，男", known) == "姓名：[患儿]，男"


def test_the_found_stand_in_order_and_none_over_another() -> None:
    found = read("林小雨 2026-06-10 13912345678 R000123 姓名：林小雨")
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert [each.mark for each in found] == [Mark.CHILD, Mark.DATE, Mark.PHONE, Mark.NUMBER, Mark.CHILD]


def test_a_text_that_was_cleaned_has_nothing_more_to_find() -> None:
    once = clean("Lin Xiaoyu, MRN R000123, born 2025-11-02, seen 2026-06-12 by Dr. Smith, call 13800000000.")
    assert once == "[the child], MRN [number], born [date of birth], seen [day 3] by Dr. [name], call [telephone]."
    assert read(once) == []


def test_a_chinese_text_that_was_cleaned_has_nothing_more_to_find() -> None:
    once = clean("林小雨，住院号R000123，2026年6月12日由王医生收治，家长陈美丽电话13800000000。")
    assert "林" not in once
    assert read(once) == []


def test_an_empty_text_stays_empty() -> None:
    assert clean("") == ""


def test_chinese_characters_in_an_english_text_are_taken_for_a_name() -> None:
    text = "Grandmother calls her 豆豆 at home."
    assert clean(text) == "Grandmother calls her [name] at home."
    assert cleaned(text, read(text), {text.index("豆")}) == text


def test_folding_keeps_every_place() -> None:
    text = "Ａ１：ﬁ㎏ﷺ"
    assert len(folded(text)) == len(text)
    assert folded(text).startswith("A1:ﬁ")


def test_an_english_text_with_a_chinese_name_is_english() -> None:
    assert not is_chinese("The girl 林小雨 has had a cough since Monday.")


def test_a_chinese_text_with_english_units_is_chinese() -> None:
    assert is_chinese("患儿体重6.8kg，血氧91%，CRP 45mg/L，精神差，吃奶少。")
