"""References people can read out loud, and the randomness they are made of.

A reference looks like `C-7K4Q-2M`: five random characters and a check character in
Crockford's base 32 (https://www.crockford.com/base32.html), which has no I, L, O or U. The check
character is Luhn's algorithm modulo 32 (the mod-N form of ISO/IEC 7812-1 annex B), so one
mistyped character, and nearly every swap of neighbors, is noticed.
"""

import random
import secrets
from typing import Protocol

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(ALPHABET)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_RANDOM_CHARACTERS = 5
_CODE_CHARACTERS = 19
_GROUP = 4


class Randomness(Protocol):
    """What a service needs of a source of randomness."""

    def randrange(self, stop: int, /) -> int:
        """Return an integer in `range(stop)`."""


def system_randomness() -> Randomness:
    """Return the operating system's source of randomness."""
    return secrets.SystemRandom()


def seeded_randomness(seed: int) -> Randomness:
    """Return a repeatable source of randomness, for tests and the demo's people only."""
    return random.Random(seed)  # noqa: S311 - never used where guessing would matter


def new_reference(prefix: str, randomness: Randomness) -> str:
    """Return a fresh reference such as `C-7K4Q-2M`. Unique only once stored as unique."""
    body = "".join(ALPHABET[randomness.randrange(_BASE)] for _ in range(_RANDOM_CHARACTERS))
    return _dressed(prefix, body + _check_character(body))


def read_reference(text: str, prefix: str) -> str | None:
    """Return the reference a person meant by `text`, or None if it cannot be one.

    Reads upper and lower case, I and L as 1, O as 0, with or without prefix, hyphens and spaces.
    """
    plain = "".join(text.upper().split()).replace("-", "").replace("–", "")
    length = _RANDOM_CHARACTERS + 1
    if len(plain) == length + len(prefix) and plain.startswith(prefix):
        plain = plain[len(prefix) :]
    plain = plain.translate(_READ_AS)
    if len(plain) != length or any(character not in _VALUE for character in plain):
        return None
    if _check_character(plain[:-1]) != plain[-1]:
        return None
    return _dressed(prefix, plain)


def code_from(digest: bytes) -> str:
    """Return a secret code such as `7K4Q-2MXX-…`, made of a digest of at least 12 bytes.

    Nineteen characters hold 95 bits; the twentieth is the check character.
    """
    number = int.from_bytes(digest[:12], "big")
    body = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(_CODE_CHARACTERS))
    return _grouped(body + _check_character(body))


def read_code(text: str) -> str | None:
    """Return the code a person meant by `text`, or None if it cannot be one.

    As forgiving as `read_reference`.
    """
    plain = "".join(one for one in text.upper() if one.isalnum()).translate(_READ_AS)
    if len(plain) != _CODE_CHARACTERS + 1 or any(one not in _VALUE for one in plain):
        return None
    return _grouped(plain) if _check_character(plain[:-1]) == plain[-1] else None


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def _dressed(prefix: str, plain: str) -> str:
    return f"{prefix}-{plain[:_GROUP]}-{plain[_GROUP:]}"


def _check_character(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        value = _VALUE[character] * (2 if place % 2 == 0 else 1)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]
