"""What the desk adds to receiving a message: the real client beside bare discord.py, on one core.

The same gateway frames (JSON, one zstd stream, as Discord sends them) go through the library's own
`received_message`; the loop turns once after each. Bare is `discord.Client` with the desk's intents
and caches and no listener at all. The desk is the real client with every cog, a real database and
its checks on, its storm watch counting, and people asking it in three channels of forty and by
mention. It may not write there: what is measured is noticing questions, not finding answers, which
takes milliseconds whoever asks how. Rounds alternate, and the best of each is compared, for the
machine has other work. Memory is measured in a process of its own.
"""

import asyncio
import gc
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import discord
import orjson
import yaml
from discord.gateway import DiscordWebSocket

from benchmarks._messages import labeled
from benchmarks._questions import KNOWLEDGE
from bot.desk import Desk
from bot.guilds.questions import QuestionChannel, Unsure, Use
from bot.moderation.brakes.model import BrakeSetup
from bot.moderation.model import Action, Check, Mode, Rule
from bot.moderation.photos.model import PhotoSetup
from bot.moderation.rules import Ruleset
from bot.moderation.settings import Patterns, StepSettings, Words
from bot.moderation.storms.model import StormSetup
from bot.platform.client import DeskClient, cog_names, intents
from bot.settings import Settings

MESSAGES = 200_000
ROUNDS = 8
ASKED_IN = 3
"""Channels where people ask, of all `CHANNELS`."""
MENTIONED = 100
"""One message in so many mentions somebody, one in five of those the desk."""
MOST_ADDED, AIM = 0.50, 0.25
GUILD, CHANNELS, AUTHORS = 1 << 60, 40, 4_000
_PART = 25_000
_EPOCH_MS = 1_420_070_400_000
_BEGIN_MS = 1_790_000_000_000
RULES, WORDS = 1_000, 50_000
_PERMISSIONS = str(104_324_673 & ~discord.Permissions(send_messages=True).value)


def run() -> None:
    """Print the tables."""
    asyncio.run(_run())
    fresh = multiprocessing.get_context("spawn").Process(target=_memory)
    fresh.start()
    fresh.join()


async def _run() -> None:
    texts = _texts(random.Random(7))
    async with _opened() as desk:
        await _set_up(desk)
        await _compare(desk, texts, "the rules that come with the desk")
        await desk.guard.take_up(_many(desk.rules.ruleset))
        await _compare(desk, texts, f"{RULES:,} rules more, with {WORDS:,} words")


@asynccontextmanager
async def _opened() -> AsyncIterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "database_url": f"sqlite+aiosqlite:///{folder}/desk.db",
                "key_file": Path(folder) / "desk.key",
                "log_level": "ERROR",
                "moderation": {"read_messages": True, "dry_run": True},
                "questions": {"message_content": True},
            }
        )
        desk = await Desk.open(settings)
        try:
            yield desk
        finally:
            await desk.close()


async def _set_up(desk: Desk) -> None:
    for at, use in enumerate((Use.ANSWER, Use.ANSWER, Use.SUGGEST)[:ASKED_IN]):
        channel = QuestionChannel(GUILD + 1 + at, use, Unsure.LINE)
        await desk.question_channels.save(GUILD, channel)
    await desk.storms.choose(GUILD, StormSetup(by_itself=True, messages=5_000), 2)
    await desk.brakes.choose(GUILD, BrakeSetup(by_itself=True, people=50), 2)
    await desk.photos.choose(GUILD, PhotoSetup((GUILD + 1,)), 2)


async def _compare(desk: Desk, texts: list[str], name: str) -> None:
    bare = discord.Client(
        intents=intents(desk.settings),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
    )
    client = DeskClient(desk)
    _begin(bare)
    await _load(client)
    best = {"bare": float("inf"), "desk": float("inf")}
    each = MESSAGES // ROUNDS
    for number in range(ROUNDS):
        frames = _frames(texts, number * each, each)
        for label, one in (("bare", bare), ("desk", client)):
            best[label] = min(best[label], await _received(one, frames) / each)
    await desk.gaps.rest()
    added = best["desk"] / best["bare"] - 1
    verdict = "within" if added <= MOST_ADDED else "ABOVE"
    print(f"{name}: {MESSAGES:,} messages")
    print(f"  bare discord.py {best['bare'] * 1e6:6.1f} µs a message")
    print(f"  the desk        {best['desk'] * 1e6:6.1f} µs a message")
    print(f"  added           {added:7.1%} ({verdict} {MOST_ADDED:.0%}; the aim is {AIM:.0%})\n")


