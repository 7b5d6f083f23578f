"""Channels and forums where people ask, and suggestions nobody asked for."""

from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.doctor import discord_findings
from bot.guilds.questions import QuestionChannel, Unsure, Use
from bot.settings import Settings
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_ask import NEWSLETTER, UNRELATED
from tests.cogs.test_questions import FACES, direct, mention, said
from tests.conftest import StandingClock

UNKNOWN = f"What is {UNRELATED}?"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The desk may read messages, unless a test is about one that may not."""
    deaf = request.node.get_closest_marker("deaf") is not None
    questions = settings.questions.model_copy(update={"message_content": not deaf})
    return settings.model_copy(update={"questions": questions})


@pytest.fixture
async def admin(world: World) -> Any:
    """Somebody with Manage Server."""
    role = world.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("ada"), roles=[role])


async def choose(
    world: World, use: Use, unsure: Unsure = Unsure.LINE, channel: ChannelHandle | None = None
) -> None:
    """Choose what the desk does in a channel; #general if none is given."""
    place = channel or world.general
    await world.desk.question_channels.save(world.guild.id, QuestionChannel(place.id, use, unsure))


async def test_a_new_question_is_answered_for_everybody(world: World) -> None:
    await choose(world, Use.ANSWER)

    asked = await world.ana.send(world.general, NEWSLETTER)

    (answer,) = said(world)
    assert answer.reference is not None
    assert answer.reference.message_id == asked.id
    assert "the license allows it" in read(answer)
    assert_nobody_is_pinged(world)

    await world.ana.edit(asked, FACES)
    assert "No CC license is about face recognition" in read(said(world)[0])
    await world.ana.delete(asked)
    assert not said(world)


async def test_talk_answers_and_other_channels_are_left_alone(world: World) -> None:
    await choose(world, Use.ANSWER)
    other = world.guild.create_text_channel("other")
    asked = await world.ana.send(world.general, "good to see you all")
    await world.ben.send(world.general, NEWSLETTER, reply_to=asked)
    await world.ben.send(other, NEWSLETTER)

    assert not said(world)
    assert not [one for one in other.history() if one.author.bot]


async def test_what_has_no_answer_gets_a_line_that_says_nothing_of_it(world: World) -> None:
    await choose(world, Use.ANSWER)

    await world.ana.send(world.general, UNKNOWN)

    (line,) = said(world)
    assert UNRELATED not in read(line)
    shown = await world.ana.click(line, label="Show it only to me")
    assert shown.ephemeral
    assert "no answer to that" in read(shown)
    assert not said(world)


async def test_or_a_direct_message(world: World) -> None:
    await choose(world, Use.ANSWER, Unsure.MESSAGE)

    await world.ana.send(world.general, UNKNOWN)

    assert not said(world)
    (written,) = direct(world)
    assert "no answer to that" in read(written)
    assert "You asked this in a channel" in read(written)


async def test_or_nothing(world: World) -> None:
    await choose(world, Use.ANSWER, Unsure.NOTHING)

    await world.ana.send(world.general, UNKNOWN)

    assert not said(world)
    assert not direct(world)


async def post(world: World, forum: ChannelHandle, title: str, text: str) -> list[discord.Message]:
    """Post in a forum as Ana; return what the desk wrote under it."""
    backend = world.env.backend
    before = set(backend.messages)
    usual = backend.create_message
    thread = backend.create_thread(forum.id, title, world.ana.id)
    assert set(backend.messages) - before == {thread.id}
    # The simulator lets only bots post in forums; on Discord a post's first message has its id.
    ids = backend.snowflake
    backend.snowflake = lambda: thread.id
    try:
        usual(thread.id, world.ana.id, text)
    finally:
        backend.snowflake = ids
    await world.env.settle()
    handle = ChannelHandle(world.env, world.guild, thread)
    return [one for one in handle.history() if one.author.bot]


async def test_a_new_post_in_a_forum_is_answered(world: World) -> None:
    forum = world.guild.create_forum_channel("questions")
    await choose(world, Use.ANSWER, channel=forum)

    (answer,) = await post(world, forum, NEWSLETTER, "It is for our club.")

    assert "the license allows it" in read(answer)
    assert_nobody_is_pinged(world)


