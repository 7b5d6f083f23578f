"""Nothing secret and nobody's words in logs, metrics or reprs, at DEBUG, on every path there is.

Canaries are planted in token, keys, names, ids, questions, concerns, links, wishes, replies and
exceptions. What is looked through is what leaves the process: every line as it is written out.
"""

import io
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from simcord.actors import MemberActor

from bot import log, metrics
from bot.concerns.service import Concerns
from bot.desk import Desk
from bot.knowledge.shelf import Shelf
from bot.settings import Settings, load
from bot.store import Store, StoreUnavailable
from bot.store.migrate import migrate
from bot.vault import new_keys
from tests.cogs.concern.conftest import close_direct_messages, own, raised
from tests.cogs.conftest import World, read
from tests.cogs.triage import card, delivered, may_triage

SEALING, INDEX = new_keys()
NAME, PASSWORD, TOKEN = "canaryname", "canarypassword", "canary.to.ken"
WORDS = "canarywords"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything logged, as `commonplace` writes it at DEBUG; logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    named = {
        logger: logger.level
        for logger in map(logging.getLogger, ("discord", "simcord", "sqlalchemy", "aiosqlite"))
    }
    stream = io.StringIO()
    log.configure("DEBUG", stream)
    for logger in named:
        logger.setLevel("DEBUG")
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger, before in named.items():
        logger.setLevel(before)


@pytest.fixture
def settings(settings: Settings, written: io.StringIO) -> Settings:
    """The usual settings, with secrets, and logging that is there before the desk is."""
    secrets = {"token": SecretStr(TOKEN), "keys": SecretStr(SEALING), "index_key": SecretStr(INDEX)}
    return settings.model_copy(update=secrets)


@pytest.fixture
def cara(world: World) -> MemberActor:
    """A member whose name is a canary."""
    return world.guild.add_member(world.env.create_user(NAME, global_name=NAME.title()))


@pytest.fixture
async def looked_through(
    world: World, cara: MemberActor, written: io.StringIO
) -> AsyncIterator[None]:
    """Afterwards, look for every canary in everything that left the process."""
    yield
    client: Any = world.env.bot
    desk = world.desk
    shown = [
        metrics.exposition().decode(),
        *map(repr, (desk, desk.settings, desk.store, desk.vault, desk.outbox, client)),
        str(desk.settings),
        desk.settings.model_dump_json(),
    ]
    canaries = (SEALING, INDEX, PASSWORD, TOKEN, WORDS, NAME, str(cara.id), str(world.sam.id))
    lines = written.getvalue()
    assert lines.count("\n") > 50, "logging at DEBUG was on"
    for canary in canaries:
        for text in (*shown, *lines.splitlines()):
            assert canary.casefold() not in text.casefold(), f"{canary}: {text[:400]}"


pytestmark = pytest.mark.usefixtures("looked_through")


async def test_asking_and_looking_things_up(world: World, cara: MemberActor):
    asked = await cara.slash(world.general, "ask", question=f"{WORDS}, can a license do that?")
    await cara.slash(world.general, "faq", entry=f"{WORDS} faq")
    await cara.autocomplete(world.general, "faq", "entry", f"{WORDS} typed")
    form = await cara.click(asked.response, label="Ask staff")
    done = await cara.submit_modal(form, {"question": f"{WORDS} asked", "wish": f"{WORDS} wish"})
    assert "Logged as" in read(done) or "C-" in read(done)
    await delivered(world)
    await world.restart()


