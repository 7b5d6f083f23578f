"""Staff reply, and it reaches the reporter, or waits where the reporter finds it."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from sqlalchemy import update

from bot.concerns.model import CloseReason, Delivery, State
from bot.platform.client import DeskClient
from bot.store.people import PersonRow
from tests.bot.platform.corpus import at_door
from tests.bot.platform.test_inert import ACTED_ON
from tests.cogs.concern.conftest import (
    answered,
    close_direct_messages,
    letters,
    own,
    raised,
)
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.triage import delivered
from tests.cogs.triage import raised as raised_by_staffs_side
from tests.conftest import StandingClock

Client = Callable[[], DeskClient]


async def delivery(world: World) -> Delivery:
    """Return what became of the first letter of Ana's concern, as staff see it."""
    case = await world.desk.triage.case(world.guild.id, (await own(world)).reference)
    return case.letters[0].delivery


def direct(world: World) -> list[dict[str, Any]]:
    """Return the bodies of all direct messages the desk tried to send."""
    path = f"/channels/{world.ana.user.dm_channel.id}/messages"
    return [one.json for one in world.env.http_requests if one.path == path]


async def test_a_reply_comes_by_direct_message_and_staff_see_that_it_arrived(world: World) -> None:
    await raised(world)

    reference = await answered(world, "We have written to <@1> about **it**.")

    (letter,) = letters(world.ana)
    assert f"-# Reply from staff\n### About {reference}" in letter
    assert "We have written to \\<\\@1\\> about \\*\\*it\\*\\*." in letter
    assert "From staff of The Reading Room" in letter
    assert "reply to this message or press the button" in letter
    assert await delivery(world) is Delivery.DELIVERED
    assert str(world.sam.id) not in letter
    assert "sam" not in letter
    assert_nobody_is_pinged(world)


async def test_closed_direct_messages_keep_the_reply_in_the_status_until_it_was_shown(
    world: World,
) -> None:
    await raised(world)
    close_direct_messages(world, world.ana)

    await answered(world, "Please see this.")

    assert await delivery(world) is Delivery.MAILBOX
    assert letters(world.ana) == []
    shown = await world.ana.slash(world.general, "concern status")
    assert "Please see this." in read(shown)
    assert shown.ephemeral
    assert await delivery(world) is Delivery.SEEN
    dead = await world.desk.outbox.dead_letters()
    assert "concern.letter" not in {parcel.kind for parcel in dead}


async def test_a_reply_that_could_not_be_shown_still_waits(world: World) -> None:
    await raised(world)
    close_direct_messages(world, world.ana)
    await answered(world)
    world.env.inject_error("POST", "/webhooks/*", status=404, code=10015)

    await world.ana.slash(world.general, "concern status")

    assert await delivery(world) is Delivery.MAILBOX


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/channels/*/messages", 403, 50278),
        ("/channels/*/messages", 400, 50007),
        ("/users/@me/channels", 404, 10013),
        ("/users/@me/channels", 400, 50007),
    ],
    ids=["left", "bad request", "no account", "cannot open"],
)
async def test_whoever_cannot_be_reached_has_a_mailbox(
    world: World, path: str, status: int, code: int
) -> None:
    await raised(world)
    world.guild.remove_member(world.ana)
    world.env.inject_error("POST", path, status=status, code=code)

    await answered(world)

    assert await delivery(world) is Delivery.MAILBOX


async def test_somebody_who_left_the_server_finds_the_reply_in_direct_messages(
    world: World,
) -> None:
    await raised(world)
    close_direct_messages(world, world.ana)
    await answered(world, "Sorry to see you go.")
    world.guild.remove_member(world.ana)

    shown = await world.ana.user.slash("concern status")

    assert "Sorry to see you go." in read(shown)
    assert await delivery(world) is Delivery.SEEN


async def test_trouble_at_discord_is_tried_again_with_the_same_nonce(
    world: World, clock: StandingClock
) -> None:
    await raised(world)
    world.env.inject_error("POST", "/channels/*/messages", status=503)

    await answered(world, "Hello again.")
    assert await delivery(world) is Delivery.PENDING

    clock.move(seconds=30)
    await world.restart()

    assert [read_ for read_ in letters(world.ana) if "Hello again." in read_]
    assert await delivery(world) is Delivery.DELIVERED
    first, second = direct(world)
    assert first["nonce"] == second["nonce"]
    assert first["enforce_nonce"]
    assert len(str(first["nonce"])) <= 25


async def test_discord_slowing_direct_messages_down_is_waited_for(
    world: World, clock: StandingClock
) -> None:
    await raised(world)
    world.env.inject_error("POST", "/users/@me/channels", status=400, code=40003)

    await answered(world, "A little later.")
    assert await delivery(world) is Delivery.PENDING
    clock.move(minutes=6)
    await world.restart()

    assert await delivery(world) is Delivery.DELIVERED


async def test_replies_arrive_in_the_order_they_were_written(world: World, client: Client) -> None:
    await raised(world)
    await client().courier.stop()
    for number in range(4):
        await answered(world, f"reply {number}", act=str(number))

    await world.restart()

    texts = letters(world.ana)
    assert [f"reply {number}" in text for number, text in enumerate(texts)] == [True] * 4