async def test_a_post_without_an_answer_gets_the_line(world: World) -> None:
    forum = world.guild.create_forum_channel("questions")
    await choose(world, Use.ANSWER, channel=forum)

    (line,) = await post(world, forum, UNKNOWN, "Does anybody know?")

    assert labels(line) == ["Show it only to me"]


async def test_suggestions_are_off_until_chosen_and_rest_between(
    world: World, clock: StandingClock
) -> None:
    await world.ana.send(world.general, NEWSLETTER)
    assert not said(world)
    await choose(world, Use.SUGGEST)

    await world.ana.send(world.general, "newsletter with an nc photograph")
    await world.ana.send(world.general, UNKNOWN)
    assert not said(world), "only whole questions that have an answer"
    await world.ana.send(world.general, NEWSLETTER)
    (line,) = said(world)
    assert "There may be a checked answer" in read(line)
    assert "newsletter" not in read(line).casefold()
    await world.ana.send(world.general, FACES)
    await world.ben.send(world.general, FACES)
    assert len(said(world)) == 1, "the channel rests"

    clock.move(minutes=11)
    await world.ana.send(world.general, FACES)
    assert len(said(world)) == 1, "the person rests"
    await world.ben.send(world.general, FACES)
    assert len(said(world)) == 2
    clock.move(minutes=61)
    await world.ana.send(world.general, FACES)
    assert len(said(world)) == 3

    shown = await world.ana.click(said(world)[-1], label="Show it only to me")
    assert "No CC license is about face recognition" in read(shown)


async def test_a_suggestion_by_direct_message_leaves_the_channel_alone(world: World) -> None:
    await choose(world, Use.SUGGEST, Unsure.MESSAGE)

    await world.ana.send(world.general, NEWSLETTER)

    assert not said(world)
    assert "the license allows it" in read(direct(world)[0])


async def test_a_flood_in_a_channel_is_bounded(world: World) -> None:
    await choose(world, Use.ANSWER)
    limit = world.desk.settings.questions.per_person_per_minute

    for _ in range(limit + 10):
        await world.ana.send(world.general, UNKNOWN)

    assert len(said(world)) == limit


@pytest.mark.deaf
async def test_without_the_intent_nothing_is_read_and_everybody_is_told_why(
    world: World, admin: Any
) -> None:
    await choose(world, Use.ANSWER)
    assert not world.env.bot.intents.message_content

    await world.ana.send(world.general, NEWSLETTER)
    await world.ana.send(world.general, f"{mention(world)} {NEWSLETTER}")

    assert len(said(world)) == 1, "a mention is answered all the same"
    shown = await admin.slash(world.general, "questions show")
    assert "Message Content intent" in read(shown)
    findings = [finding async for finding in discord_findings(world.env.bot, world.desk)]
    wrong = [str(finding) for finding in findings if not finding.fine]
    assert any("channels for questions" in one for one in wrong)


async def test_the_doctor_says_when_discord_does_not_grant_the_intent(world: World) -> None:
    findings = {one.what: one async for one in discord_findings(world.env.bot, world.desk)}

    assert "Message Content" in findings


async def test_an_admin_chooses_changes_and_takes_away(world: World, admin: Any) -> None:
    forum = world.guild.create_forum_channel("help")

    chosen = await admin.slash(world.general, "questions channel", channel=forum, use="answer")
    assert "answers new questions; if it is not sure, a short line" in read(chosen)
    assert chosen.ephemeral
    changed = await admin.slash(
        world.general, "questions channel", channel=forum, use="suggest", unsure="message"
    )
    assert "suggests an answer there is" in read(changed)
    gone = await admin.slash(world.general, "questions channel", channel=forum, use="off")
    assert "Nowhere" in read(gone)


async def test_what_does_not_work_is_refused_in_one_sentence(world: World, admin: Any) -> None:
    refused = await admin.slash(
        world.general, "questions channel", channel=world.general, use="suggest", unsure="nothing"
    )

    assert "has to reach the person" in read(refused)
    assert len(world.env.errors) == 1
    assert not await world.desk.question_channels.of(world.guild.id)
