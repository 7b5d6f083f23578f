"""First messages of newcomers in a storm: they wait, are read one by one, and go at its end."""

from typing import TYPE_CHECKING, cast

import discord
import pytest
from simcord.actors import MemberActor

from bot.moderation.storms.model import StormSetup
from bot.platform.client import DeskClient
from bot.settings import Settings
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_promises import latest
from tests.cogs.test_storm import mo
from tests.conftest import StandingClock

if TYPE_CHECKING:
    from cogs.moderation.listen import Guarding

__all__ = ["mo"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The desk reads messages, and acts."""
    on = settings.moderation.model_copy(update={"read_messages": True, "dry_run": False})
    return settings.model_copy(update={"moderation": on})


@pytest.fixture
async def storm(world: World, mo: MemberActor, clock: StandingClock) -> None:
    """An admin chose that first messages wait; two hours after everybody came, a storm begins."""
    await world.desk.storms.choose(world.guild.id, StormSetup(hold_first=True), mo.id)
    world.env.backend.clock.advance(7_200)
    clock.now = world.env.backend.clock.now()
    await world.desk.storms.begin(world.guild.id, mo.id)
    await settled(world)


async def settled(world: World) -> None:
    """Wait until what follows from messages has happened."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    guarding = cast("Guarding", client.get_cog("Guarding"))
    for _ in range(3):
        await world.env.settle()
        await guarding.rest()
        await client.courier.rest()


def newcomer(world: World, name: str) -> MemberActor:
    """Let somebody join now."""
    return world.guild.add_member(world.env.create_user(name))


def standing(world: World) -> list[str]:
    """Return what people can read in #general."""
    return [one.content for one in world.general.history() if not one.author.bot]


def direct(member: MemberActor) -> list[discord.Message]:
    """Return what the desk wrote to somebody."""
    return [one for one in member.user.dm_channel.history() if one.author.bot]


async def waiting(world: World, mo: MemberActor) -> object:
    """Open the line of those who wait, as a moderator does."""
    shown = await mo.slash(world.staff_channel, "storm")
    label = next(one for one in labels(shown) if one.startswith("Read messages of"))
    return await mo.click(latest(shown), label=label)


@pytest.mark.usefixtures("storm")
async def test_what_newcomers_write_waits_until_a_moderator_has_read_it(
    world: World, mo: MemberActor
):
    nia, raider = newcomer(world, "nia"), newcomer(world, "raider")
    await nia.send(world.general, "Hello! Is my photo in it?")
    await nia.send(world.general, "I am worried.")
    await raider.send(world.general, "buy things")
    await world.ana.send(world.general, "Welcome")  # she was here before
    await settled(world)
    assert standing(world) == ["Welcome"]
    (told,) = direct(nia)
    assert "You did nothing wrong" in read(told)
    assert "Is my photo in it?" in read(told)
    notices = [read(one) for one in world.staff_channel.history()]
    assert len([one for one in notices if "newcomer’s message waits" in one]) == 1

    shown = await waiting(world, mo)
    assert "2 people wait" in read(shown)
    assert "Is my photo in it?" in read(shown)
    assert "1 more message waits" in read(shown)
    shown = await mo.click(latest(shown), label="Let through")
    assert "1 person waits" in read(shown)
    shown = await mo.click(latest(shown), label="It stays down")
    assert "Nobody waits" in read(shown)
    await settled(world)
    assert "You can post your message" in read(direct(nia)[-1])
    assert "left your message down" in read(direct(raider)[-1])
    assert (len(direct(nia)), len(direct(raider))) == (2, 2)

    await nia.send(world.general, "Something else now")
    await raider.send(world.general, "buy more")
    await settled(world)
    assert standing(world) == ["Welcome", "Something else now"]
    assert_nobody_is_pinged(world)


@pytest.mark.usefixtures("storm")
async def test_when_it_is_over_everybody_may_post_theirs(
    world: World, mo: MemberActor, clock: StandingClock
):
    nia = newcomer(world, "nia")
    await nia.send(world.general, "Is my photo in it?")
    await settled(world)
    shown = await waiting(world, mo)
    await world.restart()
    clock.move(minutes=61)
    await world.desk.storms.look()
    await settled(world)
    assert "nobody decided against it" in read(direct(nia)[-1])
    assert "Is my photo in it?" in read(direct(nia)[-1])
    late = await mo.click(latest(shown), label="Let through")
    assert "Storm mode is not on" in read(late)
    await nia.send(world.general, "Is my photo in it?")
    await settled(world)
    assert standing(world) == ["Is my photo in it?"]


@pytest.mark.usefixtures("storm")
async def test_a_worse_finding_comes_first(world: World):
    nia = newcomer(world, "nia")
    await nia.send(world.general, "you can call her at +1 202-555-0143, she will love it")
    await settled(world)
    assert standing(world) == []
    assert "What is private stays private" in read(direct(nia)[0])
    assert await world.desk.first_messages.count(world.guild.id) == 0


@pytest.mark.usefixtures("storm")
async def test_a_message_of_files_alone_waits_too_and_holding_can_be_switched_off(
    world: World, mo: MemberActor
):
    nia = newcomer(world, "nia")
    await nia.send(world.general, "", attachments=[("cat.png", b"\x89PNG")])
    await settled(world)
    assert "Nothing but files" in read(await waiting(world, mo))
    setup = await mo.click(latest(await mo.slash(world.staff_channel, "storm")), label="Settings")
    await mo.click(latest(setup), label="Hold nothing")
    await newcomer(world, "otto").send(world.general, "Good evening")
    await settled(world)
    assert standing(world) == ["Good evening"]


@pytest.mark.usefixtures("storm")
async def test_two_moderators_decide_once(world: World, mo: MemberActor):
    nia = newcomer(world, "nia")
    await nia.send(world.general, "Hello")
    await settled(world)
    one, other = await waiting(world, mo), await waiting(world, mo)
    await mo.click(latest(one), label="It stays down")
    late = await mo.click(latest(other), label="Let through")
    assert "decided" in read(late).lower()
    await settled(world)
    assert len(direct(nia)) == 2


async def test_admins_are_told_what_keeps_the_desk_from_holding(world: World, mo: MemberActor):
    shown = await mo.slash(world.staff_channel, "storm")
    setup = await mo.click(latest(shown), label="Settings")
    chosen = await mo.click(latest(setup), label="Hold newcomers’ messages")
    assert "until a moderator has read it" in read(chosen)
