"""Erasing does what it says: in rows, in files, on its way to Discord, and after a restore."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from bot.concerns.model import CloseReason, Consent, State
from bot.concerns.triage import Triage
from bot.desk import Desk
from bot.privacy.model import NothingKept
from bot.privacy.rotation import sealed_columns
from bot.settings import Settings
from bot.store.people import PersonRow
from bot.store.scrub import scrub
from tests.bot.privacy.conftest import (
    ABOUT,
    ANA,
    ANSWER,
    BEN,
    CANARY,
    GUILD,
    LINK,
    OTHER,
    SAM,
    Open,
    Said,
    raise_one,
)
from tests.conftest import StandingClock


async def _sealed(desk: Desk) -> list[bytes]:
    """Return every sealed value there is of Ana in GUILD, as it lies in the database."""

    async def work(session):
        (ana,) = await desk.privacy._people.known(session, ANA, GUILD)
        found = await session.execute(
            text(
                "SELECT identity FROM person WHERE id = :id UNION ALL "
                "SELECT text_key FROM person WHERE id = :id UNION ALL "
                "SELECT content FROM concern WHERE reporter_id = :id UNION ALL "
                "SELECT l.content FROM concern_letter l JOIN concern c ON c.id = l.concern_id "
                "WHERE c.reporter_id = :id"
            ),
            {"id": ana.person.id},
        )
        return [bytes(value) for (value,) in found]

    return await desk.store.read(work)


def _pieces(sealed: list[bytes]) -> list[bytes]:
    """Cut sealed values so that one that is spread over pages is found as well."""
    return [value[at : at + 24] for value in sealed for at in range(0, len(value) - 24, 40)]


_PLAIN = [str(ANA).encode(), CANARY.encode(), LINK.encode(), ABOUT.encode(), ANSWER.encode()]


async def _reference_of(triage: Triage, reference: str):
    return await triage.case(GUILD, reference)


async def test_words_and_identity_are_gone_and_what_was_raised_is_closed(desk: Desk, said: Said):
    receipt = await desk.privacy.erase(ANA, GUILD)

    case = await desk.triage.case(GUILD, said.anas)
    assert case.erased
    assert (case.what, case.link, case.wish, case.about) == ("", "", "", "")
    assert (case.state, case.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    assert case.consent is Consent.NOTHING
    assert [letter.text for letter in case.letters] == [""]
    assert case.events[-1].what == "erased"
    assert await desk.concerns.own([GUILD], ANA) == ()
    assert receipt.goes == {"identity": 1, "concerns": 1, "letters": 1}
    assert receipt.stays == {"record": 1, "concerns": 1}
    assert receipt.reference.startswith("E-")


async def test_nothing_of_anybody_else_or_of_another_server_is_touched(desk: Desk, said: Said):
    await desk.privacy.erase(ANA, GUILD)

    assert (await desk.triage.case(GUILD, said.bens)).what == "what ben says"
    assert (await desk.triage.case(OTHER, said.anas_elsewhere)).what == "what ana says elsewhere"
    await desk.privacy.erase(ANA)
    assert (await desk.triage.case(OTHER, said.anas_elsewhere)).erased


async def test_every_column_of_a_person_that_can_be_empty_is_empty(desk: Desk, said: Said):
    await desk.privacy.erase(ANA, GUILD)

    async def work(session):
        rows = await session.execute(PersonRow.__table__.select())
        return [dict(row) for row in rows.mappings()]

    rows = await desk.store.read(work)
    gone = [row for row in rows if row["identity"] is None]
    assert len(gone) == 1
    for column in PersonRow.__table__.columns:
        if column.nullable:
            assert gone[0][column.name] is None, column.name
    assert gone[0]["fingerprint"] != desk.privacy._people.fingerprint(GUILD, ANA)


async def test_whoever_comes_back_is_somebody_new(desk: Desk, said: Said):
    await desk.privacy.erase(ANA, GUILD)
    reference = await raise_one(desk, ANA, "back again")

    assert [one.reference for one in await desk.concerns.own([GUILD], ANA)] == [reference]
    await desk.privacy.catch_up()
    assert (await desk.triage.case(GUILD, reference)).what == "back again"


async def test_what_was_on_its_way_to_them_is_dropped_and_the_cards_are_brought_up_to_date(
    desk: Desk, said: Said
):
    await desk.privacy.erase(ANA, GUILD)

    kinds = []
    while parcels := await desk.outbox.claim():
        for parcel in parcels:
            if said.anas in json.dumps(parcel.payload) and parcel.guild_id == GUILD:
                kinds.append(parcel.kind)
            await desk.outbox.done(parcel)
    assert set(kinds) == {"concern.card"}


async def test_a_staff_member_who_is_erased_is_named_nowhere_and_holds_no_case(
    desk: Desk, said: Said
):
    receipt = await desk.privacy.erase(SAM, GUILD)

    case = await desk.triage.case(GUILD, said.bens)
    assert case.claimed_by is None
    assert {event.by for event in case.events} == {None}
    anas = await desk.triage.case(GUILD, said.anas)
    assert [(letter.text, letter.by) for letter in anas.letters] == [(ANSWER, None)]
    assert anas.claimed_by is None
    assert receipt.goes["claims"] == 2
    assert receipt.stays["acts"] >= 3
    assert receipt.stays["audit"] >= 3
    verdict = await desk.store.read(lambda session: desk.audit.verify(session, GUILD))
    assert verdict.whole


async def test_erasing_somebody_unknown_says_so(desk: Desk, said: Said):
    with pytest.raises(NothingKept):
        await desk.privacy.erase(SAM, OTHER)
    assert not (await desk.privacy.preview(SAM, OTHER)).known
    await desk.privacy.erase(ANA, GUILD)
    with pytest.raises(NothingKept):
        await desk.privacy.erase(ANA, GUILD)


async def test_the_preview_says_what_the_receipt_says(desk: Desk, said: Said):
    for who in (ANA, BEN, SAM):
        preview = await desk.privacy.preview(who)
        receipt = await desk.privacy.erase(who)
        assert (preview.goes, preview.stays) == (receipt.goes, receipt.stays)


async def test_the_export_has_everything_of_the_person_and_nothing_of_others(
    desk: Desk, said: Said
):
    export = json.dumps((await desk.privacy.export(ANA, GUILD)).as_json())

    for mine in (CANARY, LINK, ABOUT, ANSWER, "quote_named", said.anas, str(ANA)):
        assert mine in export
    for not_mine in ("what ben says", "what ana says elsewhere", str(SAM), str(BEN), str(OTHER)):
        assert not_mine not in export
    everywhere = (await desk.privacy.export(ANA)).as_json()
    assert [one["server"] for one in everywhere["servers"]] == [str(GUILD), str(OTHER)]
    staff = (await desk.privacy.export(SAM)).as_json()["servers"][0]
    assert {act["what"] for act in staff["handled_as_staff"]} >= {"replied", "claimed"}
    assert staff["audit"]


async def test_both_are_in_the_audit(desk: Desk, said: Said):
    await desk.privacy.export(ANA, GUILD)
    await desk.privacy.erase(ANA, GUILD, at="terminal")

    async def work(session):
        return [entry async for entry in desk.audit.entries(session, GUILD)]

    *_, exported, erased = await desk.store.read(work)
    assert (exported.what, erased.what) == ("privacy.exported", "privacy.erased")
    assert exported.actor_id is not None
    assert erased.actor_id is None
    assert erased.detail["at"] == "terminal"


@pytest.mark.sqlite
async def test_no_byte_is_left_in_the_files_once_they_are_scrubbed(
    desk: Desk, said: Said, tmp_path: Path
):
    for number in range(40):
        await raise_one(desk, BEN + number, f"filler {number} " + "x" * 900)
    sealed = await _sealed(desk)
    assert len(sealed) == 4
    files = ["desk.db", "desk.db-wal", "desk.db-shm", "desk.erased"]
    before = b"".join((tmp_path / name).read_bytes() for name in files[:3])
    assert all(piece in before for piece in _pieces(sealed))

    await desk.privacy.erase(ANA)
    # Already now nothing opens what may be left: the key is in no file.
    key = _pieces(sealed[1:2])
    at_once = b"".join((tmp_path / name).read_bytes() for name in files)
    assert not [piece for piece in key if piece in at_once]

    await scrub(desk.store)
    after = b"".join((tmp_path / name).read_bytes() for name in files)
    assert not [piece for piece in (*_pieces(sealed), *_PLAIN) if piece in after]
    assert (tmp_path / "desk.db-wal").stat().st_size == 0
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        outbox = json.dumps(database.execute("SELECT * FROM outbox").fetchall(), default=repr)
    assert not [piece for piece in _PLAIN if piece.decode() in outbox]


@pytest.mark.postgres
async def test_no_byte_is_left_in_postgresqls_tables_once_they_are_scrubbed(
    desk: Desk, said: Said, request: pytest.FixtureRequest
):
    if desk.store.dialect == "sqlite":
        pytest.skip("the test above")
    connection = await asyncpg.connect(desk.store.url.replace("+asyncpg", ""))
    try:
        oid = await connection.fetchval(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        )
        data = Path(await connection.fetchval("SHOW data_directory"))
        sealed = await _sealed(desk)
        await connection.execute("CHECKPOINT")

        def heap() -> bytes:
            return b"".join(file.read_bytes() for file in (data / "base" / str(oid)).iterdir())

        assert all(piece in heap() for piece in _pieces(sealed))
        await desk.privacy.erase(ANA)
        assert await scrub(desk.store)
        await connection.execute("CHECKPOINT")
        assert not [piece for piece in (*_pieces(sealed), *_PLAIN) if piece in heap()]
    finally:
        await connection.close()


@pytest.mark.sqlite
async def test_an_older_backup_put_in_place_by_hand_is_erased_again_at_start(
    desk: Desk, said: Said, open_desk: Open, settings: Settings, tmp_path: Path
):
    await desk.store.write(lambda session: session.execute(text("SELECT 1")))
    with (
        closing(sqlite3.connect(tmp_path / "desk.db")) as here,
        closing(sqlite3.connect(tmp_path / "older.db")) as older,
    ):
        here.backup(older)
    await desk.privacy.erase(ANA, GUILD)
    await desk.close()
    shutil.copy(tmp_path / "older.db", tmp_path / "desk.db")

    again = await open_desk()
    assert (await again.triage.case(GUILD, said.anas)).erased
    assert not (await again.triage.case(OTHER, said.anas_elsewhere)).erased
    assert not (await again.triage.case(GUILD, said.bens)).erased
    assert await again.privacy.catch_up() == 0


async def test_a_lost_erase_file_is_made_again_from_the_database(
    desk: Desk, said: Said, open_desk: Open
):
    await desk.privacy.erase(ANA, GUILD)
    file = desk.privacy.erase_file.file
    listed = desk.privacy.erase_file.read()
    assert len(listed) == 1
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    await open_desk()
    assert desk.privacy.erase_file.read().keys() == listed.keys()


async def test_a_line_that_a_crash_cut_short_costs_no_other(desk: Desk, said: Said):
    await desk.privacy.erase(ANA, GUILD)
    file = desk.privacy.erase_file.file
    with file.open("a") as stream:
        stream.write("2026-03-13 abc")
    await desk.privacy.erase(ANA, OTHER)
    assert len(desk.privacy.erase_file.read()) == 2


async def test_the_list_tells_nobody_who_was_erased(desk: Desk, said: Said, clock: StandingClock):
    await desk.privacy.erase(ANA)
    content = desk.privacy.erase_file.file.read_text()
    assert str(ANA) not in content
    assert str(GUILD) not in content
    assert desk.privacy._people.fingerprint(GUILD, ANA) not in content


def test_something_is_sealed_under_the_desks_key():
    assert {table.name for table, _columns in sealed_columns()} >= {"person", "desk_seal"}
