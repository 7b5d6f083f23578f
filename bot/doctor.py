"""`commonplace doctor`: looks at everything the desk needs, and says what to do about the rest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import discord

from bot.desk import Desk
from bot.guilds.model import Capability, GuildSetup
from bot.knowledge.library import KnowledgeFaults
from bot.licensing.model import LicensingFaults
from bot.moderation.rules import RuleFaults
from bot.platform.access import missing_permissions, staff_needs
from bot.promises.shipped import PromiseFaults
from bot.settings import Settings, WrongSettings
from bot.store import StoreUnavailable
from bot.store.migrate import NewerDatabase
from bot.topics.shipped import TopicFaults
from bot.vault import KeyTrouble
from bot.web.mail.check import look_at_mail
from bot.words import WordsTrouble

_PATIENCE = 20
_STOPS = (
    RuleFaults,
    KeyTrouble,
    NewerDatabase,
    StoreUnavailable,
    WordsTrouble,
    LicensingFaults,
    KnowledgeFaults,
    PromiseFaults,
    TopicFaults,
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    note: str = ""

    def __str__(self) -> str:
        mark = "ok   " if self.fine else "WRONG"
        return f"{mark} {self.what}" + (f": {self.note}" if self.note else "")


async def examine(load: Callable[[], Settings]) -> list[Finding]:
    """Look at settings, key, database, words, knowledge and, with a token, at Discord."""
    try:
        settings = load()
    except WrongSettings as error:
        return [Finding("settings", False, problem) for problem in error.problems]
    findings = [Finding("settings", True)]
    try:
        desk = await Desk.open(settings, serving=False)
    except _STOPS as error:
        return [*findings, _stopped(error)]
    try:
        entries = sum(len(section.entries) for section in desk.knowledge.sections())
        depth = await desk.outbox.depth()
        findings += [
            Finding("key", True, "opens the database"),
            Finding("database", True, desk.store.dialect),
            Finding("words", True, ", ".join(desk.words.languages)),
            Finding("knowledge", entries > 0, f"{entries} published entries"),
            Finding("licenses", True, f"{len(desk.licensing.tools)} legal tools"),
            Finding("promises", True, f"{len(desk.promises.shipped)} in the file"),
            _topics(desk),
            Finding("rules", True, _rules(desk)),
            Finding(
                "outbox",
                depth.dead == 0,
                f"{depth.pending} waiting, {depth.dead} could not be delivered"
                + (". Run /setup in the server to try them again" if depth.dead else ""),
            ),
        ]
        findings += [Finding(*looked) async for looked in look_at_mail(desk)]
        findings += [finding async for finding in _discord(desk)]
    finally:
        await desk.close()
    return findings


def _rules(desk: Desk) -> str:
    ruleset, settings = desk.rules.ruleset, desk.settings.moderation
    how = "messages are not read (moderation.read_messages)"
    if settings.read_messages:
        how = "dry run: nothing is done (moderation.dry_run)" if settings.dry_run else "at work"
    return f"{len(ruleset.rules)} rules, {len(ruleset.checks)} checks; {how}"


def _stopped(error: Exception) -> Finding:
    """Say what keeps the desk from starting."""
    match error:
        case KeyTrouble():
            return Finding("key", False, str(error))
        case StoreUnavailable():
            note = (
                f"cannot be reached or written ({error}). Check database_url, that the server "
                "runs, and that the disk has room"
            )
            return Finding("database", False, note)
        case NewerDatabase():
            return Finding("database", False, str(error))
        case PromiseFaults() | TopicFaults() | RuleFaults():
            kinds = {PromiseFaults: "promises", TopicFaults: "topics", RuleFaults: "rules"}
            return Finding(kinds[type(error)], False, str(error))
        case KnowledgeFaults():
            first = error.faults[0]
            note = (
                f"{first.file}:{first.line}: {first.message} (`commonplace knowledge check` has "
                f"all {len(error.faults)}). A desk that runs keeps the last good version; none can "
                "start"
            )
            return Finding("knowledge", False, note)
    return Finding("words" if isinstance(error, WordsTrouble) else "licenses", False, str(error))


def _topics(desk: Desk) -> Finding:
    known = {entry.id for section in desk.knowledge.sections() for entry in section.entries}
    named = [entry_id for one in desk.topics.shipped for entry_id in one.page.entries]
    gone = [entry_id for entry_id in named if entry_id not in known]
    note = f"{len(desk.topics.shipped)} in the files"
    if gone:
        # A knowledge base of one's own need not have them.
        note += f"; not among the entries, so not shown: {', '.join(gone)}"
    return Finding("topics", True, note)


async def _discord(desk: Desk) -> AsyncIterator[Finding]:
    if desk.settings.token is None:
        yield Finding("token", True, "none; `make run` opens the simulated Discord")
        return
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(_PATIENCE):
            await client.login(desk.settings.token.get_secret_value())
            async for finding in discord_findings(client, desk):
                yield finding
    except discord.LoginFailure:
        yield Finding("token", False, "Discord does not accept it; copy it again from the Bot page")
    except (discord.HTTPException, OSError, TimeoutError) as error:
        yield Finding("Discord", False, f"cannot be reached ({type(error).__name__}); try again")
    finally:
        await client.close()


async def discord_findings(client: discord.Client, desk: Desk) -> AsyncIterator[Finding]:
    """Look at the application and, guild by guild, at staff channel, roles and permissions."""
    yield Finding("token", True)
    async for finding in _intent_findings(client, desk):
        yield finding
    guilds = [guild async for guild in client.fetch_guilds()]
    if not guilds:
        yield Finding("servers", False, "the bot is in none; invite it (docs/operators.md)")
    for guild in guilds:
        setup = await desk.guilds.get(guild.id)
        async for finding in _guild_findings(client, guild, setup):
            yield finding
        channels = await desk.question_channels.of(guild.id)
        if channels and not desk.settings.questions.message_content:
            note = (
                f"{len(channels)} chosen, but the desk cannot read there: set "
                "questions.message_content (docs/operators.md), or /questions channel"
            )
            yield Finding(f"server {guild.id}, channels for questions", False, note)


async def _intent_findings(client: discord.Client, desk: Desk) -> AsyncIterator[Finding]:
    """Look at whether Discord lets the desk read what the settings want it to read."""
    asked = [
        name
        for name, wanted in (
            ("questions.message_content", desk.settings.questions.message_content),
            ("moderation.read_messages", desk.settings.moderation.read_messages),
        )
        if wanted
    ]
    if not asked:
        return
    flags = (await client.application_info()).flags
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    note = (
        ""
        if granted
        else f"{asked[0]} is on, but Discord does not grant it: switch it on under "
        "Bot, Privileged Gateway Intents, or the desk cannot start"
    )
    yield Finding("Message Content", granted, note)


async def _guild_findings(
    client: discord.Client, partial: discord.Guild, setup: GuildSetup
) -> AsyncIterator[Finding]:
    where = f"server {partial.id}"
    if setup.staff_channel_id is None:
        yield Finding(where, False, "no staff channel yet; run /setup there")
        return
    guild = await client.fetch_guild(partial.id)
    channel = next(
        (found for found in await guild.fetch_channels() if found.id == setup.staff_channel_id),
        None,
    )
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        yield Finding(where, False, "its staff channel is gone; run /setup there")
        return
    if client.user is not None:
        me = await guild.fetch_member(client.user.id)
        missing = missing_permissions(channel, me, staff_needs(channel))
        note = f"in the staff channel the desk lacks: {', '.join(missing)}" if missing else ""
        yield Finding(f"{where}, staff channel", not missing, note)
    roles = {role.id for role in await guild.fetch_roles()}
    staff = setup.roles.get(Capability.STAFF, frozenset())
    yield Finding(
        f"{where}, staff role",
        bool(staff & roles),
        "" if staff & roles else "none is left; run /setup there",
    )
