"""A concern's card as a post of a staff forum, with tags for its state and kind.

Staff may rename a post, and rename or move tags: the desk knows both by id. What they delete comes
back; what they archive or lock is opened for a change of the case and left as it was where the
case is done with.
"""

import discord
import structlog

from bot.concerns.model import Case, Kind, State
from bot.platform.client import DeskClient
from bot.platform.interactions import NOBODY
from bot.platform.once import post_once
from bot.platform.staffroom import thread_of
from bot.store.placements import Placement, forum_tags, keep_forum_tags
from bot.words import Tongue
from cogs.triage.show import kind_name
from cogs.triage.told import state_name

MOST_TAGS = 20
"""Tags of one forum, and characters of one tag's name
(https://docs.discord.com/developers/resources/channel#forum-tag-object)."""

GONE = frozenset({10003, 10008})
"""Discord's codes for a channel and a message that are not there (any more)."""

_MESSAGE = 10008
OVER = frozenset({State.CLOSED, State.MERGED})
"""States in which a card that was deleted is not missed."""

log = structlog.stdlib.get_logger(__name__)


async def bring(
    client: DeskClient,
    forum: discord.ForumChannel,
    case: Case,
    view: discord.ui.LayoutView,
    there: Placement | None,
    nonce: str,
) -> Placement:
    """Bring a concern's post up to date; return where it is now.

    Raises:
        discord.HTTPException: Discord is in trouble, or refuses it.
    """
    tags = await _tags_of(client, forum, case)
    thread = await _find(client, forum, case, there)
    if thread is not None:
        try:
            return await _update(thread, case, view, there, tags, nonce)
        except discord.NotFound as error:
            if error.code not in GONE:
                raise
            # It was deleted at this very moment, or while the desk was away.
    made = await forum.create_thread(
        name=_name(client, case),
        view=view,
        applied_tags=tags,
        allowed_mentions=NOBODY,
        auto_archive_duration=10080,
    )
    return Placement(made.thread.id, made.message.id)


async def _find(
    client: DeskClient, forum: discord.ForumChannel, case: Case, there: Placement | None
) -> discord.Thread | None:
    if there is not None:
        known = await thread_of(client, forum, there.channel_id)
        if known is not None:
            return known
    # A process that died between making a post and noting where it is has left it here.
    return next(
        (
            one
            for one in forum.threads
            if one.owner_id == forum.guild.me.id and one.name.startswith(case.reference)
        ),
        None,
    )


async def _update(
    thread: discord.Thread,
    case: Case,
    view: discord.ui.LayoutView,
    there: Placement | None,
    tags: list[discord.ForumTag],
    nonce: str,
) -> Placement:
    archived = thread.archived
    if archived or {one.id for one in thread.applied_tags} != {one.id for one in tags}:
        await thread.edit(archived=False, applied_tags=tags)
    if case.excluded and thread.name != case.reference:
        # Somebody here is to see nothing of it, the post's name included.
        await thread.edit(name=case.reference)
    known = there is not None and there.channel_id == thread.id
    where = Placement(thread.id, there.message_id if known and there else thread.id)
    try:
        message = thread.get_partial_message(where.message_id)
        await message.edit(view=view, allowed_mentions=NOBODY)
    except discord.NotFound as error:
        if error.code != _MESSAGE:
            raise
        posted = await post_once(thread, view, nonce=nonce)
        where = Placement(thread.id, posted.id)
    if archived and case.state in OVER:
        await thread.edit(archived=True)
    return where


def _name(client: DeskClient, case: Case) -> str:
    if case.excluded:
        return case.reference
    return f"{case.reference} · {kind_name(client.desk.words.english, case.kind)}"


async def _tags_of(
    client: DeskClient, forum: discord.ForumChannel, case: Case
) -> list[discord.ForumTag]:
    known = await client.desk.store.read(
        lambda session: forum_tags(session, forum.guild.id, forum.id)
    )
    wanted = () if case.excluded else (f"state:{case.state}", f"kind:{case.kind}")
    found = [forum.get_tag(known[subject]) for subject in wanted if subject in known]
    return [tag for tag in found if tag is not None]


async def ensure_tags(client: DeskClient, forum: discord.ForumChannel) -> bool:
    """See to it that a forum has a tag for every state and kind; say whether it has.

    A tag that is known, or that has the right name, is taken as it is. Where the desk may not
    make the others (Manage Channels), or there is no room for them, cards go without.
    """
    guild_id = forum.guild.id
    known = await client.desk.store.read(lambda session: forum_tags(session, guild_id, forum.id))
    there = {tag.id for tag in forum.available_tags}
    by_name = {tag.name.casefold(): tag.id for tag in forum.available_tags}
    names = _names(client.desk.words.english)
    tags = {subject: tag_id for subject, tag_id in known.items() if tag_id in there}
    for subject, name in names.items():
        if subject not in tags and name.casefold() in by_name:
            tags[subject] = by_name[name.casefold()]
    missing = {subject: name for subject, name in names.items() if subject not in tags}
    room = len(missing) + len(there) <= MOST_TAGS
    if missing and room and forum.permissions_for(forum.guild.me).manage_channels:
        fresh = [discord.ForumTag(name=name) for name in missing.values()]
        try:
            edited = await forum.edit(available_tags=[*forum.available_tags, *fresh])
        except discord.HTTPException as error:
            log.warning("forum.tags_refused", guild=guild_id, status=error.status)
        else:
            made = {tag.name: tag.id for tag in edited.available_tags}
            tags.update({subject: made[name] for subject, name in missing.items() if name in made})
    if tags != known:
        await client.desk.store.write(
            lambda session: keep_forum_tags(session, guild_id, forum.id, tags)
        )
    return len(tags) == len(names)


def _names(t: Tongue) -> dict[str, str]:
    """Return the name of the tag for each state and kind; two never have the same."""
    states = {f"state:{state}": state_name(t, state) for state in State}
    kinds = {f"kind:{kind}": kind_name(t, kind) for kind in Kind}
    return {subject: name[:MOST_TAGS] for subject, name in {**states, **kinds}.items()}


async def posts(forum: discord.ForumChannel) -> set[int]:
    """Return the ids of all posts of a forum, archived ones too.

    Raises:
        discord.HTTPException: Discord is in trouble.
    """
    active = {one.id for one in await forum.guild.active_threads() if one.parent_id == forum.id}
    return active | {one.id async for one in forum.archived_threads(limit=None)}
