"""Round-ups on Discord: gathered at the close, written by a host, quoted by consent, published."""

import json

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.discussions.model import Session, State
from bot.discussions.queue.model import Stage
from bot.discussions.roundup.model import Allowed, Gathered, Pin, RoundupChanged
from bot.guilds.model import Capability
from bot.platform.components import custom_id
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_discussion import announced, forum, latest, now, thread
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["forum"]


async def asked(world: World, session: Session, who: str, text: str, stage: Stage) -> str:
    """Ask a question and let Hana put it where it stands at the close."""
    queue, guild_id = world.desk.queue, world.guild.id
    by = getattr(world, who).id
    credit = "Ana K." if who == "ana" else ""
    one = await queue.ask(
        guild_id, session.reference, by, text, intake=f"test:{text}", credit=credit
    )
    path = {
        Stage.ANSWERED: (Stage.APPROVED, Stage.ON_STAGE, Stage.ANSWERED),
        Stage.FOLLOW_UP: (Stage.APPROVED, Stage.ON_STAGE, Stage.FOLLOW_UP),
        Stage.APPROVED: (Stage.APPROVED,),
    }[stage]
    for to in path:
        one = await queue.hold(guild_id, one.reference, world.hana.id)
        one = await queue.move(guild_id, one.reference, world.hana.id, to, version=one.version)
    return one.reference


async def closed(world: World, clock: StandingClock) -> Session:
    """Hold a session with three questions and two pinned messages, until it is closed."""
    session = await announced(world)
    clock.now = session.plan.starts
    await world.desk.sessions.look()
    await delivered(world)
    await asked(world, session, "ana", "Who *owns* a face?", Stage.ANSWERED)
    await asked(world, session, "ben", "Will you publish the list of pictures?", Stage.FOLLOW_UP)
    await asked(world, session, "sam", "What comes next year?", Stage.APPROVED)
    backend = world.env.backend
    post = ChannelHandle(world.env, world.guild, backend.get_channel(thread(world, session).id))
    for who, text in (
        (world.ana, "Ask first, *then* train. https://example.org/ask"),
        (world.ben, "My face is not a resource."),
    ):
        message = await who.send(post, text)
        world.env.backend.set_pinned(post.id, message.id, True, actor_id=world.hana.id)
    clock.now = session.plan.ends
    await world.desk.sessions.look()
    await delivered(world)
    return await now(world)


def posted(world: World, session: Session, history: list[discord.Message]) -> discord.Message:
    (found,) = [one for one in history if "-# Round-up" in read(one)]
    return found


