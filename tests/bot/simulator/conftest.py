"""The demo with a toy bot, and tabs as a browser opens them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.simulator.demo import Demo, simulated
from bot.simulator.world import World
from tests.bot.simulator.toy import Toy
from tests.conftest import StandingClock


@dataclass
class Tab:
    """One tab of one person, which speaks to its page's server as the page's script does."""

    session: aiohttp.ClientSession
    base: str
    headers: dict[str, str]
    shown: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0

    async def look(self) -> dict[str, Any]:
        """Ask what the page shows now."""
        async with self.session.get(f"{self.base}/api/state", headers=self.headers) as answer:
            self.shown = await answer.json()
        return self.shown

    async def act(self, kind: str, *, look: bool = True, **body: Any) -> dict[str, Any]:
        """Act on what was last looked at; return the receipt."""
        envelope = {
            "protocol_version": 3,
            "kind": kind,
            "sequence": self.sequence + 1,
            "request_id": f"request-{self.sequence + 1}",
            "generation": self.shown["context"]["generation"],
            "bot_generation": self.shown["botGeneration"],
            "published_revision": self.shown["publishedRevision"],
            **body,
        }
        async with self.session.post(
            f"{self.base}/api/action", json=envelope, headers=self.headers
        ) as answer:
            receipt: dict[str, Any] = await answer.json()
        self.sequence = receipt["expectedSequence"]
        if look:
            await self.look()
        return receipt

    async def slash(self, command: str, **options: Any) -> dict[str, Any]:
        """Run a slash command."""
        return await self.act("run_command", options=options, **await self._command(command))

    async def suggested(self, command: str, option: str, typed: str) -> list[str]:
        """Type into an option and return what is suggested."""
        receipt = await self.act(
            "autocomplete_command",
            focused=option,
            value=typed,
            options={},
            **await self._command(command),
        )
        return [choice["name"] for choice in receipt["result"]["choices"]]

    async def commands(self) -> list[str]:
        """Return the slash commands that are offered."""
        return [entry["invocation"] for entry in await self._catalog()]

    async def submit(self, *values: Any, **options: Any) -> dict[str, Any]:
        """Submit the open form, one value for each field, from the top."""
        modal = self.shown["modal"]
        fields = [label["component"]["custom_id"] for label in modal["payload"]["components"]]
        return await self.act(
            "modal_submit",
            modal_handle=modal["handle"],
            values=dict(zip(fields, values, strict=True)),
            **options,
        )

    async def press(self, label: str, **options: Any) -> dict[str, Any]:
        """Press the newest button with this label."""
        for message in reversed(self.shown["timeline"]):
            for component in _walk(self.shown["messages"][message]["components"]):
                if component.get("label") == label:
                    key = component["control_key"]
                    return await self.act("click", control_key=key, target_id=message, **options)
        raise AssertionError(f"there is no button {label}")

    def text(self) -> str:
        """Return everything said in the conversation."""
        said = []
        for message in self.shown["timeline"]:
            said.append(self.shown["messages"][message]["content"])
            for component in _walk(self.shown["messages"][message]["components"]):
                said.append(component.get("content", ""))
        return "\n".join(said)

    async def _command(self, name: str) -> dict[str, Any]:
        for entry in await self._catalog():
            if entry["invocation"] == name:
                return {
                    "command_id": entry["commandId"],
                    "path": entry["path"],
                    "schema_fingerprint": entry["schemaFingerprint"],
                }
        raise AssertionError(f"there is no command {name}")

    async def _catalog(self) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.base}/api/commands", headers=self.headers) as answer:
            entries: list[dict[str, Any]] = (await answer.json())["entries"]
        return entries


def _walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found += [component, *_walk(component.get("components") or [])]
    return found


OpenTab = Callable[[str], Awaitable[Tab]]


@pytest.fixture
def toy() -> Toy:
    """The toy bot."""
    return Toy()


@pytest.fixture
async def demo(toy: Toy, clock: StandingClock) -> AsyncIterator[Demo]:
    """A running demo; time stands still unless the test moves it and ticks."""

    async def set_up(world: World) -> None:
        toy.staff_channel_id = world.staff_channel_id

    async with simulated(lambda: toy, on_world=set_up, clock=clock) as demo:
        yield demo
    assert not demo.env.errors


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client in the browser's place."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def open_tab(demo: Demo, browser: aiohttp.ClientSession) -> OpenTab:
    """Open a place by its path on the front page: `await open_tab("ana/general")`."""

    async def open_(path: str) -> Tab:
        async with browser.get(demo.address + path, allow_redirects=False) as answer:
            assert answer.status == 302
            return await arrive(browser, answer.headers["Location"])

    return open_


async def arrive(browser: aiohttp.ClientSession, url: str) -> Tab:
    """Open a place's own page."""
    base, capability = url.split("/#")
    headers = {"X-Simcord-Capability": capability}
    async with browser.post(f"{base}/api/pages", json={}, headers=headers) as answer:
        shown = await answer.json()
    return Tab(browser, base, {**headers, "X-Simcord-Context": shown["context"]["id"]}, shown)
