"""What people type or buttons carry: references and numbers, read or refused."""

from bot.ids import read_reference
from bot.platform.errors import Refused


def reference(typed: str, prefix: str, refusal: str) -> str:
    """Return the reference that was meant. `refusal` is the sentence's key if it cannot be one.

    Raises:
        Refused: with that sentence.
    """
    found = read_reference(typed, prefix)
    if found is None:
        raise Refused(refusal)
    return found


def number(typed: str) -> int:
    """Return a number that a button or menu carries.

    Raises:
        Refused: it is none.
    """
    if not typed.isdecimal() or len(typed) > 20:
        raise Refused("error.stale")
    return int(typed)


def page(typed: str) -> int:
    """Read a page's number; anything else is the first page."""
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 0
