"""What every door asks of a draft before it is logged, and the reference it gets."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.model import LINK_LIMIT, WHAT_LIMIT, WISH_LIMIT, Draft
from bot.concerns.records import ConcernRow
from bot.concerns.troubles import BadDraft
from bot.ids import Randomness, new_reference

PREFIX = "C"
_TRIES = 8
"""Of 33 million references, eight tries meet only taken ones when nearly all are taken."""


def legible(text: str) -> bool:
    """Say whether there is anything to read: invisible characters alone are nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)


def checked(draft: Draft, limit: int = WHAT_LIMIT) -> Draft:
    """Return a draft as it will be kept; what happened may have `limit` characters.

    Raises:
        BadDraft: there is nothing to log, or a part is too long.
    """
    what, link, wish = draft.what.strip(), draft.link.strip(), draft.wish.strip()
    if not legible(what):
        raise BadDraft("concern.bad.empty")
    if len(what) > limit or len(wish) > WISH_LIMIT:
        raise BadDraft("concern.bad.long")
    if len(link) > LINK_LIMIT:
        raise BadDraft("concern.bad.link_long")
    if link and not link.lower().startswith(("http://", "https://")):
        raise BadDraft("concern.bad.link")
    return Draft(draft.kind, what, link, wish, draft.consent, draft.about[:120])


async def free_reference(session: AsyncSession, guild_id: int, randomness: Randomness) -> str:
    """Return a reference that no concern of this guild has.

    Raises:
        RuntimeError: all that were tried are taken.
    """
    for _ in range(_TRIES):
        reference = new_reference(PREFIX, randomness)
        taken = await session.scalar(
            select(ConcernRow.id).where(
                ConcernRow.guild_id == guild_id, ConcernRow.reference == reference
            )
        )
        if taken is None:
            return reference
    raise RuntimeError("no free reference was found; the random source is not random")
