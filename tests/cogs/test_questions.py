"""People ask by message: in private, by mentioning the desk, several at once, one after another."""

from collections.abc import Callable
from typing import Any

import discord
import pytest

from bot.knowledge.shelf import Shelf
from bot.metrics import OUT_OF_SCOPE, QUESTIONS
from bot.platform.client import DeskClient
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_ask import NEWSLETTER, UNRELATED
from tests.conftest import StandingClock

FACES = "Can a license forbid face recognition?"


def direct(world: World) -> list[discord.Message]:
    """Return what the desk wrote to Ana."""
    return [one for one in world.ana.user.dm_channel.history() if one.author.bot]


def said(world: World) -> list[discord.Message]:
    """Return what the desk wrote in #general."""
    return [one for one in world.general.history() if one.author.bot]


def mention(world: World) -> str:
    """Return what people type to mention the desk."""
    me = world.env.bot.user
    assert me is not None
    return me.mention


async def test_a_direct_message_is_answered(world: World) -> None:
    await world.ana.send_dm(NEWSLETTER)

    (answer,) = direct(world)
    assert "the license allows it" in read(answer)
    assert labels(answer) == ["Related", "This is not my question", "Ask staff"]
    assert_nobody_is_pinged(world)


async def test_a_direct_message_the_desk_cannot_answer_can_go_to_staff(world: World) -> None:
    await world.ana.send_dm(UNRELATED)

    (unknown,) = direct(world)
    form = await world.ana.user.click(unknown, label="Ask staff")
    done = await world.ana.user.submit_modal(form, {"question": UNRELATED})

    assert "The desk has no answer to that" in read(unknown)
    assert "Logged as C-" in read(done)


async def test_a_picture_or_nothing_alone_gets_a_sentence(world: World) -> None:
    backend, channel = world.env.backend, world.ana.user.dm_channel
    picture = backend.store_attachments(channel.id, [("photo.png", b"x")])
    await world.ana.send_dm("", attachments=picture)
    await world.ana.send_dm("🎉")

    sentence, nothing = direct(world)
    assert "I cannot see pictures" in read(sentence)
    assert "could not find any words" in read(nothing)


async def test_the_language_of_the_last_command_is_the_language_of_direct_messages(
    world: World, speak: Callable[[str], None]
) -> None:
    speak("fr")
    await world.ana.slash(world.general, "about")

    await world.ana.send_dm(UNRELATED)

    assert "Nous n’avons pas de réponse" in read(direct(world)[0])


async def test_a_follow_up_is_read_with_the_question_before_it(world: World) -> None:
    await world.ana.slash(world.general, "ask", question="May I print a CC BY-NC photo")

    follow = await world.ana.slash(world.general, "ask", question="and in a newsletter?")

    text = read(follow)
    assert "**Read together with**\nMay I print a CC BY-NC photo" in text
    assert "the license allows it" in text
    assert "Read it alone" in labels(follow)
    form = await world.ana.click(follow.response, label="Ask staff")
    assert form.modal is not None
    assert "May I print a CC BY-NC photo\\nand in a newsletter?" in str(form.modal).replace(
        "\n", "\\n"
    )

    alone = await world.ana.click(follow.response, label="Read it alone")

    assert "Read together" not in read(alone)
    assert alone.response.id == follow.response.id


async def test_a_follow_up_belongs_to_one_person_in_one_channel_for_a_while(
    world: World, clock: StandingClock
) -> None:
    other = world.guild.create_text_channel("other")
    await world.ana.slash(world.general, "ask", question="May I print a CC BY-NC photo")

    bens = await world.ben.slash(world.general, "ask", question="and in a newsletter?")
    elsewhere = await world.ana.slash(other, "ask", question="and in a newsletter?")
    clock.move(minutes=16)
    late = await world.ana.slash(world.general, "ask", question="and in a newsletter?")

    for result in (bens, elsewhere, late):
        assert "Read together" not in read(result)


async def test_a_follow_up_works_in_direct_messages_too(world: World) -> None:
    await world.ana.send_dm("May I print a CC BY-NC photo")
    await world.ana.send_dm("ok and in a newsletter?")

    assert "Read together with" in read(direct(world)[-1])


async def test_several_questions_get_a_card_each(world: World) -> None:
    result = await world.ana.slash(
        world.general, "ask", question=f"Hello! {NEWSLETTER} {FACES} What is {UNRELATED}?"
    )

    assert result.response is not None
    first, second, third = (result.response, *result.followups)
    assert "question 1 of 3" in read(first)
    assert "the license allows it" in read(first)
    assert "question 2 of 3" in read(second)
    assert "**You asked**\nCan a license forbid" in read(second)
    assert "No CC license is about face recognition" in read(second)
    assert "The desk has no answer to that" in read(third)
    form = await world.ana.click(second, label="Ask staff")
    assert "Can a license forbid" in str(form.modal)
    assert "newsletter" not in str(form.modal)


