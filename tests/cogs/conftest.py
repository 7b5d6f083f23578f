"""The desk in front of people: the real client on a simulated Discord, with a real database."""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
import yaml
from simcord import interactions as simulated
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.ids import Randomness
from bot.platform.client import DeskClient
from bot.platform.commands import DeskTree
from bot.settings import Settings
from tests.cogs import openapi
from tests.conftest import ROOT, StandingClock

_SMALL = Path(__file__).parent / "knowledge"
_NUMBERED = ("clause number", "sample license", "sample clause", "paragraph no", "wording of")


@pytest.fixture(scope="session")
def _written_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("small") / "knowledge"
    directory.mkdir()
    for file in _SMALL.glob("*.yaml"):
        (directory / file.name).write_text(file.read_text("utf-8"), "utf-8")
    scope = ROOT / "config" / "knowledge" / "_scope.yaml"
    (directory / scope.name).write_text(scope.read_text("utf-8"), "utf-8")
    template = yaml.safe_load((_SMALL / "photos.yaml").read_text("utf-8"))["entries"][0]
    numbered = [
        {
            **template,
            "id": f"numbered-{number}",
            "question": f"What does clause {number} of the sample license mean, word for word?",
            "aliases": [f"{words} {number}" for words in _NUMBERED],
            "related": [],
        }
        for number in range(1, 31)
    ]
    section = {
        "section": "numbered",
        "title": "Numbered clauses",
        "about": "Thirty clauses of a license that does not exist.",
        "order": 90,
        "entries": numbered,
    }
    (directory / "numbered.yaml").write_text(yaml.safe_dump(section), "utf-8")
    return directory


@pytest.fixture
def knowledge_directory(_written_knowledge: Path, tmp_path: Path) -> Path:
    """A small knowledge base, with one section of 30 entries to leaf through."""
    return Path(shutil.copytree(_written_knowledge, tmp_path / "knowledge"))


@pytest.fixture
def settings(tmp_path: Path, knowledge_directory: Path, migrated_sqlite: Path) -> Settings:
    """Settings for a desk of this test's own."""
    shutil.copy(migrated_sqlite, tmp_path / "desk.db")
    return Settings.model_validate(
        {
            "operator": {"name": "Open Shelf *e.V.*", "contact": "desk@example.org"},
            "database_url": f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}",
            "key_file": tmp_path / "desk.key",
            "knowledge": knowledge_directory,
            "locale": ROOT / "config" / "locale",
        }
    )


@pytest.fixture
async def desk(
    settings: Settings, clock: StandingClock, randomness: Randomness
) -> AsyncIterator[Desk]:
    """A real desk on a real SQLite file."""
    desk = await Desk.open(settings, clock=clock, randomness=randomness)
    yield desk
    await desk.close()


@pytest.fixture
def simcord_bot(desk: Desk) -> DeskClient:
    """The real client."""
    return DeskClient(desk)


@dataclass
class World:
    """A server with the people of most tests."""

    env: simcord.Env
    desk: Desk
    guild: GuildHandle
    general: ChannelHandle
    staff_channel: ChannelHandle
    staff_role: RoleHandle
    helper_role: RoleHandle
    ana: MemberActor
    ben: MemberActor
    hana: MemberActor
    sam: MemberActor

    async def restart(self) -> None:
        """Start the desk's process anew; Discord and the database keep what they have."""
        await self.stop()
        await self.env.restart_bot(DeskClient(self.desk))

    async def stop(self) -> None:
        """Let the courier finish what it has in hand; a simulated client is never closed."""
        client = self.env.bot
        assert isinstance(client, DeskClient)
        await client.courier.stop()

    @property
    def sent(self) -> list[Any]:
        """The bodies of everything the desk sent or edited."""
        return [
            request.json.get("data", request.json)
            for request in self.env.http_requests
            if isinstance(request.json, dict) and request.method in ("POST", "PATCH", "PUT")
        ]


@pytest.fixture(scope="session", autouse=True)
def _rest_is_noticed_soon() -> Iterator[None]:
    # While a database works in its thread, the simulator looks every 50 ms whether the bot has come
    # to rest, which was a third of the time of these tests. There is no setting for it.
    defaults = simcord.Env._settle_internal.__kwdefaults__
    assert defaults is not None
    before = defaults["idle"]
    defaults["idle"] = 0.002
    yield
    defaults["idle"] = before


