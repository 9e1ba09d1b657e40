"""The number of a certificate: 80 random bits that people can read aloud and type. Crockford's alphabet, base 32."""

import secrets
from typing import Final

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})
CODE_LENGTH: Final = 16


def new_code() -> str:
    """A number that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _place in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """As it is printed: "AB12-CD34-EF56-GH78"."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def read_code(said: str) -> str:
    """What somebody typed as a number, "" when it can't be one; small letters, spaces, hyphens, I, L, O are meant."""
    code = "".join(said.upper().split()).replace("-", "").translate(_HEARD_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(_LETTERS) else ""
