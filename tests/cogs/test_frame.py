"""What the frame promises for every command, button and form, whichever cog they belong to."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import discord
import pytest
import structlog
from discord import app_commands

from bot.desk import Desk
from bot.guilds import Capability, Guilds
from bot.platform.access import requires
from bot.platform.cards import Button, Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, TextField, open_form
from bot.platform.interactions import NOBODY, acknowledge, reply, say
from bot.store import Store
from tests.cogs.conftest import World, assert_nobody_is_pinged, read
from tests.conftest import ROOT

SECRET = "what somebody typed in confidence"


class Trial(DeskCog):
    """Commands and buttons that go wrong in every way there is."""

    @app_commands.command(name="break", description="Fail unexpectedly")
    async def break_(self, _interaction: DeskInteraction) -> None:
        """Fail."""
        raise ValueError(SECRET)

    @app_commands.command(name="break-late", description="Fail after acknowledging")
    async def break_late(self, interaction: DeskInteraction) -> None:
        """Fail late."""
        await acknowledge(interaction)
        raise RuntimeError(SECRET)

    @app_commands.command(name="buttons", description="Show buttons")
    async def buttons(self, interaction: DeskInteraction) -> None:
        """Show what can be pressed."""
        presses = {
            "Works": custom_id("trial", "works", "7"),
            "Breaks": custom_id("trial", "breaks"),
            "Staff": custom_id("trial", "staff"),
            "Form": custom_id("trial", "form"),
        }
        old = {
            "Vanished": custom_id("trial", "vanished"),
            "Fewer": custom_id("trial", "works"),
            "More": custom_id("trial", "works", "7", "8"),
            "Older": "cp0:trial:works:7",
            "Mangled": "cp1:trial:works:é é",
        }
        rows = [[Button(label, press) for label, press in some.items()] for some in (presses, old)]
        await reply(interaction, Card(body="Press", rows=rows))

    @on_button("trial", "works")
    async def works(self, interaction: DeskInteraction, number: str) -> None:
        """Say what came with the button, twice: a first answer, and one more."""
        await say(interaction, f"number {number}")
        await say(interaction, "and again")

    @on_button("trial", "breaks")
    async def breaks(self, _interaction: DeskInteraction) -> None:
        """Fail."""
        raise KeyError(SECRET)

    @on_button("trial", "staff", requires=Capability.STAFF)
    async def staff(self, interaction: DeskInteraction) -> None:
        """Greet staff."""
        await say(interaction, "Hello, staff")

    @on_button("trial", "form")
    async def form(self, interaction: DeskInteraction) -> None:
        """Open a form."""
        await open_form(
            interaction,
            "A trial " * 20,
            custom_id("trial", "form"),
            [
                TextField("story", "Your story " * 20, paragraph=True),
                TextField("link", "Link", required=False, placeholder="https://…" * 30),
            ],
        )

    @on_form("trial", "form")
    async def filled_in(self, _interaction: DeskInteraction, form: Form) -> None:
        """Fail with what was typed in hand."""
        raise OSError(form.text("story"))

    @app_commands.command(name="for-staff", description="Only for staff")
    @requires(Capability.STAFF)
    async def for_staff(self, interaction: DeskInteraction) -> None:
        """Greet staff."""
        await say(interaction, "Hello, staff")

    @app_commands.command(name="refuse", description="Refuse")
    async def refuse(self, _interaction: DeskInteraction) -> None:
        """Refuse in plain words."""
        raise Refused("error.not_allowed", capability="cats")

    @app_commands.command(name="long", description="Say much")
    async def long(self, interaction: DeskInteraction) -> None:
        """Say more than fits."""
        await reply(interaction, Card(body="word " * 3000, shortened="The rest is in the book."))


class TrialClient(DeskClient):
    """The desk's client with the trial cog beside the real ones."""

    async def setup_hook(self) -> None:
        """Load the trial cog first, so that its commands are synced with the rest."""
        await self.add_cog(Trial(self))
        await super().setup_hook()


@pytest.fixture
def simcord_bot(desk: Desk) -> DeskClient:
    """The client with the trial cog."""
    return TrialClient(desk)