@pytest.fixture(scope="session", autouse=True)
def _commands_are_written_out_once() -> Iterator[None]:
    # The library asks for every word in every language of Discord, 30,000 times for each desk.
    known: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    write_out = DeskTree._payload

    async def payload(tree: DeskTree) -> list[dict[str, Any]]:
        names = [
            (kind, command.name)
            for kind in discord.AppCommandType
            for command in tree.get_commands(type=kind)
        ]
        key = (tree.client.desk.words, *names)
        if key not in known:
            known[key] = await write_out(tree)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeskTree, "_payload", payload)
        yield


@pytest.fixture
async def world(simcord_env: simcord.Env, desk: Desk) -> AsyncIterator[World]:
    """Ana and Ben are members, Hana is a helper, Sam is staff.

    Afterwards, every request of the test is compared with Discord's own description.
    """
    # How long the machine takes is its business: only what never comes to rest is a fault.
    simcord_env.settle_timeout = 30.0
    guild = simcord_env.create_guild("The Reading Room")
    staff_role, helper_role = guild.create_role("Staff"), guild.create_role("Helpers")

    def person(name: str, *roles: RoleHandle) -> MemberActor:
        return guild.add_member(simcord_env.create_user(name), roles=list(roles))

    world = World(
        env=simcord_env,
        desk=desk,
        guild=guild,
        general=guild.create_text_channel("general"),
        staff_channel=guild.create_text_channel("staff"),
        staff_role=staff_role,
        helper_role=helper_role,
        ana=person("ana"),
        ben=person("ben"),
        hana=person("hana", helper_role),
        sam=person("sam", staff_role),
    )
    await desk.guilds.save(
        guild.id,
        staff_channel_id=world.staff_channel.id,
        roles={
            Capability.STAFF: frozenset({staff_role.id}),
            Capability.HELPER: frozenset({helper_role.id}),
        },
    )
    yield world
    await world.stop()
    assert openapi.faults(simcord_env.http_requests) == []


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the language of everybody's Discord; the simulator itself knows only English."""
    usual = simulated.base_payload

    def choose(locale: str) -> None:
        def spoken(*arguments: Any, **named: Any) -> Any:
            record, payload = usual(*arguments, **named)
            return record, {**payload, "locale": locale, "guild_locale": locale}

        monkeypatch.setattr(simulated, "base_payload", spoken)

    return choose


Shown = simcord.InteractionResult | simcord.ResponseMessage | discord.Message


def wire(shown: Shown) -> list[dict[str, Any]]:
    """Return the components of what somebody was shown, as Discord got them."""
    if isinstance(shown, simcord.InteractionResult):
        latest = shown.followups[-1] if shown.followups else shown.response
        assert latest is not None, "nothing was shown"
        shown = latest
    components: list[Any] = list(shown.components)
    return [one if isinstance(one, dict) else one.to_dict() for one in components]


def _walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found += [component, *_walk(component.get("components") or [])]
    return found


def read(shown: Shown) -> str:
    """Return all text of what somebody was shown."""
    return "\n".join(one["content"] for one in _walk(wire(shown)) if one["type"] == 10)


def labels(shown: Shown) -> list[str]:
    """Return the labels of the buttons in what somebody was shown."""
    return [one["label"] for one in _walk(wire(shown)) if one["type"] == 2]


def options(shown: Shown) -> list[dict[str, Any]]:
    """Return the options of the menu in what somebody was shown."""
    return [option for one in _walk(wire(shown)) for option in one.get("options") or []]


def assert_nobody_is_pinged(world: World) -> None:
    """Assert that everything the desk sent forbids every mention."""
    messages = [body for body in world.sent if "components" in body or "content" in body]
    messages = [body for body in messages if "title" not in body]  # forms mention nobody
    assert messages
    for body in messages:
        allowed = body.get("allowed_mentions")
        assert allowed is not None, json.dumps(body)[:200]
        assert not allowed.get("parse")
        assert not allowed.get("users")
        assert not allowed.get("roles")
        assert not allowed.get("replied_user")
