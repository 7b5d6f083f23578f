"""Entries in public: only because somebody chose to, only where they may, pinging nobody."""

from collections.abc import Callable

import discord
import simcord

from bot.platform.access import NotAllowed
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read

NEWSLETTER = "May I print a CC BY-NC photo in a newsletter?"
ANSWER = "Answer from FAQ"


async def test_an_answer_is_shared_with_the_channel(world: World) -> None:
    answer = await world.ana.slash(world.general, "ask", question=NEWSLETTER)

    done = await world.ana.click(answer.response, label="Share here")

    assert "everybody in this channel can see it" in read(done)
    assert done.ephemeral
    posted = world.general.last_message
    assert posted is not None
    text = read(posted)
    assert f"### {NEWSLETTER}" in text
    assert "Shared by ana." in text
    assert "not legal advice" in text
    assert labels(posted) == ["Related"]
    assert_nobody_is_pinged(world)


async def test_everybody_can_use_a_shared_card_and_sees_the_result_alone(world: World) -> None:
    answer = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    await world.ana.click(answer.response, label="Share here")
    await world.restart()
    posted = world.general.last_message
    assert posted is not None

    related = await world.ben.click(posted, label="Related")

    assert related.ephemeral
    assert "Related questions" in read(related)
    assert len(world.general.history()) == 1


async def test_a_name_made_of_mentions_is_only_a_name(
    simcord_env: simcord.Env, world: World
) -> None:
    eve = world.guild.add_member(simcord_env.create_user("eve", global_name="@everyone [x](y) _e"))
    answer = await eve.slash(world.general, "ask", question=NEWSLETTER)

    await eve.click(answer.response, label="Share here")

    posted = world.general.last_message
    assert posted is not None
    assert "Shared by \\@\u200beveryone \\[x\\](y) \\_e." in read(posted)
    assert_nobody_is_pinged(world)


async def test_a_shared_card_speaks_the_language_of_the_server(
    world: World, speak: Callable[[str], None]
) -> None:
    speak("fr")
    answer = await world.ana.slash(world.general, "ask", question=NEWSLETTER)

    await world.ana.click(answer.response, label="Partager ici")

    posted = world.general.last_message
    assert posted is not None
    assert "Partagé par ana." in read(posted)


async def test_where_the_desk_may_not_write_it_names_the_permission(world: World) -> None:
    closed = world.guild.create_text_channel(
        "closed",
        overwrites={
            world.guild.default_role: discord.PermissionOverwrite(send_messages=False),
            world.ana: discord.PermissionOverwrite(send_messages=True),
        },
    )
    answer = await world.ana.slash(closed, "ask", question=NEWSLETTER)

    refused = await world.ana.click(answer.response, label="Share here")

    assert "An admin can allow it: Send Messages." in read(refused)
    assert refused.ephemeral
    assert not closed.history()


async def test_where_a_member_may_not_write_the_desk_does_not_write_for_them(
    world: World,
) -> None:
    quiet = world.guild.create_text_channel(
        "announcements",
        overwrites={world.ana: discord.PermissionOverwrite(send_messages=False)},
    )
    answer = await world.ana.slash(quiet, "ask", question=NEWSLETTER)

    refused = await world.ana.click(answer.response, label="Share here")

    assert "You may not write in this channel" in read(refused)
    assert not quiet.history()


async def test_an_answer_is_shared_in_a_thread(world: World) -> None:
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="photos", type=discord.ChannelType.public_thread)
    (thread,) = world.general.threads
    answer = await world.ana.slash(thread, "ask", question=NEWSLETTER)

    await world.ana.click(answer.response, label="Share here")

    posted = thread.last_message
    assert posted is not None
    assert "Shared by ana." in read(posted)


async def test_a_channel_that_closes_meanwhile_is_one_sentence(world: World) -> None:
    answer = await world.ana.slash(world.general, "ask", question=NEWSLETTER)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)

    refused = await world.ana.click(answer.response, label="Share here")

    assert "Discord does not let the desk do that here" in read(refused)


async def test_a_helper_answers_somebodys_message_from_the_faq(world: World) -> None:
    message = await world.ben.send(world.general, f"hi @everyone, {NEWSLETTER}")
    picker = await world.hana.context_menu(world.general, ANSWER, message)

    assert picker.ephemeral
    assert "Which entry answers this?" in read(picker)
    assert "hi \\@\u200beveryone" in read(picker)
    assert options(picker)[0]["value"] == "photo-print"

    done = await world.hana.select(picker.response, ["photo-print"])

    assert "Posted as a reply" in read(done)
    posted = world.general.last_message
    assert posted is not None
    assert posted.reference is not None
    assert posted.reference.message_id == message.id
    assert "Chosen from the FAQ by hana." in read(posted)
    assert_nobody_is_pinged(world)


async def test_a_picker_works_after_a_restart(world: World) -> None:
    message = await world.ben.send(world.general, NEWSLETTER)
    picker = await world.hana.context_menu(world.general, ANSWER, message)
    await world.restart()

    await world.hana.select(picker.response, ["photo-print"])

    posted = world.general.last_message
    assert posted is not None
    assert "Chosen from the FAQ by hana." in read(posted)


async def test_staff_may_answer_from_the_faq_too(world: World) -> None:
    message = await world.ben.send(world.general, NEWSLETTER)

    picker = await world.sam.context_menu(world.general, ANSWER, message)

    assert options(picker)


async def test_a_member_is_told_that_it_is_for_helpers(world: World) -> None:
    message = await world.ben.send(world.general, NEWSLETTER)

    refused = await world.ana.context_menu(world.general, ANSWER, message)

    assert read(refused).startswith("This is for helpers.")
    assert refused.ephemeral
    (error,) = world.env.errors
    assert isinstance(error, NotAllowed)


async def test_somebody_who_is_no_helper_any_more_cannot_use_an_old_picker(
    world: World,
) -> None:
    message = await world.ben.send(world.general, NEWSLETTER)
    picker = await world.hana.context_menu(world.general, ANSWER, message)
    stored = world.env.backend.get_guild(world.guild.id).members[world.hana.id]
    stored.role_ids.clear()

    refused = await world.hana.select(picker.response, ["photo-print"])

    assert read(refused).startswith("This is for helpers.")
    last = world.general.last_message
    assert last is not None
    assert last.id == message.id


async def test_a_message_that_is_gone_is_said_to_be_gone(world: World) -> None:
    message = await world.ben.send(world.general, NEWSLETTER)
    picker = await world.hana.context_menu(world.general, ANSWER, message)
    await world.ben.delete(message)
    # The simulator lets a reply to nothing pass; this is how Discord itself refuses it.
    world.env.inject_error(
        "POST",
        "/channels/*/messages",
        status=400,
        code=50035,
        message="Invalid Form Body\nIn message_reference: Unknown message",
    )

    refused = await world.hana.select(picker.response, ["photo-print"])

    assert "That message is gone" in read(refused)


async def test_a_message_that_no_entry_fits_gets_one_sentence(world: World) -> None:
    message = await world.ben.send(world.general, "zyxwv qqqq")

    refused = await world.hana.context_menu(world.general, ANSWER, message)

    assert "No entry comes close" in read(refused)
    assert len(world.env.errors) == 1