async def test_a_round_up_from_the_close_to_the_archive(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await closed(world, clock)
    refused = await world.ana.slash(world.general, "discussion roundup", session=session.reference)
    assert "no round-up yet" in read(refused)

    draft = await world.hana.slash(world.general, "discussion roundup", session=session.reference)
    text = read(draft)
    assert "Who \\*owns\\* a face?" in text
    assert "Due by 2026-03-30" in text
    assert "What comes next year?" in text
    assert "https://example.org/ask" in text
    assert "Fewer than 5 people wrote" in text
    assert "not a resource" not in text, "nobody has been asked yet"

    version = (
        await world.desk.roundups.roundup(world.guild.id, session.reference, host=True)
    ).version
    menu = custom_id("roundup", "answer", session.reference, version)
    choice = options(draft)[0]["value"]
    form = await world.hana.select(latest(draft), [choice], custom_id=menu)
    said = await world.hana.submit_modal(
        form, {"words": "Whoever is *in* the picture.", "in": ["yes"]}
    )
    assert "Whoever is \\*in\\* the picture." in read(said)
    with pytest.raises(RoundupChanged):
        await world.desk.roundups.publish(
            world.guild.id, session.reference, world.hana.id, seen=version
        )

    ask = await world.hana.click(latest(said), label="Ask to quote pins")
    await delivered(world)
    assert "2 authors are being asked" in read(ask)
    for who, label in ((world.ana, "Yes, with my name"), (world.ben, "No")):
        (letter,) = [
            one for one in who.user.dm_channel.history() if "May we quote you?" in read(one)
        ]
        await who.user.click(letter, label=label)
    again = await world.hana.slash(world.general, "discussion roundup", session=session.reference)
    assert "“Ask first, \\*then\\* train." in read(again)
    assert "(ana," in read(again)
    assert "not a resource" not in read(again)

    await world.restart()
    done = await world.hana.click(latest(again), label="Publish")
    await delivered(world)
    assert "on its way" in read(done)
    held = await now(world)
    assert held.state is State.SUMMED_UP
    history = [one async for one in thread(world, held).history()]
    shown = posted(world, held, history)
    assert "Who \\*owns\\* a face?" in read(shown)
    assert [one.filename for one in shown.attachments] == [f"{session.reference}.md"]
    file = (await shown.attachments[0].read()).decode()
    assert file.startswith("# Faces in \\*\\*datasets\\*\\*\n")
    assert "Whoever is \\*in\\* the picture." in file
    everybody = await world.ben.slash(
        world.general, "discussion roundup", session=session.reference
    )
    assert "Ask first" in read(everybody)
    assert "Publish" not in labels(everybody)
    (entry,) = await world.desk.published.feeds["roundups"](
        world.guild.id, world.desk.words.tongue("en")
    )
    assert "1 question was answered." in entry.text
    assert "face?" not in entry.text, "members' words stay in their server"
    assert_nobody_is_pinged(world)
    world.env.errors.clear()  # the simulator counts what a command refuses, too


async def test_who_says_no_later_or_erases_themselves_is_taken_out_of_what_was_published(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await closed(world, clock)
    roundups, guild_id = world.desk.roundups, world.guild.id
    draft = await world.hana.slash(world.general, "discussion roundup", session=session.reference)
    await world.hana.click(latest(draft), label="Ask to quote pins")
    found = await roundups.roundup(guild_id, session.reference, host=True)
    for point, who in zip(found.points, (world.ana, world.ben), strict=True):
        assert not await roundups.answered(point.id, world.sam.id, Allowed.NAMED, "sam")
        assert await roundups.answered(point.id, who.id, Allowed.UNNAMED, who.name)
    found = await roundups.roundup(guild_id, session.reference, host=True)
    await roundups.publish(guild_id, session.reference, world.hana.id, seen=found.version)
    await delivered(world)
    shown = posted(world, session, [one async for one in thread(world, session).history()])
    assert "Ask first" in read(shown)
    assert "not a resource" in read(shown)

    assert await roundups.answered(found.points[1].id, world.ben.id, Allowed.NOTHING, "")
    await delivered(world)
    shown = posted(world, session, [one async for one in thread(world, session).history()])
    assert "not a resource" not in read(shown)

    await world.desk.privacy.erase(world.ana.id, guild_id)
    await roundups.refresh()
    await delivered(world)
    shown = posted(world, session, [one async for one in thread(world, session).history()])
    assert "Ask first" not in read(shown)
    assert "face?" not in read(shown)
    assert "Will you publish" in read(shown)


async def test_an_answer_becomes_an_faq_draft(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await closed(world, clock)
    roundups, guild_id, ref = world.desk.roundups, world.guild.id, session.reference
    roles = frozenset({world.helper_role.id})
    await world.desk.guilds.save(guild_id, roles={Capability.HOST: roles, Capability.EDITOR: roles})
    assert await roundups.waiting(guild_id, clock()) == [ref]
    await world.hana.slash(world.general, "discussion roundup", session=ref)
    found = await roundups.roundup(guild_id, ref, host=True)
    question = found.answers[0].question.reference
    await roundups.set_answer(
        guild_id,
        ref,
        world.hana.id,
        question,
        "Whoever is *in* it.",
        left_out=False,
        seen=found.version,
    )
    drawn = await world.hana.slash(world.general, "discussion roundup", session=ref)
    menu = custom_id("roundup", "faq", ref)
    sections = await world.hana.select(latest(drawn), [question], custom_id=menu)
    form = await world.hana.select(latest(sections), [options(sections)[0]["value"]])
    assert "Whoever is *in* it." in json.dumps(form.modal)
    assert "Who *owns* a face?" in json.dumps(form.modal)
    assert "asked by Ana K." in json.dumps(form.modal)
    now_ = await roundups.roundup(guild_id, ref, host=True)
    await roundups.publish(guild_id, ref, world.hana.id, seen=now_.version)
    assert await roundups.waiting(guild_id, clock()) == []


async def test_without_the_right_to_read_messages_pins_are_linked_and_nobody_is_asked(
    world: World, clock: StandingClock, forum: object
) -> None:
    session = await announced(world)
    clock.now = session.plan.ends
    await world.desk.sessions.look()
    pins = [Pin(1_234, world.ana.id, "ana", "")]
    roundups, guild_id = world.desk.roundups, world.guild.id
    found = await roundups.draft(guild_id, session.reference, world.hana.id, Gathered(pins))
    assert [(one.message_id, one.quote) for one in found.shown_points] == [(1_234, "")]
    assert await roundups.ask_authors(guild_id, session.reference, world.hana.id) == 0