async def _load(client: DeskClient) -> None:
    _begin(client)
    for cog in cog_names():
        await client.load_extension(cog)


def _begin(client: discord.Client) -> None:
    loop = asyncio.get_running_loop()
    client.loop = loop
    client.http.loop = loop
    client._connection.loop = loop
    client._connection.user = cast(Any, discord.Object(1))


async def _received(client: discord.Client, frames: list[bytes]) -> float:
    """Feed frames to a client as its socket would; return the seconds of this core."""
    state = client._connection
    state._guilds.clear()
    state._add_guild_from_data(cast(Any, _guild()))
    socket = DiscordWebSocket(cast(Any, None), loop=asyncio.get_running_loop())
    socket._discord_parsers = state.parsers
    socket._dispatch = client.dispatch
    socket.shard_id = None
    gc.collect()
    started = time.process_time()
    for frame in frames:
        await socket.received_message(frame)
        await asyncio.sleep(0)
    return time.process_time() - started


def _frames(texts: list[str], start: int, count: int, *, people: int = AUTHORS) -> list[bytes]:
    """Return messages as frames of one zstd stream."""
    compressor = _compressor()
    return [compressor(orjson.dumps(_event(number, texts[number % len(texts)], people)))
            for number in range(start, start + count)]  # fmt: skip


def _compressor() -> Any:
    source = discord.utils._ZSTD_SOURCE
    if source == "zstandard":
        import zstandard  # noqa: PLC0415 - whichever the library itself uses

        made = zstandard.ZstdCompressor(level=3).compressobj()
        return lambda data: made.compress(data) + made.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    from backports import zstd  # noqa: PLC0415

    stream = zstd.ZstdCompressor()
    return lambda data: stream.compress(data, stream.FLUSH_BLOCK)


def _event(number: int, text: str, people: int) -> dict[str, Any]:
    at = _BEGIN_MS + number * 250
    # Accounts of a minute each, or of a second each where all are new.
    apart = 60_000 if people == AUTHORS else 1_000
    author = ((_BEGIN_MS - 40_000_000_000 - number % people * apart) - _EPOCH_MS) << 22
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000))
    mentions = []
    if number % MENTIONED == 0:
        who = "1" if number % (5 * MENTIONED) == 0 else str(author - (1 << 22))
        text = f"<@{who}> {text}"
        mentions = [{"id": who, "username": "somebody", "discriminator": "0", "avatar": None}]
    data = {
        "type": 0, "tts": False, "pinned": False, "nonce": str(at << 20), "mentions": mentions,
        "mention_roles": [], "mention_everyone": False, "flags": 0, "embeds": [],
        "edited_timestamp": None, "components": [], "attachments": [], "channel_type": 0,
        "timestamp": f"{stamp}.{at % 1000:03}000+00:00", "content": text,
        "id": str((at - _EPOCH_MS) << 22), "channel_id": str(GUILD + 1 + number % CHANNELS),
        "guild_id": str(GUILD),
        "member": {"roles": [str(GUILD + 1000)], "premium_since": None, "pending": False,
                   "nick": None, "mute": False, "joined_at": "2025-03-01T10:00:00.000000+00:00",
                   "flags": 0, "deaf": False, "communication_disabled_until": None,
                   "banner": None, "avatar": None},
        "author": {"username": f"member{number % people}", "public_flags": 0,
                   "primary_guild": None, "id": str(author), "global_name": "A Member",
                   "discriminator": "0", "clan": None,
                   "avatar_decoration_data": None, "avatar": None},
    }  # fmt: skip
    return {"t": "MESSAGE_CREATE", "s": number + 2, "op": 0, "d": data}


