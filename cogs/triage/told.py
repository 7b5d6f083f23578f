"""What staff are told when the ledger refuses: who was first, what changed, what is allowed."""

import asyncio
import contextlib
from collections.abc import Iterator

import discord

from bot.concerns.attachments import NoSuchFile
from bot.concerns.macros import BLANKS, MacroChanged, UnknownBlank
from bot.concerns.model import REPLY_LIMIT, State
from bot.concerns.relay import SomebodyElses, TakenBack
from bot.concerns.troubles import (
    AlreadyClaimed,
    BadDraft,
    ChangedMeanwhile,
    Excluded,
    IsMerged,
    NoSuchConcern,
    NotAllowedMove,
)
from bot.guilds.model import Capability
from bot.platform.client import DeskInteraction
from bot.platform.errors import Refused
from bot.platform.inert import plain
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs._typed import reference

_PATIENCE = 1.5


@contextlib.contextmanager
def telling(t: Tongue) -> Iterator[None]:
    """Turn what the ledger refuses within into a sentence for staff.

    Raises:
        Refused: with that sentence.
    """
    try:
        yield
    except NoSuchFile as error:
        raise Refused("triage.files.gone") from error
    except NoSuchConcern as error:
        raise Refused("triage.no_such") from error
    except TakenBack as error:
        raise Refused("triage.letters.taken_back") from error
    except SomebodyElses as error:
        raise Refused("triage.letters.not_yours", who=staff_name(t, error.by)) from error
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
    except Excluded as error:
        raise Refused("casework.excluded") from error
    except IsMerged as error:
        raise Refused("casework.is_merged", into=error.into) from error
    except UnknownBlank as error:
        known = ", ".join(f"{{{one}}}" for one in BLANKS)
        raise Refused(
            "casework.bad.blank", blank=plain(error.blank, limit=50), known=known
        ) from error
    except MacroChanged as error:
        raise Refused("casework.bad.macro_changed") from error
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


async def refuse_kept_out(interaction: DeskInteraction, typed: str) -> str:
    """Return the reference of a case, before a form about it opens.

    A form must be the first answer, within three seconds: where the database does not answer in
    time the form opens all the same, and what is typed there is refused when it is sent.

    Raises:
        Refused: this staff member keeps out of it, or there is no such case.
    """
    guild_id, wanted = guild_of(interaction), reference_of(typed)
    triage = interaction.client.desk.triage
    with contextlib.suppress(TimeoutError, StoreUnavailable):
        async with asyncio.timeout(_PATIENCE):
            if not await triage.sees(guild_id, wanted, interaction.user.id):
                with telling(interaction.client.desk.words.english):
                    await triage.case(guild_id, wanted, by=interaction.user.id)
    return wanted


async def staff_member(interaction: DeskInteraction, user_id: int) -> discord.Member:
    """Return the staff member of this server behind an id.

    Raises:
        Refused: they are not in it, or not staff of it.
    """
    guild = interaction.guild
    if guild is None:
        raise Refused("error.server_only")
    try:
        member = guild.get_member(user_id) or await guild.fetch_member(user_id)
    except discord.NotFound:
        raise Refused("casework.bad.not_staff") from None
    setup = await interaction.client.desk.guilds.get(guild.id)
    held = member.guild_permissions
    can = setup.capabilities(
        (role.id for role in member.roles), admin=held.manage_guild or held.administrator
    )
    if Capability.STAFF not in can or member.bot:
        raise Refused("casework.bad.not_staff")
    return member
