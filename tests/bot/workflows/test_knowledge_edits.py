"""Edits to knowledge files while the desk runs."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.guilds import Guilds
from bot.knowledge.model import Answer
from bot.knowledge.service import Knowledge
from bot.store import Store
from bot.store.notices import STAFF_NOTICE
from bot.store.outbox import Outbox
from bot.workflows.knowledge_edits import KnowledgeEdits
from tests.conftest import ROOT, StandingClock

GUILD, OTHER, NOT_SET_UP = 1, 2, 3
PHOTOS = ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "knowledge"
    directory.mkdir()
    shutil.copy(PHOTOS, directory)
    return directory


@pytest.fixture
def photos(directory: Path) -> Path:
    return directory / "photos.yaml"


@pytest.fixture
def knowledge(directory: Path, clock: StandingClock) -> Knowledge:
    return Knowledge(directory, clock=clock)


@pytest.fixture
async def edits(
    knowledge: Knowledge, store: Store, outbox: Outbox, clock: StandingClock
) -> KnowledgeEdits:
    guilds = Guilds(store, clock)
    await guilds.save(GUILD, staff_channel_id=11)
    await guilds.save(OTHER, staff_channel_id=12)
    await guilds.save(NOT_SET_UP, roles={})
    return KnowledgeEdits(knowledge, guilds, store, outbox)


async def look(edits: KnowledgeEdits, times: int = 2) -> None:
    for _ in range(times):
        await edits.look()


def write(file: Path, text: str) -> None:
    """Write as an editor does, at a later time: tests are quicker than file systems' clocks."""
    latest = max((one.stat().st_mtime_ns for one in file.parent.iterdir()), default=0)
    file.write_text(text, "utf-8")
    os.utime(file, ns=(latest + 1_000_000, latest + 1_000_000))


async def told(outbox: Outbox) -> list[tuple[int, str, dict[str, Any]]]:
    notices = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            assert parcel.kind == STAFF_NOTICE
            notices.append((parcel.guild_id, parcel.payload["key"], parcel.payload["values"]))
            await outbox.done(parcel)
    return notices


def first_question(knowledge: Knowledge) -> str:
    return knowledge.sections()[0].entries[0].question


async def test_an_edit_is_taken_up_once_the_file_has_come_to_rest(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, outbox: Outbox
):
    before, good = first_question(knowledge), photos.read_text("utf-8")
    write(photos, good.replace(before, "May a harbor seal be photographed?"))

    await edits.look()
    assert first_question(knowledge) == before
    await edits.look()

    assert first_question(knowledge) == "May a harbor seal be photographed?"
    assert isinstance(await knowledge.answer("may a harbor seal be photographed"), Answer)
    assert await told(outbox) == []


async def test_a_file_that_is_still_being_written_waits(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, outbox: Outbox
):
    good = photos.read_text("utf-8")
    for part in (good[:100], good[:200], good[:300], good):
        write(photos, part)
        await edits.look()

    assert knowledge.faults == ()
    await edits.look()
    assert knowledge.faults == ()
    assert await told(outbox) == []


async def test_a_broken_edit_keeps_the_last_good_version_and_tells_each_staff_once(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, outbox: Outbox
):
    before, good = knowledge.library, photos.read_text("utf-8")
    broken = good.replace("confidence: ", "confidnce: ", 1)
    write(photos, broken)
    await look(edits, 5)

    assert knowledge.library is before
    assert knowledge.faults
    notices = await told(outbox)
    assert [(guild, key) for guild, key, _ in notices] == [
        (GUILD, "knowledge.broken"),
        (OTHER, "knowledge.broken"),
    ]
    faults = notices[0][2]["faults"]
    assert "photos.yaml, line " in faults
    assert "did you mean `confidence`?" in faults
    assert str(photos.parent) not in faults

    write(photos, "# a note at the top\n" + broken)
    await look(edits, 5)
    assert await told(outbox) == [], "the same faults, a line further down, are old news"

    write(photos, broken.replace("status: ", "sttus: ", 1))
    await look(edits)
    assert len(await told(outbox)) == 2, "other faults are news"

    write(photos, good)
    await look(edits)
    assert knowledge.faults == ()
    mended = await told(outbox)
    assert [(guild, key) for guild, key, _ in mended] == [
        (GUILD, "knowledge.mended"),
        (OTHER, "knowledge.mended"),
    ]
    assert mended[0][2] == {"entries": str(len(knowledge.library.published))}

    write(photos, broken)
    await look(edits)
    assert len(await told(outbox)) == 2, "the same mistake made again is told again"


async def test_many_faults_are_cut_short_with_their_number(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, outbox: Outbox
):
    write(photos, photos.read_text("utf-8").replace("confidence:", "confidnce:"))
    await look(edits)

    (_guild, key, values), _other = await told(outbox)
    assert key == "knowledge.broken.more"
    assert values["faults"].count("\n") == 4
    assert int(values["more"]) == len(knowledge.faults) - 5


async def test_a_directory_that_vanishes_is_a_broken_edit(
    edits: KnowledgeEdits, knowledge: Knowledge, directory: Path, outbox: Outbox
):
    before = knowledge.library
    kept = directory.with_name("kept")
    directory.rename(kept)
    await look(edits)
    assert knowledge.library is before
    assert "no such directory" in (await told(outbox))[0][2]["faults"]

    kept.rename(directory)
    await look(edits)
    assert [key for _, key, _ in await told(outbox)] == ["knowledge.mended"] * 2


@pytest.mark.sqlite
async def test_staff_hear_of_it_when_the_database_is_back(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, store: Store, outbox: Outbox
):
    closed = Store(f"sqlite+aiosqlite:///{photos.with_name('other.db')}")
    await closed.close()
    edits._store, real = closed, store
    write(photos, "section: [")
    await look(edits, 3)
    assert knowledge.faults
    assert await told(outbox) == []

    edits._store = real
    await edits.look()
    assert len(await told(outbox)) == 2


async def test_loading_leaves_the_event_loop_free(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path
):
    write(photos, photos.read_text("utf-8") + "\n# touched\n")
    await edits.look()
    passed = 0
    looking = asyncio.create_task(edits.look())
    while not looking.done():
        passed += 1
        await asyncio.sleep(0)
    assert passed > 5


async def test_the_watch_looks_until_it_is_let_go_and_outlives_a_fault(
    edits: KnowledgeEdits, knowledge: Knowledge, photos: Path, monkeypatch: pytest.MonkeyPatch
):
    before = first_question(knowledge)
    write(photos, photos.read_text("utf-8").replace(before, "May a harbor seal be photographed?"))
    looks, real = 0, edits.look
    taken_up = asyncio.Event()

    async def counted() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise RuntimeError
        await real()
        if first_question(knowledge) != before:
            taken_up.set()

    monkeypatch.setattr(edits, "look", counted)
    async with edits.watching(every=0), asyncio.timeout(10):
        await taken_up.wait()
    after = looks
    await asyncio.sleep(0)
    assert looks == after
