"""The health page over real sockets: alive, ready or which part is not, and the numbers."""

import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import __version__
from bot.desk import Desk
from bot.store import Store
from bot.store.notices import staff_notice
from bot.web.health import HealthServer, PortBusy
from tests.conftest import StandingClock


class Gateway:
    """Says whether Discord is there."""

    ready = True

    def __call__(self) -> bool:
        return self.ready


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
async def server(whole_desk: Desk, gateway: Gateway) -> AsyncIterator[HealthServer]:
    server = HealthServer(whole_desk, gateway)
    await server.start()
    yield server
    await server.stop()


async def get(server: HealthServer, path: str) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session,
        session.get(path) as answer,
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.content_type == "application/json":
            return answer.status, await answer.json()
        return answer.status, await answer.text()


async def test_alive_says_so_whatever_else_is_wrong(server: HealthServer, gateway: Gateway):
    gateway.ready = False
    assert await get(server, "/healthz") == (200, {"status": "ok", "version": __version__})


WELL = {
    "status": "ready",
    "database": True,
    "gateway": True,
    "outbox": True,
    "knowledge": True,
}


async def test_ready_when_every_part_is_well(server: HealthServer):
    assert await get(server, "/readyz") == (200, WELL)


async def test_not_ready_while_discord_is_away(server: HealthServer, gateway: Gateway):
    gateway.ready = False
    expected = {**WELL, "status": "not ready", "gateway": False}
    assert await get(server, "/readyz") == (503, expected)


@pytest.mark.sqlite
async def test_not_ready_while_the_database_is_away(
    whole_desk: Desk, gateway: Gateway, tmp_path: Path
):
    (tmp_path / "none.db").mkdir()
    gone = Store(f"sqlite+aiosqlite:///{tmp_path / 'none.db'}")
    outbox = type(whole_desk.outbox)(gone, whole_desk.clock)
    server = HealthServer(replace(whole_desk, store=gone, outbox=outbox), gateway)
    await server.start()
    try:
        expected = {**WELL, "status": "not ready", "database": False, "outbox": False}
        assert await get(server, "/readyz") == (503, expected)
        status, _ = await get(server, "/metrics")
        assert status == 200
    finally:
        await server.stop()
        await gone.close()


async def test_not_ready_while_effects_wait_too_long(
    server: HealthServer, whole_desk: Desk, clock: StandingClock
):
    notice = staff_notice(1, "knowledge.mended", once="a", entries="1")
    await whole_desk.store.write(lambda session: whole_desk.outbox.post(session, notice))
    assert (await get(server, "/readyz"))[0] == 200
    clock.move(minutes=16)
    expected = {**WELL, "status": "not ready", "outbox": False}
    assert await get(server, "/readyz") == (503, expected)


async def test_a_broken_edit_is_said_and_members_still_served(
    server: HealthServer, whole_desk: Desk, small_knowledge: Path
):
    (small_knowledge / "photos.yaml").write_text("section: [", "utf-8")
    assert not await whole_desk.knowledge.reload()
    status, body = await get(server, "/readyz")
    assert (status, body) == (200, {**WELL, "knowledge_faults": 1})
    assert "commonplace_knowledge_faults 1.0" in (await get(server, "/metrics"))[1]


async def test_metrics_are_prometheus_text(server: HealthServer, whole_desk: Desk):
    notice = staff_notice(1, "knowledge.mended", once="a", entries="1")
    await whole_desk.store.write(lambda session: whole_desk.outbox.post(session, notice))
    status, text = await get(server, "/metrics")
    assert status == 200
    assert "commonplace_outbox_pending 1.0" in text
    assert "commonplace_entries 3.0" in text
    sample = re.compile(
        r'(# (HELP|TYPE) .+)|([a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? \S+)'
    )
    for line in text.splitlines():
        assert sample.fullmatch(line), line


async def test_nothing_else_is_served(server: HealthServer):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        for path in ("/", "/concerns", "/healthz/../etc"):
            async with session.get(path) as answer:
                assert answer.status == 404
        async with session.post("/healthz") as answer:
            assert answer.status == 405


async def test_a_taken_port_is_one_sentence_with_the_setting_to_change(
    whole_desk: Desk, gateway: Callable[[], bool]
):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        web = whole_desk.settings.web.model_copy(update={"port": port})
        settings = whole_desk.settings.model_copy(update={"web": web})
        server = HealthServer(replace(whole_desk, settings=settings), gateway)
        with pytest.raises(PortBusy, match=f"Port {port} on 127.0.0.1 .*COMMONPLACE_WEB__PORT"):
            await server.start()
        await server.stop()


async def test_an_address_that_is_not_ours_is_one_sentence(
    whole_desk: Desk, gateway: Callable[[], bool]
):
    web = whole_desk.settings.web.model_copy(update={"host": "192.0.2.1"})
    settings = whole_desk.settings.model_copy(update={"web": web})
    server = HealthServer(replace(whole_desk, settings=settings), gateway)
    with pytest.raises(PortBusy, match=r"192\.0\.2\.1 is no address of this machine.*web\.host"):
        await server.start()