async def test_a_gap_somebody_who_waits_and_what_is_said_of_an_entry(
    world: World, cara: MemberActor
):
    asked = await cara.slash(world.general, "ask", question=f"{WORDS} zyxwv qqqq kjhgf")
    await cara.click(asked.response, label="Tell me when there is an answer")
    shown = await cara.slash(world.general, "faq", entry="photo-print")
    form = await cara.click(shown.response, label="Wrong")
    await cara.submit_modal(form, {"note": f"{WORDS} note"})
    await cara.click(shown.response, label="Follow")
    may_triage(world, world.staff_role)
    gaps = await world.sam.slash(world.staff_channel, "knowledge gaps")
    assert WORDS in read(gaps)
    said = await world.sam.slash(world.staff_channel, "knowledge feedback")
    assert WORDS in read(said)
    await world.restart()


async def test_a_concern_its_answers_and_its_end(world: World, cara: MemberActor):
    link = f"https://example.org/{WORDS}"
    await raised(world, cara, what=f"{WORDS} story", link=link, wish=f"{WORDS} wish")
    await delivered(world)
    reference = (await own(world, cara)).reference
    await world.sam.click(card(world, reference), label="Claim")
    form = await world.sam.click(card(world, reference), label="Reply")
    await world.sam.submit_modal(form, {"text": f"{WORDS} reply", "then": ["answered"]})
    await delivered(world)
    close_direct_messages(world, cara)
    await world.desk.triage.reply(
        world.guild.id, reference, world.sam.id, f"{WORDS} more", intake="more"
    )
    await delivered(world)
    await cara.slash(world.general, "concern status")
    may_triage(world, world.staff_role)
    await world.sam.slash(world.staff_channel, "triage show", ref=reference)
    await world.restart()


async def test_failures_of_our_own(
    world: World, cara: MemberActor, monkeypatch: pytest.MonkeyPatch
):
    async def fails(*_given: object, **_named: object) -> None:
        raise ValueError(f"{WORDS} {NAME} {cara.id}")

    monkeypatch.setattr(Concerns, "raise_", fails)
    refused = await raised(world, cara, what=f"{WORDS} story")
    assert f"{WORDS} story" in read(refused), "what was typed comes back to her, and to nobody else"

    def fails_at_once(*_given: object) -> None:
        raise KeyError(f"{WORDS} question")

    monkeypatch.setattr(Shelf, "answer", fails_at_once)
    await cara.slash(world.general, "ask", question=f"{WORDS} question")
    assert world.env.errors


async def test_failures_of_discord(world: World, cara: MemberActor):
    # What is tried again later than that is not waited for.
    world.env.settle_timeout = 10.0
    world.env.inject_error("POST", "/channels/*/messages", status=500, times=None)
    await raised(world, cara, what=f"{WORDS} story")
    await delivered(world)
    world.env.inject_error("POST", "/interactions/*/*/callback", status=403, code=50013)
    await cara.slash(world.general, "ask", question=f"{WORDS} question")
    assert world.env.errors


async def test_failures_of_the_database(world: World, cara: MemberActor, tmp_path: Path):
    await world.env.settle()  # what the desk writes when it is ready is written
    blocker = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    await raised(world, cara, what=f"{WORDS} story")
    blocker.close()


async def test_a_database_that_cannot_be_reached(world: World, tmp_path: Path):
    url = f"postgresql+asyncpg://{NAME}:{PASSWORD}@127.0.0.1:9/{NAME}"
    settings = load(tmp_path / "none.yaml", {"COMMONPLACE_DATABASE_URL": url})
    store = Store(url)
    said = [repr(settings), repr(store)]
    with pytest.raises(StoreUnavailable) as caught:
        await store.read(lambda session: session.connection())
    said.append(f"{caught.value!r} {caught.value}")
    await store.close()
    with pytest.raises(StoreUnavailable) as caught:
        await migrate(url)
    said.append(f"{caught.value!r} {caught.value}")
    with pytest.raises(StoreUnavailable) as caught:
        await Desk.open(
            world.desk.settings.model_copy(update={"database_url": SecretStr(url)}),
            clock=world.desk.clock,
        )
    said.append(f"{caught.value!r} {caught.value}")
    for canary in (NAME, PASSWORD):
        assert not any(canary in text for text in said)