@pytest.mark.parametrize("command", ["break", "break-late"])
async def test_an_unexpected_failure_is_one_sentence_with_a_reference(
    world: World, command: str
) -> None:
    with structlog.testing.capture_logs() as lines:
        result = await world.ana.slash(world.general, command)

    text = read(result)
    reference = text.rpartition(" ")[2].rstrip(".")
    assert text.startswith("Something went wrong on our side")
    assert reference.startswith("T-")
    assert result.ephemeral
    (line,) = [line for line in lines if line["event"] == "error.unexpected"]
    assert line["trouble"] == reference
    assert line["where"] == command
    assert line["error"] in ("ValueError", "RuntimeError")
    assert line["file"] == "test_frame.py"
    assert SECRET not in str(lines) + text
    assert len(world.env.errors) == 1


async def test_a_button_that_fails_says_so_with_a_reference(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")

    with structlog.testing.capture_logs() as lines:
        result = await world.ana.click(shown.response, label="Breaks")

    assert "Something went wrong on our side" in read(result)
    assert SECRET not in str(lines) + read(result)
    (line,) = [line for line in lines if line["event"] == "error.unexpected"]
    assert line["where"] == "trial:breaks"
    assert line["error"] == "KeyError"


async def test_a_button_brings_its_arguments_and_can_be_answered_twice(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")

    result = await world.ana.click(shown.response, label="Works")

    assert result.response is not None
    assert "number 7" in read(result.response)
    assert "and again" in read(result.followups[0])
    assert result.followups[0].ephemeral
    assert_nobody_is_pinged(world)


async def test_a_button_of_an_older_version_gets_a_plain_sentence(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")

    for label in ("Vanished", "Fewer", "More", "Older", "Mangled"):
        result = await world.ana.click(shown.response, label=label)

        assert "belongs to an older version of the desk" in read(result), label
        assert result.ephemeral


async def test_a_form_that_fails_hands_back_every_word(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")
    form = await world.ana.click(shown.response, label="Form")

    with structlog.testing.capture_logs() as lines:
        result = await world.ana.submit_modal(form, {"story": SECRET, "link": "https://x.org"})

    assert f"```\n{SECRET}\n\nhttps://x.org\n```" in read(result)
    assert SECRET not in str(lines)
    assert_nobody_is_pinged(world)


async def test_a_form_of_an_older_version_hands_back_every_word(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")
    form = await world.ana.click(shown.response, label="Form")
    # The next release no longer has this form.
    await world.env.restart_bot(DeskClient(world.desk))

    result = await world.ana.submit_modal(form, {"story": SECRET})

    assert "belongs to an older version" in read(result)
    assert SECRET in read(result)


async def test_only_staff_pass_a_door_for_staff(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")

    by_command = await world.ana.slash(world.general, "for-staff")
    by_button = await world.ana.click(shown.response, label="Staff")

    for refused in (by_command, by_button):
        assert read(refused).startswith("This is for staff.")
    assert len(world.env.errors) == 1
    for admitted in (world.sam, await _admin(world)):
        assert "Hello, staff" in read(await admitted.slash(world.general, "for-staff"))


async def _admin(world: World) -> Any:
    role = world.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("boss"), roles=[role])


async def test_nobody_is_staff_in_direct_messages(world: World) -> None:
    refused = await world.sam.user.slash("for-staff")

    assert read(refused).startswith("This is for staff.")
    assert world.env.errors


async def test_a_refusal_is_one_plain_sentence(world: World) -> None:
    result = await world.ana.slash(world.general, "refuse")

    assert read(result).startswith("This is for cats.")
    assert world.env.errors


async def test_a_database_that_is_gone_is_a_plain_sentence(world: World, tmp_path: Path) -> None:
    shown = await world.ana.slash(world.general, "buttons")
    gone = Store(f"sqlite+aiosqlite:///{tmp_path / 'no such folder' / 'desk.db'}")
    desk = replace(world.desk, guilds=Guilds(gone, world.desk.clock))
    await world.env.restart_bot(TrialClient(desk))

    by_command = await world.sam.slash(world.general, "for-staff")
    by_button = await world.ana.click(shown.response, label="Staff")

    for refused in (by_command, by_button):
        assert "cannot reach its records" in read(refused)
    assert len(world.env.errors) == 1
    await gone.close()


async def test_what_is_too_long_says_where_the_rest_is(world: World) -> None:
    result = await world.ana.slash(world.general, "long")

    assert "…" in read(result)
    assert "The rest is in the book." in read(result)


@pytest.mark.parametrize(
    ("status", "code"), [(404, 10062), (401, 50027), (404, 10015)], ids=["gone", "token", "hook"]
)
async def test_an_interaction_that_ran_out_is_let_go_quietly(
    world: World, status: int, code: int
) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)

    with structlog.testing.capture_logs() as lines:
        result = await world.ana.slash(world.general, "about")

    assert not result.acknowledged
    assert [line["event"] for line in lines] == ["interaction.ran_out"]


async def test_whichever_answer_comes_too_late_it_is_let_go(world: World) -> None:
    shown = await world.ana.slash(world.general, "about")

    with structlog.testing.capture_logs() as lines:
        world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
        await world.ana.click(shown.response, label="What the desk keeps")
        world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
        await world.ana.slash(world.general, "break-late")

    events = [line["event"] for line in lines]
    assert events[0] == "interaction.ran_out"
    assert "error.unexpected" in events
    assert world.env.errors


async def test_a_form_that_opens_too_late_is_no_trouble(world: World) -> None:
    shown = await world.ana.slash(world.general, "buttons")
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)

    with structlog.testing.capture_logs() as lines:
        await world.ana.click(shown.response, label="Form")

    assert [line["event"] for line in lines] == ["interaction.ran_out"]


async def test_discord_failing_while_people_are_told_is_only_logged(world: World) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=500, times=None)

    with structlog.testing.capture_logs() as lines:
        await world.ana.slash(world.general, "break")

    assert [line["event"] for line in lines] == ["error.unexpected", "error.untold"]
    assert world.env.errors


async def test_commands_are_sent_to_discord_only_when_they_changed(world: World) -> None:
    def sent() -> int:
        return sum(
            request.method == "PUT" and request.path.endswith("/commands")
            for request in world.env.http_requests
        )

    assert sent() == 1
    await world.env.restart_bot(TrialClient(world.desk))
    assert sent() == 1
    await world.restart()
    assert sent() == 2


async def test_commands_describe_themselves_in_french(world: World) -> None:
    request = next(
        request
        for request in world.env.http_requests
        if request.method == "PUT" and request.path.endswith("/commands")
    )
    assert isinstance(request.json, list)
    by_name = {command["name"]: command for command in request.json}

    ask = by_name["ask"]
    assert ask["description_localizations"]["fr"].startswith("Posez une question")
    assert ask["options"][0]["description_localizations"]["fr"].startswith("Votre question")
    assert by_name["Answer from FAQ"]["name_localizations"] == {"fr": "Répondre avec la FAQ"}


async def test_the_desk_closes_cleanly(world: World) -> None:
    client = world.env.bot
    assert isinstance(client, DeskClient)

    await client.close()

    assert client.is_closed()
    assert not client.extensions
    assert not client.tree.get_commands()
    client.courier.wake()


async def test_every_cog_that_is_there_is_loaded(world: World) -> None:
    files = (ROOT / "cogs").iterdir()
    expected = {f"cogs.{file.stem}" for file in files if not file.stem.startswith(("_", "."))}

    assert set(world.env.bot.extensions) == expected


async def test_no_privileged_intent_is_asked_for(world: World) -> None:
    intents = world.env.bot.intents

    assert intents.guilds
    assert not intents.message_content
    assert not intents.members
    assert not intents.presences


async def test_the_client_forbids_mentions_whoever_sends(world: World) -> None:
    assert isinstance(world.env.bot, DeskClient)
    assert world.env.bot.allowed_mentions is not None
    assert world.env.bot.allowed_mentions.to_dict() == NOBODY.to_dict()
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)

    await channel.send("@everyone")

    assert_nobody_is_pinged(world)


async def test_a_form_with_too_many_fields_is_its_authors_mistake() -> None:
    fields = [TextField(f"field{number}", "x") for number in range(4)]
    menus = [ChoiceField(f"menu{number}", "x", []) for number in range(2)]

    with pytest.raises(ValueError, match="at most 5 fields"):
        await open_form(cast(Any, None), "x", "cp1:a:b", [*fields, *menus])
