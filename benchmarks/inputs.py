"""Generated and nasty inputs through every door: no traceback, no lost text, no mention."""

import asyncio
import contextlib
import html
import itertools
import logging
import os
import random
import re
import shutil
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import aiohttp
import discord
import simcord
import structlog
from aiohttp import CookieJar
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from simcord.actors import MemberActor
from simcord.results import to_discord_message
from sqlalchemy import text as sql

from benchmarks._rig.worker import ROOT
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.knowledge import asking
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.web.public.server import PublicServer
from tests.bot.platform.corpus import HOSTILE, LEGIBLE

BY_NAME_ONLY = True
SEED = 13_03_2019
INPUTS = int(os.environ.get("COMMONPLACE_BENCHMARK_INPUTS", "10000"))
_A_WORLD = 1_250
_A_PERSON = 200
_LETTERS = 8
_COUNTED = ("modal", "message", "interview", "reply", "ask", "web", "mail")
_LIMITS = {"interview": 2000, "reply": 2000, "message": 2000, "ask": 500}


@dataclass
class Result:
    """What became of the inputs. Each list holds the door and the input, at most a few."""

    inputs: int
    kept: Counter[str] = field(default_factory=Counter)
    handed_back: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    """Questions that were answered so that nobody was offered to ask staff."""
    errors: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Take in what became of other inputs."""
        for one in fields(other):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong, and every door took something."""
        wrong = self.errors or self.lost or self.mentions or self.elsewhere
        return not wrong and all(self.kept[door] for door in _COUNTED)


def run() -> None:
    """Print what became of 10,000 inputs, door after door in turn."""
    print(f"seed {SEED}, {INPUTS} inputs")
    texts, result, spent = inputs(INPUTS), Result(0), time.process_time()
    # A world of a thousand or so: what one person and one channel hold stays as in life.
    for first in range(0, INPUTS, _A_WORLD):
        # On no disk where there is a choice: what it may lose when power fails is tried elsewhere.
        with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
            some = texts[first : first + _A_WORLD]
            result.add(asyncio.run(measure(Path(folder), some, first=first)))
        seconds = time.process_time() - spent
        print(f"{result.inputs} inputs, {seconds:.0f} s of CPU: {result}", flush=True)
    assert result.holds


def inputs(count: int, *, random_seed: int = SEED) -> list[str]:
    """Return the nasty strings, and strings that hypothesis makes of them and of its own."""
    nasty = st.sampled_from((*HOSTILE, *LEGIBLE))
    parts = st.one_of(nasty, st.text(max_size=60), st.text(st.characters(), max_size=12))
    strategy = st.one_of(st.text(), st.lists(parts, min_size=1, max_size=6).map("".join))
    made = [*HOSTILE, *LEGIBLE][:count]
    random.Random(random_seed).shuffle(made)

    @seed(random_seed)
    @settings(
        max_examples=max(count - len(made), 1),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(one: str) -> None:
        made.append(one)

    collect()
    return made[:count]


async def measure(folder: Path, texts: Sequence[str], *, first: int = 0) -> Result:
    """Send each text through one door (many texts' first ones through all), and look for it."""
    result = Result(len(texts))
    async with _room(folder) as room, room.doors() as doors:
        for number, one in enumerate(texts, first):
            many = len(texts) >= _A_WORLD and number < len(HOSTILE)
            for name in doors if many else [_turn(number)]:
                await _through(room, result, name, doors[name], one)
        result.elsewhere += await room.elsewhere()
    return result


Door = Callable[[str], Awaitable[list[str]]]
"""Takes a text through a door; returns what the person was shown for it."""


def _turn(number: int) -> str:
    return _COUNTED[number % len(_COUNTED)]


async def _through(room: "Room", result: Result, name: str, door: Door, text: str) -> None:
    text = _typed(text, _LIMITS.get(name, 4000))
    known = await room.newest()
    with structlog.testing.capture_logs() as lines, _library_errors() as others:
        try:
            shown = await door(text)
        except Exception as error:
            result.errors.append(f"{name}: {error!r:.300} for {text!r:.200}")
            return
    wrong = [line for line in lines if line["log_level"] in ("error", "critical")]
    if name == "mail":
        # This desk has no way to send mail, and says so.
        wrong = [line for line in wrong if line["event"] != "courier.dead_letter"]
    if wrong or others:
        result.errors.append(f"{name}: {[*wrong, *others][0]!r:.300} for {text!r:.200}")
    kept = await room.kept_since(known)
    if not kept and shown == [_ANSWERED]:
        result.answered += 1
        return
    # Several questions in one go are answered, and passed to staff, one by one.
    pieces = (asking.split(text)[: asking.MOST] if name == "ask" else []) or [text]
    if not _essence(text):
        result.handed_back[name] += 1
    elif _holds_all(kept, pieces):
        result.kept[name] += 1
    elif _holds_all([*kept, *shown], pieces):
        result.handed_back[name] += 1
    else:
        result.lost.append(f"{name}: {text!r:.200}; kept {kept!r:.200}; shown {shown!r:.300}")
    result.mentions += [f"{name}: {one} for {text!r:.100}" for one in room.mentions()]


def _holds_all(texts: list[str], pieces: Sequence[str]) -> bool:
    # A page is read as a browser reads it; what is kept, as it is.
    there = [_essence(read) for one in texts for read in (one, html.unescape(one))]
    return all(any(_essence(piece) in one for one in there) for piece in pieces)


@contextlib.contextmanager
def _library_errors() -> Iterator[list[str]]:
    """Collect what discord.py, aiohttp and asyncio log as errors: tracebacks nobody caught."""
    found: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign] # one line, no class
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)


