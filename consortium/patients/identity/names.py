"""How a name is found: as written, by pinyin, by initials."""

import unicodedata

_MOST = 300
_MOST_READINGS = 3


def plain(text: str) -> str:
    """Lower case, full-width forms folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def search_text(*names: str) -> str:
    """What a search looks through: each name as written, its pinyin run together, and the initials.

    The first character, a family name, is kept in each of its readings (Dan, Shan, Chan), for they are read specially.
    """
    found: list[str] = []
    for name in filter(None, map(plain, names)):
        found += [name, name.replace(" ", ""), *_readings(name)]
    return " ".join(dict.fromkeys(found))[:_MOST]


def _readings(name: str) -> list[str]:
    if name.isascii():
        return ["".join(word[0] for word in name.split())] if " " in name else []
    from pypinyin import Style, pinyin  # a large dictionary: loaded by the first Chinese name

    first = pinyin(name[0], style=Style.NORMAL, heteronym=True)[0][:_MOST_READINGS]
    rest = [syllables[0] for syllables in pinyin(name[1:], style=Style.NORMAL)]
    spoken = [[start, *rest] for start in first]
    written = ["".join(syllables) for syllables in spoken]
    initials = ["".join(s[0] for s in syllables if s) for syllables in spoken]
    return written + initials