def _guild() -> dict[str, Any]:
    role = {"id": str(GUILD), "name": "@everyone", "permissions": _PERMISSIONS, "position": 0,
            "color": 0, "hoist": False, "managed": False, "mentionable": False}  # fmt: skip
    channels = [
        {"id": str(GUILD + 1 + at), "type": 0, "name": f"c{at}", "position": at,
         "permission_overwrites": [], "parent_id": None, "nsfw": False}
        for at in range(CHANNELS)
    ]  # fmt: skip
    return {"id": str(GUILD), "name": "Bench", "roles": [role], "channels": channels,
            "members": [_me()],
            "threads": [], "emojis": [], "stickers": [], "features": [], "owner_id": "2",
            "preferred_locale": "en-US", "member_count": AUTHORS, "verification_level": 1,
            "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
            "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0, "voice_states": [],
            "presences": [], "stage_instances": [], "guild_scheduled_events": []}  # fmt: skip


def _me() -> dict[str, Any]:
    user = {"id": "1", "username": "desk", "discriminator": "0", "avatar": None, "bot": True}
    return {"user": user, "roles": [], "joined_at": "2025-03-01T10:00:00.000000+00:00",
            "deaf": False, "mute": False, "flags": 0}  # fmt: skip


def _texts(chance: random.Random) -> list[str]:
    """Return 20,000 innocent texts of people: sentences of the knowledge base, cut and mixed with
    our own innocent messages, a question in five, a link in thirty, other languages in fifteen.
    """
    own = [one.text for one in labeled() if not one.wanted]
    words = " ".join(_strings(yaml.safe_load(file.read_text("utf-8")) for file in
                              sorted(KNOWLEDGE.glob("[a-z]*.yaml")))).split()  # fmt: skip
    made = []
    for _ in range(20_000):
        if chance.random() < 0.07:
            made.append(chance.choice(own))
            continue
        length = max(1, min(60, int(chance.lognormvariate(2.2, 0.8))))
        at = chance.randrange(len(words) - length)
        text = " ".join(words[at : at + length])
        if chance.random() < 0.2:
            text = f"{text.rstrip('.')}?"
        if chance.random() < 0.03:
            text = f"{text} https://commons.wikimedia.org/wiki/File:{chance.randrange(10**6)}.jpg"
        made.append(text)
    return made


def _strings(values: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            found += _strings(value.values())
        elif isinstance(value, list):
            found += _strings(value)
    return found


def _many(ruleset: Ruleset) -> Ruleset:
    """Return rules with a thousand more checks: half of word lists, half of patterns."""
    chance = random.Random(3)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def word() -> str:
        return "".join(chance.choice(letters) for _ in range(chance.randrange(6, 12)))

    ladder = (StepSettings(action=Action.NOTE),)
    rules = tuple(Rule(f"rule-{number}", "A rule", "Its text.") for number in range(RULES))
    lists = [
        Words(id=f"words-{at}", check=Check.WORDS, rule=f"rule-{at}", mode=Mode.DRY, ladder=ladder,
              words=tuple(word() for _ in range(WORDS * 2 // RULES)))
        for at in range(RULES // 2)
    ]  # fmt: skip
    patterns = [
        Patterns(id=f"pattern-{at}", check=Check.PATTERNS, rule=f"rule-{at}", mode=Mode.DRY,
                 ladder=ladder, patterns=(rf"\b{word()}[a-z]{{0,4}}\s+{word()}\b",))
        for at in range(RULES // 2, RULES)
    ]  # fmt: skip
    return Ruleset((*ruleset.rules, *rules), (*ruleset.checks, *lists, *patterns))


def _memory() -> None:
    """Have the desk receive a million messages of ever new people, and print its memory."""
    asyncio.run(_remembered())


async def _remembered() -> None:
    texts = _texts(random.Random(5))
    async with _opened() as desk:
        await _set_up(desk)
        client = DeskClient(desk)
        await _load(client)
        print("messages   memory of the process")
        for part in range(1_000_000 // _PART):
            said = [f"{texts[at % len(texts)]} x{part:x}{at:x}" for at in range(_PART)]
            await _received(client, _frames(said, part * _PART, _PART, people=10**9))
            if (part + 1) * _PART in (50_000, 100_000, 250_000, 500_000, 1_000_000):
                gc.collect()
                print(f"{(part + 1) * _PART:9,}   {_resident():.0f} MiB")


def _resident() -> float:
    """Return the memory that this process has now, in MiB.

    The most it ever had, as the system tells it, is handed down from the process that began it.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / (1 << 20)
