"""What staff are told when a brief cannot do what they ask, and whose turn it is."""

import contextlib
from collections.abc import Iterator

from bot.concerns.briefs.model import (
    BadBrief,
    ChangedMeanwhile,
    NoSuchBrief,
    NotAllowedMove,
    NotYet,
    SignedAlready,
    State,
)
from bot.concerns.troubles import Excluded, NoSuchConcern
from bot.guilds.model import Capability
from bot.platform.access import require
from bot.platform.client import DeskInteraction
from bot.platform.errors import Refused
from bot.words import Tongue
from cogs._typed import reference


async def only_liaisons(interaction: DeskInteraction) -> None:
    """Let only liaisons pass: they make briefs, send them, and get their files."""
    await require(interaction, Capability.LIAISON)


async def only_staff(interaction: DeskInteraction) -> None:
    """Let liaisons and staff pass: either may look at quotes, and sign."""
    await require(interaction, Capability.STAFF, Capability.LIAISON)


@contextlib.contextmanager
def telling(t: Tongue) -> Iterator[None]:
    """Turn what the briefs refuse within into a sentence for staff.

    Raises:
        Refused: with that sentence.
    """
    try:
        yield
    except (NoSuchBrief, NoSuchConcern) as error:
        raise Refused("brief.no_such") from error
    except Excluded as error:
        raise Refused("brief.excluded") from error
    except NotAllowedMove as error:
        allowed = ", ".join(state_name(t, state) for state in error.allowed)
        raise Refused(
            "brief.not_allowed",
            now=state_name(t, error.now),
            allowed=allowed or t("brief.nowhere"),
        ) from error
    except BadBrief as error:
        raise Refused(error.problem) from error
    except NotYet as error:
        raise Refused(error.problem, count=error.count) from error
    except ChangedMeanwhile as error:
        raise Refused("brief.changed_meanwhile") from error
    except SignedAlready as error:
        raise Refused("brief.signed_already") from error


def state_name(t: Tongue, state: State) -> str:
    """Return a state as staff call it."""
    return t(f"brief.state.{state}")


def brief_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, "B", "brief.not_a_reference")
