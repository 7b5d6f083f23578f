"""Guests of a session: invited, introduced, with a role in time, answering what is approved."""

from datetime import timedelta

import discord
import pytest
from simcord.actors import MemberActor

from bot.discussions.guests.model import Invitation, NoSuchGuest
from bot.discussions.model import Session
from bot.discussions.queue.model import Stage
from bot.platform.components import custom_id
from bot.topics.model import Page
from tests.cogs.conftest import World, assert_nobody_is_pinged, options, read
from tests.cogs.test_discussion import announced, forum, latest, thread
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["forum"]


def letters(who: MemberActor, words: str) -> list[discord.Message]:
    return [one for one in who.user.dm_channel.history() if words in read(one)]


def has_role(world: World, who: MemberActor) -> bool:
    backend = world.env.backend.get_guild(world.guild.id)
    names = [backend.roles[role].name for role in backend.members[who.id].role_ids]
    return "Session guest" in names


async def may_manage_roles(world: World) -> None:
    me = world.env.backend.get_guild(world.guild.id).members[world.env.backend.bot_user.id]
    role = world.guild.create_role("Roles", permissions=discord.Permissions(manage_roles=True))
    me.role_ids.append(role.id)


async def invited(world: World, session: Session) -> None:
    shown = await world.hana.slash(world.general, "discussion guests", session=session.reference)
    menu = custom_id("guest", "invite", session.reference)
    done = await world.hana.select(latest(shown), [world.ben], custom_id=menu)
    assert "being invited" in read(done)
    await delivered(world)


async def test_a_guest_from_the_invitation_to_the_end(
    world: World, clock: StandingClock, forum: object
) -> None:
    await may_manage_roles(world)
    session = await announced(world)
    await invited(world, session)
    (letter,) = letters(world.ben, "invite you as a guest")
    accepted = await world.ben.user.click(letter, label="I’ll come")
    assert "Introduce yourself" in read(accepted)
    form = await world.ben.user.click(latest(accepted), label="Introduce yourself")
    said = await world.ben.user.submit_modal(form, {"words": "I study *datasets*."})
    assert "hosts read it" in read(said)
    await delivered(world)
    assert letters(world.hana, "comes as a guest")
    post = [one async for one in thread(world, session).history()]
    assert not [one for one in post if "Our guest" in read(one)], "no host has read it yet"

    shown = await world.hana.slash(world.general, "discussion guests", session=session.reference)
    assert "I study \\*datasets\\*." in read(shown)
    await world.hana.click(latest(shown), label="Post this introduction")
    await delivered(world)
    post = [one async for one in thread(world, session).history()]
    (card,) = [one for one in post if "Our guest" in read(one)]
    assert "I study \\*datasets\\*." in read(card)

    await world.desk.guests.look()
    await delivered(world)
    assert not has_role(world, world.ben), "it is days ahead"
    clock.now = session.plan.starts - timedelta(minutes=30)
    await world.desk.guests.look()
    await delivered(world)
    assert has_role(world, world.ben)

    clock.now = session.plan.starts
    await world.desk.sessions.look()
    await world.restart()
    clock.move(minutes=10)
    for _ in range(2):
        await world.desk.guests.look()
        await delivered(world)
    assert len(letters(world.hana, "has not said that they are here")) == 1
    (opened,) = letters(world.ben, "Say that you are here")
    here = await world.ben.user.click(opened, label="I’m here")
    assert "Good to have you" in read(here)

    clock.now = session.plan.ends
    await world.desk.sessions.look()
    await world.desk.guests.look()
    await delivered(world)
    assert not has_role(world, world.ben)
    assert_nobody_is_pinged(world)


