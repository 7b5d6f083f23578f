"""Messages are checked: taken down, given back in private, decided by moderators, tried first."""

from typing import TYPE_CHECKING, cast

import discord
import pytest
from simcord.actors import MemberActor
from sqlalchemy import select

from bot.guilds.model import Capability
from bot.moderation.cases.records import CaseRow
from bot.platform.client import DeskClient
from bot.settings import Settings
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.conftest import StandingClock

if TYPE_CHECKING:
    from cogs.moderation.listen import Guarding

PHONE = "you can call her at +1 202-555-0143, she will love it"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The desk reads messages, and acts."""
    on = settings.moderation.model_copy(update={"read_messages": True, "dry_run": False})
    return settings.model_copy(update={"moderation": on})


async def settled(world: World) -> None:
    """Wait until what follows from messages has happened."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    # By name, not by class: a client that closes makes discord.py import its cogs anew next time.
    guarding = cast("Guarding", client.get_cog("Guarding"))
    for _ in range(3):
        await world.env.settle()
        await guarding.rest()
        await client.courier.rest()


def direct(member: MemberActor) -> list[discord.Message]:
    """Return what the desk wrote to somebody."""
    return [one for one in member.user.dm_channel.history() if one.author.bot]


def standing(world: World) -> list[str]:
    """Return what people can read in #general."""
    return [one.content for one in world.general.history() if not one.author.bot]


async def test_personal_data_is_taken_down_and_given_back_to_its_author_alone(world: World) -> None:
    await world.ana.send(world.general, PHONE)
    await settled(world)

    assert standing(world) == []
    assert not [one for one in world.general.history() if one.author.bot]
    (told,) = direct(world.ana)
    assert PHONE in read(told)
    assert "What is private stays private" in read(told)
    assert direct(world.ben) == []
    assert_nobody_is_pinged(world)
    mine = await world.ana.slash(world.general, "my-messages")
    assert PHONE in read(mine)


async def test_an_innocent_message_stays_and_nobody_is_told(world: World) -> None:
    await world.ana.send(world.general, "Is a phone number personal data?")
    await settled(world)
    assert len(standing(world)) == 1
    assert direct(world.ana) == []


async def test_staff_are_left_alone(world: World) -> None:
    await world.sam.send(world.general, PHONE)
    await settled(world)
    assert standing(world) == [PHONE]


async def test_a_held_message_is_decided_by_a_moderator_and_may_be_posted_again(
    world: World, clock: StandingClock
) -> None:
    asked = "who is this girl in the photo?"
    await world.desk.guilds.save(
        world.guild.id,
        staff_channel_id=world.staff_channel.id,
        roles={
            Capability.STAFF: frozenset({world.staff_role.id}),
            Capability.MODERATOR: frozenset({world.staff_role.id}),
        },
    )
    await world.ana.send(world.general, asked)
    await settled(world)
    assert standing(world) == []
    (card,) = world.staff_channel.history()
    assert asked in read(card)
    assert labels(card) == ["It is fine", "It stays down"]

    refused = await world.ben.click(card, label="It is fine")
    assert "moderator" in read(refused).lower()
    await world.sam.click(card, label="It is fine")
    await settled(world)

    assert "You can post your message" in read(direct(world.ana)[-1])
    (card,) = world.staff_channel.history()
    assert labels(card) == []
    clock.move(hours=1)
    await world.ana.send(world.general, asked)
    await settled(world)
    assert standing(world) == [asked]


async def test_an_edit_is_looked_at_again(world: World) -> None:
    message = await world.ana.send(world.general, "hello everybody")
    await world.ana.edit(message, PHONE)
    await settled(world)
    assert standing(world) == []


async def test_the_account_of_verdicts_has_no_texts(world: World) -> None:
    await world.ana.send(world.general, PHONE)
    await settled(world)
    role = world.guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True)
    )
    mo = world.guild.add_member(world.env.create_user("mo"), roles=[role, world.staff_role])
    shown = await mo.slash(world.general, "rules-dry-run")
    text = read(shown)
    assert "`phone`" in text
    assert "love it" not in text


async def test_a_ladder_that_reaches_a_timeout_opens_a_case(world: World) -> None:
    await world.ana.send(
        world.general, "Free Nitro for 3 months, claim now: https://x-gift.ru/nitro"
    )
    await settled(world)

    assert standing(world) == []
    cases = await world.desk.store.read(lambda session: session.scalars(select(CaseRow)))
    assert [(one.rule, one.source) for one in cases] == [("no-traps", "check")]


async def test_in_dry_run_nothing_is_done(world: World) -> None:
    world.desk.guard._dry_run = True
    await world.ana.send(world.general, PHONE)
    await settled(world)
    assert standing(world) == [PHONE]
    assert direct(world.ana) == []
    account = await world.desk.guard.account(world.guild.id, 1)
    assert account.counts == {"phone": (1, 1)}


async def test_what_comes_faster_than_one_by_one_is_taken_down_at_once(world: World) -> None:
    backend = world.env.backend
    for number in range(120):
        backend.create_message(world.general.id, world.ana.id, f"{PHONE} {number}")
    await world.ben.send(world.general, "hello")
    await settled(world)
    assert standing(world) == ["hello"]
    deletions = [one for one in world.env.http_requests if "/messages" in one.path]
    deletions = [one for one in deletions if one.method == "DELETE" or "bulk-delete" in one.path]
    assert len(deletions) < 10
    taken = await world.desk.guard.taken_from(world.guild.id, world.ana.id)
    assert len(taken) == 10  # the latest; all of them are kept
    assert len(direct(world.ana)) <= 3  # of one occasion, an author is told once a check


async def test_of_what_is_removed_and_held_moderators_hear(world: World) -> None:
    text = "she lives at 221 Baker Street, London and her number is +1 202-555-0143"
    await world.ana.send(world.general, text)
    await settled(world)
    assert standing(world) == []
    (card,) = world.staff_channel.history()
    assert text in read(card)
    assert len(direct(world.ana)) == 1
