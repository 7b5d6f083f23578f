"""What staff are told when the ledger refuses: who was first, what changed, what is allowed."""

import contextlib
from collections.abc import Iterator

from bot.concerns.model import (
    REPLY_LIMIT,
    AlreadyClaimed,
    BadDraft,
    ChangedMeanwhile,
    NoSuchConcern,
    NotAllowedMove,
    State,
)
from bot.platform.client import DeskInteraction
from bot.platform.errors import Refused
from bot.words import Tongue
from cogs._typed import reference


@contextlib.contextmanager
def telling(t: Tongue) -> Iterator[None]:
    """Turn what the ledger refuses within into a sentence for staff.

    Raises:
        Refused: with that sentence.
    """
    try:
        yield
    except NoSuchConcern as error:
        raise Refused("triage.no_such") from error
    except NotAllowedMove as error:
        raise Refused(
            "triage.not_allowed",
            now=state_name(t, error.now),
            allowed=", ".join(state_name(t, state) for state in error.allowed),
        ) from error
    except AlreadyClaimed as error:
        raise Refused("triage.already_claimed", who=staff_name(t, error.by)) from error
    except ChangedMeanwhile as error:
        raise Refused(
            "triage.changed_meanwhile",
            who=staff_name(t, error.by),
            state=state_name(t, error.state),
        ) from error
    except BadDraft as error:
        raise Refused(error.problem, count=REPLY_LIMIT) from error


def staff_name(t: Tongue, user_id: int | None) -> str:
    """Return a staff member as a mention, which pings nobody: the desk allows no mentions."""
    return f"<@{user_id}>" if user_id else t("triage.somebody")


def state_name(t: Tongue, state: State) -> str:
    """Return a state as staff call it."""
    return t(f"triage.state.{state}")


def reference_of(typed: str) -> str:
    """Return the reference that was typed, or that a button carries.

    Raises:
        Refused: it cannot be one.
    """
    return reference(typed, "C", "triage.not_a_reference")


def guild_of(interaction: DeskInteraction) -> int:
    """Return the server this happens in.

    Raises:
        Refused: it happens in direct messages.
    """
    if interaction.guild_id is None:
        raise Refused("error.server_only")
    return interaction.guild_id