def _typed(text: str, limit: int) -> str:
    """Return a text as Discord and browsers let it through: UTF-8, within the field's length."""
    text = text.encode("utf-8", "replace").decode()
    while len(text.encode("utf-16-le")) // 2 > limit:
        text = text[: limit * len(text) // (len(text.encode("utf-16-le")) // 2)][:-1]
    return text


def _essence(text: str) -> str:
    """Return what may not be lost: all but the invisible, and how lines and blanks are written."""
    seen = (one for one in text if unicodedata.category(one)[0] not in "CZM" and one not in _BLANK)
    return unicodedata.normalize("NFC", "".join(one for one in seen if one not in "\\`"))


_ANSWERED = "small talk: staff are not offered"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of random name is made in it
_BLANK = "\u3164\u115f\u1160\uffa0\u2800"


class Room:
    """Two servers on a simulated Discord; the desk's web form is of the first."""

    def __init__(self, env: simcord.Env, desk: Desk) -> None:
        self.env, self.desk, self.address = env, desk, ""
        self.guild, self.other = env.create_guild("Reading"), env.create_guild("Elsewhere")
        self.general = self.guild.create_text_channel("general")
        self.staff = self.guild.create_text_channel("staff")
        self.other_staff = self.other.create_text_channel("staff")
        self.other_general = self.other.create_text_channel("general")
        all_ = discord.Permissions.all()
        self.role = self.guild.create_role("Staff", permissions=all_)
        self.other_role = self.other.create_role("Staff", permissions=all_)
        self.otto = self.other.add_member(env.create_user("otto"), roles=[self.other_role])
        self._people = itertools.count(1)
        self._seen = 0
        self._asked: dict[int, int] = {}
        """The message in which each person was asked something."""
        self.ana = self._person()
        self.acts = 0

    def _person(self) -> MemberActor:
        return self.guild.add_member(self.env.create_user(f"ana{next(self._people)}"))

    async def set_up(self) -> None:
        """Choose the staff of both servers."""
        for guild, channel, role in (
            (self.guild, self.staff, self.role),
            (self.other, self.other_staff, self.other_role),
        ):
            roles = {Capability.STAFF: frozenset({role.id})}
            await self.desk.guilds.save(guild.id, staff_channel_id=channel.id, roles=roles)

    def somebody(self) -> MemberActor:
        """Return who acts: somebody else now and then, within what one person may do an hour."""
        self.acts += 1
        if self.acts % _A_PERSON == 0:
            self.ana = self._person()
        return self.ana

    async def newest(self) -> tuple[int, int, int]:
        """Return the newest concern, letter and held message."""

        async def work(session: Any) -> tuple[int, int, int]:
            tables = ("concern", "concern_letter", "mail_held")
            found = [
                await session.scalar(sql(f"SELECT max(id) FROM {table}"))  # noqa: S608 - our own
                for table in tables
            ]
            return found[0] or 0, found[1] or 0, found[2] or 0

        return await self.desk.store.read(work)

    async def kept_since(self, known: tuple[int, int, int]) -> list[str]:
        """Return all that staff can read and could not before."""

        async def references(session: Any) -> list[str]:
            rows = await session.execute(
                sql(
                    "SELECT reference FROM concern WHERE id > :concern OR id IN "
                    "(SELECT concern_id FROM concern_letter WHERE id > :letter)"
                ),
                {"concern": known[0], "letter": known[1]},
            )
            return [row[0] for row in rows]

        async def held(session: Any) -> list[str]:
            rows = await session.execute(
                sql("SELECT reference FROM mail_held WHERE id > :held"), {"held": known[2]}
            )
            return [row[0] for row in rows]

        found = []
        for reference in await self.desk.store.read(references):
            case = await self.desk.triage.case(self.guild.id, reference)
            found += [case.what, case.wish, case.link]
            found += [letter.text for letter in case.letters]
        for reference in await self.desk.store.read(held):
            opened = await self.desk.mail.open_held(
                self.desk.audit, self.guild.id, reference, self.guild.id
            )
            found.append(f"{opened!r}")
        return found

    def mentions(self) -> list[str]:
        """Return what was sent since, and would mention somebody."""
        requests = self.env.http_requests[self._seen :]
        self._seen += len(requests)
        found = []
        for request in requests:
            if not isinstance(request.json, dict) or request.method == "GET":
                continue
            body = request.json.get("data", request.json)
            if not isinstance(body, dict) or not ({"components", "content"} & body.keys()):
                continue
            allowed = body.get("allowed_mentions")
            if "title" not in body and (allowed is None or any(allowed.values())):
                found.append(f"{request.method} {request.path}: {allowed}")
        return found

    async def elsewhere(self) -> list[str]:
        """Return what can be seen of all this in the other server."""
        found = [f"posted there: {one.id}" for one in self.other_staff.history()]
        if await self.desk.triage.open_ones(self.other.id):
            found.append("open concerns there")
        shown = await self.otto.slash(self.other_general, "triage queue")
        found += re.findall(r"C-[0-9A-Z]{4}-[0-9A-Z]{2}", "\n".join(_read(shown)))
        return found

    @contextlib.asynccontextmanager
    async def doors(self) -> AsyncIterator[dict[str, Door]]:
        """Offer the doors by name."""
        async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:

            async def web(text: str) -> list[str]:
                async with http.get(self.address) as answer:
                    page = await answer.text()
                fields = {
                    name: html.unescape(value)
                    for name, value in re.findall(
                        r'type="hidden" name="(\w+)" value="([^"]*)"', page
                    )
                }
                fields |= {"kind": "privacy", "what": text, "link": "", "wish": ""}
                fields["consent"] = "count"
                headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
                async with http.post(self.address, data=fields, headers=headers) as answer:
                    if answer.status >= 500:
                        raise RuntimeError(f"the web form answered {answer.status}")
                    return [await answer.text()]

            yield {
                "modal": self._modal,
                "message": self._message,
                "interview": self._interview,
                "reply": self._reply,
                "ask": self._ask,
                "mail": self._mail,
                "web": web,
            }

    async def _modal(self, text: str) -> list[str]:
        who = self.somebody()
        return await self._submitted(who, await who.slash(self.general, "concern raise"), text)

    async def _message(self, text: str) -> list[str]:
        who = self.somebody()
        message = await who.send(self.general, text if text.strip() else "x")
        form = await who.context_menu(self.general, "Raise a concern", message)
        return await self._submitted(who, form, text)

    async def _submitted(
        self, who: MemberActor, form: simcord.InteractionResult, text: str
    ) -> list[str]:
        if not text:
            # Discord itself lets nobody submit a form without what it requires.
            return [text]
        filled = {"kind": ["dataset"], "what": text, "link": "", "wish": text[:900]}
        done = await who.submit_modal(form, {**filled, "consent": ["count"]})
        await self._delivered()
        latest = done.followups[-1] if done.followups else done.response
        if latest is not None and "Log mine" in str(latest.components):
            # Somebody raised the like before: a voice could be added to that instead.
            logged = await who.click(latest, label="Log mine as well")
            await self._delivered()
            return [*_read(done), *_read(logged)]
        return _read(done)

    async def _interview(self, text: str) -> list[str]:
        who = self.somebody()
        for said in ("cancel", "concern", "1", text, "done", "skip", "skip", "1"):
            if said.strip():
                await who.send_dm(said)
                await self._delivered()
            if said is text:
                # Where it reads like a question, the desk asks.
                await self._clicked(who, "Part of my concern")
        for label in ("Send it to staff", "Log mine as well"):
            await self._clicked(who, label)
        return [shown for one in self._letters(who) for shown in _texts(one)]

    async def _clicked(self, who: MemberActor, label: str) -> None:
        """Press a button of the last letter, if it has that button."""
        latest = self._letters(who)[-1]
        if f"'{label}'" in f"{[one.to_dict() for one in latest.components]}":
            await who.user.click(latest, label=label)
            await self._delivered()

    async def _reply(self, text: str) -> list[str]:
        who = self.somebody()
        channel = who.user.dm_channel
        if who.id not in self._asked:
            done = await who.slash(self.general, "concern raise")
            await self._submitted(who, done, "It happened")
            own = (await self.desk.concerns.own([self.guild.id], who.id))[0]
            await self.desk.triage.reply(
                self.guild.id, own.reference, self.guild.id, "Which photo?", intake=f"r{self.acts}"
            )
            await self._delivered()
            found = [one for one in self._letters(who) if "Which photo" in "".join(_texts(one))]
            self._asked[who.id] = found[-1].id
        to = {"channel_id": str(channel.id), "message_id": str(self._asked[who.id])}
        if text.strip():
            await who.send_dm(text, reference=to)
            await self._delivered()
        return [shown for one in self._letters(who)[-2:] for shown in _texts(one)]

    async def _ask(self, text: str) -> list[str]:
        who = self.somebody()
        if not text:
            return [_ANSWERED]
        shown = await who.slash(self.general, "ask", question=text)
        # The first answer fills in the reply; others follow it.
        answers = [shown.response, *shown.followups]
        offers = [one for one in answers if one and "Ask staff" in str(one.components)]
        if not offers:
            return [_ANSWERED]
        seen = [part for one in answers if one for part in _texts(one)]
        return [*seen, *[part for one in offers for part in await self._passed(who, one, text)]]

    async def _passed(
        self, who: MemberActor, answer: simcord.ResponseMessage, text: str
    ) -> list[str]:
        form = await who.click(answer, label="Ask staff")
        assert form.modal is not None
        filled = {
            one["component"]["custom_id"]: one["component"].get("value") or ""
            for one in form.modal["components"]
            if one.get("component", {}).get("type") == 4
        }
        before = list(filled.values())
        name = next(iter(filled))
        filled[name] = filled[name] or text
        done = await who.submit_modal(form, filled)
        await self._delivered()
        return [*before, *_read(done)]

    async def _mail(self, text: str) -> list[str]:
        self.acts += 1
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = f"ana{self.acts}@example.org", "desk@desk.example"
        mail["Message-ID"] = f"<{self.acts}@example.org>"
        mail["Subject"] = "My photo"
        mail.set_content(text, cte="base64")
        taken = await self.desk.mail.take(self.guild.id, mail.as_bytes())
        await self._delivered()
        return [str(taken)]

    def _letters(self, who: MemberActor) -> list[discord.Message]:
        """Return the last few messages of the desk to a person, the oldest first."""
        backend = self.env.backend
        there = backend.messages.get(who.user.dm_channel.id, {})
        latest = (there[id_] for id_ in sorted(there)[-2 * _LETTERS :])
        ours = [one for one in latest if one.author_id == backend.bot_user.id]
        return [to_discord_message(self.env, one) for one in ours[-_LETTERS:]]

    async def _delivered(self) -> None:
        assert isinstance(self.env.bot, DeskClient)
        await self.env.bot.courier.rest()
        await self.env.settle()


@contextlib.asynccontextmanager
async def _room(folder: Path) -> AsyncIterator[Room]:
    knowledge = folder / "knowledge"
    knowledge.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml", knowledge)
    chosen = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'desk.db'}",
        "key_file": folder / "desk.key",
        "knowledge": knowledge,
        "licensing": ROOT / "config" / "licensing",
        "locale": ROOT / "config" / "locale",
        "concerns": {"per_person_per_hour": 1000},
        "questions": {"per_person_per_minute": 1000, "per_server_per_minute": 10_000},
        "web": {"public": {"enabled": True, "port": 0}},
        "mail": {"per_hour": 10_000},
    }
    desk = await Desk.open(Settings.model_validate(chosen))
    try:
        async with simcord.run(DeskClient(desk), check_errors=False, settle_timeout=60.0) as env:
            room = Room(env, desk)
            # The server's id is known only now.
            form = desk.settings.web.public.model_copy(update={"guild_id": room.guild.id})
            web = desk.settings.web.model_copy(update={"public": form})
            known = desk.settings.model_copy(update={"web": web})
            await room.set_up()
            server = PublicServer(replace(desk, settings=known))
            await server.start()
            room.address = f"http://127.0.0.1:{server.port}/"
            try:
                yield room
            finally:
                await server.stop()
                assert isinstance(env.bot, DeskClient)
                await env.bot.courier.stop()
    finally:
        await desk.close()


def _read(shown: simcord.InteractionResult) -> list[str]:
    latest = shown.followups[-1] if shown.followups else shown.response
    return [] if latest is None else _texts(latest)


def _texts(shown: Any) -> list[str]:
    """Return all texts of a message, its files included."""
    found, waiting = [str(getattr(shown, "content", "") or "")], list(shown.components)
    while waiting:
        one = waiting.pop(0)
        one = one if isinstance(one, dict) else one.to_dict()
        waiting += one.get("components") or []
        if one.get("content"):
            found.append(one["content"])
    found += [one.url for one in getattr(shown, "attachments", [])]
    return found
