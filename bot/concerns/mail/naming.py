"""The ids of the letters that the desk sends: what an answer, or a bounce, is known by.

An id names the concern and the letter, with a keyed hash that nobody else can make. So it is the
same when a letter is sent again, needs no table, and proves that whoever names it had the letter.
"""

import hmac
import re
from dataclasses import dataclass

from bot.vault import Vault

_MAC = 26
_ID = re.compile(
    r"(C-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2})\.([a-z]{1,12}-[0-9a-z]{1,24})\.([A-Za-z0-9_-]{26})@.*"
)


@dataclass(frozen=True)
class Named:
    """A letter of the desk's: of which concern, and which."""

    reference: str
    what: str

    @property
    def letter_id(self) -> int | None:
        """The letter's row, if it is one of staff's."""
        kind, _, number = self.what.partition("-")
        return int(number) if kind == "letter" and number.isdigit() else None


def id_of(vault: Vault, guild_id: int, reference: str, what: str, domain: str) -> str:
    """Return the id of a letter, without angle brackets; `what` is like `letter-12`."""
    return f"{reference}.{what}.{_mac(vault, guild_id, reference, what)}@{domain}"


def named_by(vault: Vault, guild_id: int, message_id: str) -> Named | None:
    """Return which letter of the desk's an id is of; None if it is none, or made up."""
    found = _ID.fullmatch(message_id)
    if found is None:
        return None
    reference, what = found[1], found[2]
    expected = _mac(vault, guild_id, reference, what)
    return Named(reference, what) if hmac.compare_digest(found[3], expected) else None


def _mac(vault: Vault, guild_id: int, reference: str, what: str) -> str:
    return vault.fingerprint("mail id", guild_id, reference, what)[:_MAC]
