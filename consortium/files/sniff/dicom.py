"""DICOM by its bytes: with the 128-byte preamble (PS3.10 7.1), or a plausible data set without one."""

import struct
from typing import Final

from .faults import Fault, Refused

# PS3.10 7.1 leaves the preamble to the application, which lets a file be a program or a page as well (CVE-2019-11687).
_HARMFUL_PREAMBLES: Final = (b"MZ", b"\x7fELF", b"#!", b"<", b"%PDF", b"PK", b"Rar!", b"\x89PNG", b"GIF8", b"\xff\xd8")
_FIRST_GROUPS: Final = (0x0002, 0x0004, 0x0008)
_VRS: Final = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)


def looks_like_dicom(head: bytes) -> bool:
    """Whether these are the first bytes of a DICOM file; Refused when the preamble makes it something else too."""
    if head[128:132] != b"DICM":
        return _is_bare_data_set(head)
    if head[:128].lstrip(b"\x00 \t\r\n").startswith(_HARMFUL_PREAMBLES):
        raise Refused(Fault.DISGUISED, "preamble of another file type")
    return True


def _is_bare_data_set(head: bytes) -> bool:
    """A file without preamble starts with an element of group 2, 4 or 8 whose length is believable."""
    if len(head) < 16:
        return False
    return _is_element(head, "<") or _is_element(head, ">")


def _is_element(head: bytes, order: str) -> bool:
    group, element = struct.unpack(f"{order}HH", head[:4])
    if group not in _FIRST_GROUPS or element > 0x2FFF:
        return False
    if head[4:6] in _VRS:
        return int(struct.unpack(f"{order}H", head[6:8])[0]) <= 64
    length = int(struct.unpack(f"{order}I", head[4:8])[0])
    return 0 < length <= 64 and length % 2 == 0
