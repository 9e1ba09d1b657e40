"""What both directions share: escapes, both languages in one text, and the notes in a comment."""

import html
import re
from collections.abc import Mapping
from typing import Final

SPECIAL: Final = "~=#{}:%["
_ESCAPED = re.compile(r"\\(.)", re.S)
_LANGUAGE = re.compile(r"\{mlang (\w+)\}(.*?)\{mlang\}", re.S)
_NOTE = re.compile(r"\[(\w+):((?:\\.|[^\]\\])*)\]")
_FORMAT = re.compile(r"^\s*\[(html|plain|markdown|moodle)\]", re.I)
_TAG = re.compile(r"<[^>]+>")


def escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\")
    for sign in SPECIAL:
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\r\n", "\n").replace("\n", "\\n")


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def both(en: str, zh: str) -> str:
    """One text with both languages, escaped; plain English alone stays plain."""
    if not zh:
        return escaped(en)
    parts = [("en", en)] if en else []
    return "".join(escaped(f"{{mlang {language}}}{text}{{mlang}}") for language, text in (*parts, ("zh", zh)))


def apart(raw: str) -> dict[str, str]:
    """The text in each language, out of what stands in the file."""
    found = _FORMAT.match(raw)
    text = unescaped(raw[found.end() :] if found else raw).strip()
    if found and found[1].lower() == "html":
        text = html.unescape(_TAG.sub(" ", re.sub(r"<br\s*/?>|</p>", "\n", text))).strip()
    said = {language[:2]: part.strip() for language, part in _LANGUAGE.findall(text)}
    return {"en": said.get("en", ""), "zh": said.get("zh", "")} if said else {"en": text, "zh": ""}


def notes_in(comment: str) -> dict[str, str]:
    return {name: _ESCAPED.sub(r"\1", value) for name, value in _NOTE.findall(comment)}


def noted(notes: Mapping[str, str]) -> str:
    """A comment of one line."""
    kept = {name: re.sub(r"([\\\]])", r"\\\1", value.replace("\n", " ")) for name, value in notes.items() if value}
    return "// " + " ".join(f"[{name}:{value}]" for name, value in kept.items())


def cut(text: str, signs: str) -> list[str]:
    """`text` cut before each unescaped one of `signs`; the first piece is what stands before all of them."""
    pieces, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] in signs:
            pieces.append(text[start:at])
            start = at
        at += 1
    return [*pieces, text[start:]]
