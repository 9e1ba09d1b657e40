"""A text as the patterns read it: the same length, so that a place in one is the same place in the other."""

import re
import unicodedata
from typing import Final

HAN: Final = "\u3400-\u9fff"
#: what may stand between the parts of one name or number: blanks, invisible characters, dots, dashes, quotes
GAP: Final = "[\\s\u00ad\u200b-\u200f\u0300-\u036f\u2060\ufeff.,·•・_'\u2019\\-\u2010-\u2015]*"
_HAN: Final = re.compile(f"[{HAN}]")
_LETTER: Final = re.compile("[A-Za-z]")


def folded(text: str) -> str:
    """Full-width letters, digits and signs as plain ones, letters without tone marks; what would grow stays."""
    return "".join(_one(letter) for letter in text)


def _one(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    bare = unicodedata.normalize("NFD", plain)[:1]
    if bare.isascii() and bare.isalpha() and len(plain) == 1:
        return bare
    return plain if len(plain) == 1 else letter


def is_chinese(text: str) -> bool:
    """Whether its readers read Chinese: a Chinese word has two characters, an English one about five."""
    return 5 * len(_HAN.findall(text)) > 2 * len(_LETTER.findall(text))
