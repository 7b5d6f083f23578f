"""`commonplace doctor`: what is well, and what to do about what is not."""

import shutil
import socket
from pathlib import Path

import discord
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.desk import Desk
from bot.doctor import Finding, examine
from bot.settings import Settings, WrongSettings
from bot.store.migrate import migrate
from bot.store.notices import staff_notice
from tests.bot.discord_server import TOKEN, discord_server


async def found(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in await examine(lambda: settings)}


def wrong(findings: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.note for name, finding in findings.items() if not finding.fine}


async def test_a_fresh_desk_is_well_and_every_part_was_looked_at(desk_settings: Settings):
    findings = await found(desk_settings)
    assert wrong(findings) == {}
    looked_at = ("settings", "key", "database", "words", "knowledge", "outbox", "token")
    assert set(findings) >= set(looked_at)
    assert str(findings["knowledge"]) == "ok    knowledge: 3 published entries"
    assert "simulated" in findings["token"].note


async def test_wrong_settings_are_all_named():
    def fails() -> Settings:
        raise WrongSettings(("a.yaml:1: x.", "a.yaml:2: y."))

    findings = await examine(fails)
    assert [str(one) for one in findings] == [
        "WRONG settings: a.yaml:1: x.",
        "WRONG settings: a.yaml:2: y.",
    ]


async def test_a_key_that_others_read(desk_settings: Settings):
    desk_settings.key_file.touch(mode=0o644)
    desk_settings.key_file.chmod(0o644)
    assert wrong(await found(desk_settings))["key"].startswith("The key file ")


async def test_a_database_of_a_newer_release(desk_settings: Settings):
    url = desk_settings.database_url.get_secret_value()
    await migrate(url)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    assert "newer release" in wrong(await found(desk_settings))["database"]


@pytest.mark.sqlite
async def test_a_database_that_cannot_be_reached(desk_settings: Settings, tmp_path: Path):
    (tmp_path / "desk.db").unlink()
    (tmp_path / "desk.db").mkdir()
    ((part, note),) = wrong(await found(desk_settings)).items()
    assert part == "database"
    assert "Check database_url" in note


async def test_words_that_are_missing(desk_settings: Settings, tmp_path: Path):
    settings = desk_settings.model_copy(update={"locale": tmp_path / "none"})
    assert "English" in wrong(await found(settings))["words"]


async def test_broken_knowledge_is_named_and_what_a_running_desk_does(
    desk_settings: Settings, small_knowledge: Path
):
    file = small_knowledge / "photos.yaml"
    file.write_text(file.read_text("utf-8").replace("confidence:", "confidnce:"), "utf-8")
    note = wrong(await found(desk_settings))["knowledge"]
    assert note.startswith(f"{file}:")
    assert "has all 6" in note
    assert "keeps the last good version; none can start" in note


async def test_knowledge_that_is_not_there(desk_settings: Settings, small_knowledge: Path):
    shutil.rmtree(small_knowledge)
    assert "no such directory" in wrong(await found(desk_settings))["knowledge"]


async def test_effects_that_could_not_be_delivered(desk_settings: Settings):
    desk = await Desk.open(desk_settings)
    notice = staff_notice(1, "knowledge.mended", once="a", entries="1")
    await desk.store.write(lambda session: desk.outbox.post(session, notice))
    (parcel,) = await desk.outbox.claim()
    await desk.outbox.give_up(parcel, "no staff channel")
    await desk.close()
    assert wrong(await found(desk_settings)) == {
        "outbox": "0 waiting, 1 could not be delivered. Run /setup in the server to try them again"
    }


def with_token(settings: Settings, token: str) -> Settings:
    return settings.model_copy(update={"token": SecretStr(token)})


@pytest.mark.sqlite
async def test_a_token_without_servers(desk_settings: Settings, monkeypatch: pytest.MonkeyPatch):
    async with discord_server(monkeypatch):
        findings = await found(with_token(desk_settings, TOKEN))
    assert findings["token"].fine
    assert wrong(findings) == {"servers": "the bot is in none; invite it (docs/operators.md)"}


@pytest.mark.sqlite
async def test_a_token_that_discord_refuses(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    async with discord_server(monkeypatch):
        findings = await found(with_token(desk_settings, "wrong.to.ken"))
    assert "does not accept it" in wrong(findings)["token"]
    assert not any("wrong.to.ken" in str(finding) for finding in findings.values())


@pytest.mark.sqlite
async def test_discord_that_cannot_be_reached(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    assert "cannot be reached" in wrong(await found(with_token(desk_settings, TOKEN)))["Discord"]


async def test_the_mail_door_is_looked_at_where_it_is_set(desk_settings: Settings, tmp_path: Path):
    mail = {
        "maildir": tmp_path / "nowhere",
        "hook": {"enabled": True},
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
    }
    settings = Settings.model_validate(
        {**desk_settings.model_dump(), "database_url": desk_settings.database_url, "mail": mail}
    )
    faults = wrong(await found(settings))
    assert faults.keys() == {
        "mail address",
        "mail for which server",
        "maildir",
        "mail hook",
        "mail going out",
    }
    assert "COMMONPLACE_MAIL_HOOK_SECRET" in faults["mail hook"]
