"""Which recordings are sound and nothing else: told by the tracks that the container names, not by its brand."""

import re
from typing import Final

#: Matroska's CodecID element (0x86), its length in one byte, and the name of the codec.
_CODEC: Final = re.compile(rb"\x86[\x80-\xff]([AVS])_[A-Z0-9]")
#: The handler of an MP4 track: `hdlr`, version and flags, a reserved word, and the kind.
_HANDLER: Final = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)


def is_sound_matroska(head: bytes) -> bool:
    """A WebM whose tracks are all audio."""
    return head.startswith(b"\x1a\x45\xdf\xa3") and set(_CODEC.findall(head)) == {b"A"}


def is_sound_mp4(head: bytes, tail: bytes) -> bool:
    """An MP4 whose tracks are all audio; its table of contents stands at either end."""
    return head[4:8] == b"ftyp" and set(_HANDLER.findall(head + tail)) == {b"soun"}


def is_sound_ogg(head: bytes) -> bool:
    """An Ogg stream that begins with Opus or Vorbis."""
    return head.startswith(b"OggS") and (b"OpusHead" in head[:64] or b"\x01vorbis" in head[:64])