async def test_a_long_reply_arrives_whole(world: World) -> None:
    await raised(world)
    text = "*word* " * 427 + "the end"
    reference = await answered(world, text)

    (message,) = world.ana.user.dm_channel.history()
    assert [file.filename for file in message.attachments] == [f"{reference}.txt"]
    assert f"The whole reply is in the file {reference}.txt" in read(message)


async def test_whatever_staff_write_acts_nowhere(world: World) -> None:
    await raised(world)
    for number, hostile in enumerate(at_door(2)):
        await answered(world, f"{hostile} qqq"[-3000:], act=str(number))

    for letter, hostile in zip(letters(world.ana), at_door(2), strict=True):
        body = letter.partition("### About")[2].partition("\n-# From staff")[0]
        for line in body.split("\n")[1:]:
            assert not ACTED_ON.search(line), repr(hostile)
    assert_nobody_is_pinged(world)


async def test_a_concern_that_was_closed_is_said_to_be_and_why(world: World) -> None:
    await raised(world)
    reference = (await own(world)).reference

    await world.desk.triage.move(
        world.guild.id, reference, world.sam.id, State.CLOSED, reason=CloseReason.PASSED_ON
    )
    await delivered(world)

    (letter,) = letters(world.ana)
    assert f"-# Closed by staff\n### About {reference}" in letter
    assert "passed on to those who can act on it" in letter
    assert "open it again within 30 days" in letter
    assert "Open it again" in labels(world.ana.user.dm_channel.history()[0])
    assert "passed on" in read(await world.ana.slash(world.general, "concern status"))


async def test_a_concern_opened_again_meanwhile_is_not_said_to_be_closed(
    world: World, client: Client
) -> None:
    await raised(world)
    reference = (await own(world)).reference
    await client().courier.stop()
    moves = ((State.CLOSED, CloseReason.RESOLVED), (State.REOPENED, None))
    for state, reason in moves:
        await world.desk.triage.move(world.guild.id, reference, world.sam.id, state, reason=reason)

    await world.restart()

    assert letters(world.ana) == []


async def test_a_direct_message_is_in_the_language_the_person_was_last_seen_to_use(
    world: World, speak: Callable[[str], None]
) -> None:
    await raised(world)
    speak("fr")
    await world.ana.slash(world.general, "about")
    speak("en-US")

    await answered(world)

    (letter,) = letters(world.ana)
    assert "Réponse de l’équipe" in letter


async def test_whose_language_nobody_saw_is_written_to_in_the_servers(world: World) -> None:
    await raised_by_staffs_side(world)
    world.env.backend.get_guild(world.guild.id).preferred_locale = "fr"
    await world.restart()

    await answered(world)

    (letter,) = letters(world.ana)
    assert "Réponse de l’équipe" in letter


async def test_the_button_of_a_reply_opens_the_concern_in_the_direct_message(
    world: World,
) -> None:
    await raised(world)
    await answered(world, "Here is what we found.")
    await world.restart()
    (message,) = world.ana.user.dm_channel.history()

    shown = await world.ana.user.click(message, label="See where it stands")

    assert "Here is what we found." in read(shown)
    assert "Staff have answered." in read(shown)


async def test_asking_something_mentions_a_reply_that_waits_and_opens_it(world: World) -> None:
    await raised(world)
    close_direct_messages(world, world.ana)
    reference = await answered(world, "You were right.")

    asked = await world.ana.slash(world.general, "ask", question="May I print a photo?")

    (hint,) = asked.followups
    assert hint.ephemeral
    assert f"There is news about {reference}" in read(hint)
    opened = await world.ana.click(hint, label="Read it")
    assert "You were right." in read(opened)
    again = await world.ana.slash(world.general, "ask", question="May I print a photo?")
    assert again.followups == []
    others = await world.ben.slash(world.general, "ask", question="May I print a photo?")
    assert others.followups == []


async def test_a_question_passed_to_staff_takes_the_same_way(world: World, client: Client) -> None:
    unknown = await world.ana.slash(world.general, "ask", question="zyxwv qqqq kjhgf")
    form = await world.ana.click(unknown.response, label="Ask staff")
    await client().courier.stop()
    done = await world.ana.submit_modal(form, {"question": "May my club print it?"})
    assert "Logged" not in read(done)

    await world.restart()

    assert f"Logged as {(await own(world)).reference}" in read(done)
    assert "What you allowed" not in read(done)
    await answered(world, "Yes, it may.")
    assert "Yes, it may." in letters(world.ana)[0]


async def test_no_reply_is_in_any_log_line(world: World) -> None:
    with structlog.testing.capture_logs() as lines:
        await raised(world)
        await answered(world, "secret words of staff")

    for canary in ("secret words", str(world.ana.id), str(world.sam.id)):
        assert canary not in str(lines)


async def test_whoever_erased_themselves_gets_nothing_more(world: World, client: Client) -> None:
    await raised(world)
    await client().courier.stop()
    await answered(world)

    async def erase(session: Any) -> None:
        await session.execute(update(PersonRow).values(text_key=None, identity=None))

    await world.desk.store.write(erase)
    await world.restart()

    assert letters(world.ana) == []
    dead = await world.desk.outbox.dead_letters()
    assert "concern.letter" not in {parcel.kind for parcel in dead}