async def test_a_guest_sees_what_is_approved_and_answers_or_skips_it(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    queue, guild_id, hana = world.desk.queue, world.guild.id, world.hana.id
    refused = await world.ben.slash(world.general, "question queue", session=session.reference)
    assert "face" not in read(refused)
    guest = await world.desk.guests.invite(guild_id, session.reference, hana, world.ben.id)
    assert guest.state is Invitation.INVITED
    await world.desk.guests.answer(guest.id, world.ben.id, accepts=True)
    made = []
    for who, text in ((world.ana, "Whose face?"), (world.sam, "Whose voice?"), (world.hana, "No?")):
        made.append(
            await queue.ask(guild_id, session.reference, who.id, text, intake=f"test:{text}")
        )
    for number, one in enumerate(made[:2]):
        held = await queue.hold(guild_id, one.reference, hana)
        made[number] = await queue.move(
            guild_id, one.reference, hana, Stage.APPROVED, version=held.version
        )

    seen = await world.ben.slash(world.general, "question queue", session=session.reference)
    assert "Whose face?" in read(seen)
    assert "No?" not in read(seen)
    opened = await world.ben.select(latest(seen), [options(seen)[0]["value"]])
    form = await world.ben.click(latest(opened), label="Give the answer")
    done = await world.ben.submit_modal(form, {"words": "Its *owner's*."})
    await delivered(world)
    assert "Kept." in read(done)
    (letter,) = letters(world.ana, "Your question was answered") or letters(
        world.sam, "Your question was answered"
    )
    assert "Its \\*owner's\\*." in read(letter)
    opened = await world.ben.select(latest(done), [options(done)[0]["value"]])
    await world.ben.click(latest(opened), label="Skip")
    stages = sorted(one.stage for one in await queue.questions(session.id))
    assert stages == [Stage.ANSWERED, Stage.ASKED, Stage.SKIPPED]

    await world.desk.guests.remove(guild_id, guest.id, hana)
    gone = await world.ben.slash(world.general, "question queue", session=session.reference)
    assert "Whose" not in read(gone)
    world.env.errors.clear()  # the simulator counts what a command refuses, too


async def test_who_declines_erases_themselves_or_takes_no_messages(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    guests, guild_id, ref = world.desk.guests, world.guild.id, session.reference
    await invited(world, session)
    (letter,) = letters(world.ben, "invite you as a guest")
    await world.ben.user.click(letter, label="I can’t")
    await delivered(world)
    assert letters(world.hana, "cannot come as a guest")
    (one,) = await guests.guests(guild_id, ref)
    with pytest.raises(NoSuchGuest):
        await guests.answer(one.id, world.ana.id, accepts=True)

    again = await guests.invite(guild_id, ref, world.hana.id, world.ben.id)
    await guests.answer(again.id, world.ben.id, accepts=True)
    await guests.introduce(again.id, world.ben.id, "Me.")
    await guests.let_show(guild_id, again.id, world.hana.id)
    await delivered(world)
    await world.desk.privacy.erase(world.ben.id, guild_id)
    (left,) = await guests.guests(guild_id, ref)
    assert (left.state, left.introduction) == (Invitation.REMOVED, "")


async def test_a_reply_goes_on_the_topic_page_as_it_was_written(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    guests, topics, guild_id = world.desk.guests, world.desk.topics, world.guild.id
    ref, hana = session.reference, world.hana.id
    guest = await guests.invite(guild_id, ref, hana, world.ben.id)
    await guests.answer(guest.id, world.ben.id, accepts=True)
    await delivered(world)
    (letter,) = letters(world.ben, "invite you as a guest")
    menu = await world.ben.user.click(letter, label="I’ll come")
    form = await world.ben.user.click(latest(menu), label="Reply to the matter")
    words = "We took *nothing* that was not open."
    said = await world.ben.user.submit_modal(
        form, {"words": words, "who": "Example Corp.", "link": "https://example.org/said"}
    )
    assert "as you wrote it" in read(said)

    made = Page("A dataset of faces", "What is known.", sessions=(ref,))
    page = await topics.add(guild_id, hana, made, intake="test:page")
    shown = await world.hana.slash(world.general, "discussion guests", session=ref)
    waits = await world.hana.click(latest(shown), label="Replies to the matter")
    assert "We took \\*nothing\\*" in read(waits)
    done = await world.hana.click(latest(waits), label="Put it on: A dataset of faces")
    await delivered(world)
    assert "It is on the topic page" in read(done)
    (fact,) = (await topics.topic(guild_id, page.reference)).page.facts
    assert (fact.text, fact.source) == (
        f"Reply of Example Corp.: {words}",
        "https://example.org/said",
    )
    assert letters(world.ben, "Your reply is on the topic page")