async def test_no_more_than_three_are_answered_in_one_go(world: World) -> None:
    many = " ".join(f"What about clause number {number}?" for number in range(1, 7))

    result = await world.ana.slash(world.general, "ask", question=many)

    assert 1 + len(result.followups) <= 3
    assert "3 more questions were not read" in read(result)


async def test_500_questions_a_minute_are_bounded_and_others_are_unaffected(
    world: World, clock: StandingClock
) -> None:
    limit = world.desk.settings.questions.per_person_per_minute
    for _ in range(limit):
        await world.ana.send_dm(UNRELATED)
    for _ in range(20):
        await world.ana.send_dm(UNRELATED)
    refused = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    bens = await world.ben.slash(world.general, "ask", question=NEWSLETTER)

    assert len(direct(world)) == limit + 1
    assert "faster than I can answer" in read(direct(world)[-1])
    assert "faster than I can answer" in read(refused)
    assert "the license allows it" in read(bens)
    clock.move(minutes=1)
    again = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    assert "the license allows it" in read(again)


async def test_a_mention_gets_a_public_answer_that_pings_nobody(world: World) -> None:
    asked = await world.ana.send(world.general, f"{mention(world)} {NEWSLETTER}")

    (answer,) = said(world)
    assert answer.reference is not None
    assert answer.reference.message_id == asked.id
    assert "the license allows it" in read(answer)
    assert labels(answer) == ["Related", "This is not my question", "Ask staff"]
    assert_nobody_is_pinged(world)

    form = await world.ana.click(answer, label="Ask staff")
    assert "newsletter" in str(form.modal)
    other = await world.ana.click(answer, label="This is not my question")
    assert other.ephemeral


async def test_what_is_not_sure_is_shown_to_the_asker_alone(world: World) -> None:
    await world.ana.send(world.general, f"{UNRELATED} {mention(world)}")

    (line,) = said(world)
    assert UNRELATED not in read(line)
    assert labels(line) == ["Show it only to me"]

    bens = await world.ben.click(line, label="Show it only to me")
    assert "for the person who asked" in read(bens)
    shown = await world.ana.click(line, label="Show it only to me")

    assert shown.ephemeral
    assert UNRELATED in read(shown)
    assert not said(world), "the line is taken away"


async def test_a_mention_with_nothing_or_a_greeting_gets_a_sentence(world: World) -> None:
    await world.ana.send(world.general, mention(world))
    await world.ana.send(world.general, f"hello {mention(world)}")
    await world.ana.send(world.general, f"{mention(world)} will i win if i sue my neighbor")

    nothing, greeting, private = said(world)
    assert "could not find any words" in read(nothing)
    assert "### Hello" in read(greeting)
    assert "the person who asked can see" in read(private)


async def test_the_reply_goes_with_the_message_and_changes_with_it(world: World) -> None:
    asked = await world.ana.send(world.general, f"{mention(world)} {NEWSLETTER}")
    await world.ana.edit(asked, f"{mention(world)} {FACES}")

    (answer,) = said(world)
    assert "No CC license is about face recognition" in read(answer)

    await world.ana.delete(asked)

    assert not said(world)


async def test_messages_to_others_are_not_read(world: World) -> None:
    await world.ana.send(world.general, NEWSLETTER)
    await world.ana.send(world.general, f"{world.ben.mention} {NEWSLETTER}")
    hook = world.guild.create_webhook(world.general)
    await hook.send(f"{mention(world)} {NEWSLETTER}")

    assert [one for one in said(world) if one.webhook_id is None] == []


async def test_where_the_desk_may_not_write_it_says_nothing(world: World) -> None:
    overwrites = {world.guild.default_role: discord.PermissionOverwrite(read_message_history=False)}
    quiet = world.guild.create_text_channel("quiet", overwrites=overwrites)
    await world.ana.send(quiet, f"{mention(world)} {NEWSLETTER}")

    assert not [one for one in quiet.history() if one.author.bot]


async def test_what_was_asked_is_counted_by_way_and_kind(world: World) -> None:
    def count(metric: Any, *labels: str) -> float:
        value: float = metric.labels(*labels)._value.get()
        return value

    before = count(QUESTIONS, "answer", "direct message"), count(OUT_OF_SCOPE, "prediction")

    await world.ana.send_dm(NEWSLETTER)
    await world.ana.send_dm("will i win if i sue them")

    assert count(QUESTIONS, "answer", "direct message") == before[0] + 1
    assert count(OUT_OF_SCOPE, "prediction") == before[1] + 1


async def test_without_mentions_discord_is_not_asked_for_messages(world: World) -> None:
    settings = world.desk.settings
    assert DeskClient(world.desk).intents.guild_messages
    quiet = settings.model_copy(
        update={"questions": settings.questions.model_copy(update={"mentions": False})}
    )
    object.__setattr__(world.desk, "settings", quiet)

    intents = DeskClient(world.desk).intents

    assert not intents.guild_messages
    assert intents.dm_messages
    assert not intents.message_content


async def test_a_fault_of_the_desk_is_one_plain_sentence_here_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Shelf, "answer", broken)

    await world.ana.send(world.general, f"{mention(world)} {NEWSLETTER}")

    assert "T-" in read(said(world)[0])
