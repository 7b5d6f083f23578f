"""Starting and stopping the process: with the real client over real sockets, and the demo."""

import asyncio
import contextlib
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
import structlog
from pydantic import SecretStr

from bot import log
from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.running import NoToken, WrongToken, serve
from bot.settings import Settings
from bot.store.hold import DatabaseHeld, hold
from bot.web.health import HealthServer, PortBusy
from tests.bot.discord_server import TOKEN, discord_server
from tests.conftest import ROOT

EXIT_SECONDS = 10
"""Bar 14 of the project's reliability bars: told to end, the process is gone within this."""


def with_token(settings: Settings, token: str = TOKEN) -> Settings:
    return settings.model_copy(update={"token": SecretStr(token)})


async def test_without_a_token_nothing_is_opened(desk_settings: Settings, tmp_path: Path):
    with pytest.raises(NoToken, match="DISCORD_TOKEN is not set"):
        await serve(desk_settings)
    assert not (tmp_path / "desk.key").exists()


async def test_a_token_that_discord_refuses_says_where_to_get_another(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    async with discord_server(monkeypatch) as server:
        with pytest.raises(WrongToken, match="Copy it again") as caught:
            await serve(with_token(desk_settings, "wrong.to.ken"))
    assert "wrong.to.ken" not in str(caught.value)
    assert server.asked == ["GET /users/@me"], "a refused token is tried once"


async def _ports(monkeypatch: pytest.MonkeyPatch) -> "asyncio.Queue[int]":
    ports: asyncio.Queue[int] = asyncio.Queue()
    start = HealthServer.start

    async def started(self: HealthServer) -> None:
        await start(self)
        ports.put_nowait(self.port)

    monkeypatch.setattr(HealthServer, "start", started)
    return ports


async def _until_ready(port: int, serving: "asyncio.Task[None]") -> None:
    async with aiohttp.ClientSession() as session:
        while not serving.done():
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.01)
    serving.result()


@pytest.mark.sqlite
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_desk_serves_until_it_is_told_to_end_and_starts_again(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
):
    ports = await _ports(monkeypatch)
    async with discord_server(monkeypatch) as server:
        for _ in range(2):
            serving = asyncio.create_task(serve(with_token(desk_settings)))
            await _until_ready(await ports.get(), serving)
            started = time.monotonic()
            os.kill(os.getpid(), ending)
            await serving
            assert time.monotonic() - started < EXIT_SECONDS
        assert server.identified == 2
        assert len(server.closed_with) == 2, "Discord is told that the desk leaves"


@pytest.mark.sqlite
async def test_no_log_line_holds_the_token_at_any_level(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    root, discords = logging.getLogger(), logging.getLogger("discord")
    before = root.handlers[:], root.level, discords.level
    stream = io.StringIO()
    log.configure("DEBUG", stream)
    discords.setLevel("DEBUG")
    try:
        ports = await _ports(monkeypatch)
        async with discord_server(monkeypatch):
            serving = asyncio.create_task(serve(with_token(desk_settings)))
            await _until_ready(await ports.get(), serving)
            os.kill(os.getpid(), signal.SIGTERM)
            await serving
            with pytest.raises(WrongToken):
                await serve(with_token(desk_settings, "wrong.canary-token"))
    finally:
        structlog.reset_defaults()
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        discords.setLevel(before[2])
    lines = stream.getvalue()
    assert "discord.gateway" in lines
    assert "canary-token" not in lines


@pytest.mark.sqlite
async def test_a_database_that_is_served_and_a_port_that_is_taken_stop_before_discord_is_asked(
    desk_settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    async with discord_server(monkeypatch) as server:
        with (
            hold(desk_settings.database_url.get_secret_value()),
            pytest.raises(DatabaseHeld),
        ):
            await serve(with_token(desk_settings))
        port = int(server.address.rsplit(":", 1)[1])
        web = desk_settings.web.model_copy(update={"port": port})
        with pytest.raises(PortBusy):
            await serve(with_token(desk_settings).model_copy(update={"web": web}))
        assert server.asked == []


class Demo:
    """`commonplace demo` in a process of its own."""

    def __init__(self, home: Path) -> None:
        environment = {
            name: value for name, value in os.environ.items() if "COMMONPLACE" not in name
        }
        environment |= {"PYTHONPATH": str(ROOT), "COMMONPLACE_WEB__PORT": "0"}
        environment.pop("DISCORD_TOKEN", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"],
            cwd=home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []

    def address(self) -> str:
        """Wait for the front page's address."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if "Open" in line:
                return next(word for word in line.split() if word.startswith("http://"))
        raise AssertionError(self.process.stderr.read() if self.process.stderr else "")

    def end(self, ending: signal.Signals) -> tuple[int, str, float]:
        """Tell it to end; return exit status, what it said on standard error, and seconds."""
        started = time.monotonic()
        self.process.send_signal(ending)
        try:
            _out, err = self.process.communicate(timeout=3 * EXIT_SECONDS)
        finally:
            self.process.kill()
        return self.process.returncode, err, time.monotonic() - started


@pytest.fixture
def home(tmp_path: Path, kept_vectors: Path) -> Path:
    """A directory with the desk's own configuration in it, and the vectors of an earlier start."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "data").mkdir()
    shutil.copy(kept_vectors, tmp_path / "data")
    return tmp_path


def _raise_concern(settings: Settings, home: Path) -> str:
    async def work() -> str:
        with contextlib.chdir(home):
            desk = await Desk.open(settings, serving=False)
            try:
                receipt = await desk.concerns.raise_(
                    guild_id=7,
                    reporter_id=8,
                    draft=Draft(kind=Kind.QUESTION, what="The chart contradicts the deed."),
                    intake="test",
                    receipt=None,
                )
                return receipt.reference
            finally:
                await desk.close()

    return asyncio.run(work())


def test_the_demo_ends_cleanly_and_the_next_start_finds_all_data(home: Path):
    settings = Settings().for_demo()
    first = Demo(home)
    assert first.address().startswith("http://127.0.0.1:")
    status, err, seconds = first.end(signal.SIGINT)
    assert (status, "Traceback" in err) == (0, False), err
    assert seconds < EXIT_SECONDS
    key = (home / settings.key_file).read_bytes()
    reference = _raise_concern(settings, home)

    second = Demo(home)
    second.address()
    status, err, seconds = second.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False), err
    assert seconds < EXIT_SECONDS
    assert (home / settings.key_file).read_bytes() == key

    command = [sys.executable, "-m", "bot", "concerns", "show", reference, "--json", "--demo"]
    shown = subprocess.run(
        command,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout)["what"] == "The chart contradicts the deed."
