"""Reporters hear what becomes of their concerns: once, as they chose, and never not at all."""

from collections.abc import Callable

from bot.concerns.model import CloseReason, Delivery, Door, Draft, Kind, State, Told
from tests.cogs.concern.conftest import close_direct_messages, letters, own, raised
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, delivered, may_triage


async def closed(world: World) -> str:
    reference = (await own(world)).reference
    await world.desk.triage.move(
        world.guild.id, reference, world.sam.id, State.CLOSED, reason=CloseReason.RESOLVED
    )
    await delivered(world)
    return reference


async def test_opening_a_case_tells_the_reporter_once_and_staff_see_that_it_arrived(
    world: World,
) -> None:
    may_triage(world, world.staff_role)
    await raised(world)
    for _ in range(2):
        await world.sam.click(card(world), label="Show")
        await world.restart()
    (letter,) = letters(world.ana)
    assert letter.startswith("-# Read by staff")
    assert "come back to you" in letter
    assert "`/concern news`" in letter
    assert "Told that it was read" in read(card(world))
    assert "delivered" in read(card(world))
    assert_nobody_is_pinged(world)


async def test_a_closed_concern_is_opened_again_from_the_message_that_says_so(
    world: World,
) -> None:
    await raised(world)
    await closed(world)
    (message,) = world.ana.user.dm_channel.history()
    assert labels(message) == ["See where it stands", "Open it again"]
    await world.restart()
    done = await world.ana.user.click(message, label="Open it again")
    assert "is open again" in read(done)
    assert (await own(world)).state is State.REOPENED


async def test_shut_direct_messages_keep_news_for_the_status_where_it_is_shown_once(
    world: World,
) -> None:
    await raised(world)
    close_direct_messages(world, world.ana)
    await closed(world)
    assert "direct messages are closed to the desk, so it waits" in read(card(world))
    asked = await world.ana.slash(world.general, "ask", question="May I print a photo?")
    (hint,) = asked.followups
    assert "There is news about" in read(hint)
    shown = await world.ana.slash(world.general, "concern status")
    assert "**News**" in read(shown)
    assert "it is settled" in read(shown)
    again = await world.ana.slash(world.general, "concern status")
    assert "**News**" not in read(again)
    (news,) = (await own(world)).news
    assert news.delivery is Delivery.SEEN


async def test_a_person_chooses_what_to_hear_of_in_their_language(
    world: World, speak: Callable[[str], None]
) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern news")
    assert {one["value"] for one in options(shown) if one.get("default")} == {
        "read", "merged", "briefed", "closed",
    }  # fmt: skip
    speak("fr")
    kept = await world.ana.select(shown.response, values=["closed"])
    assert "C’est noté." in read(kept)
    await world.desk.triage.open(world.guild.id, (await own(world)).reference, world.sam.id)
    await delivered(world)
    assert letters(world.ana) == []
    assert "they chose not to hear of it" in read(card(world))
    await closed(world)
    (letter,) = letters(world.ana)
    assert "Clos : la question est réglée." in letter or letter.startswith("-# Clos par l’équipe")
    none = await world.ana.select(shown.response, values=["none"])
    assert [one["value"] for one in options(none) if one.get("default")] == ["none"]


async def test_own_card_does_what_the_commands_do(world: World) -> None:
    await raised(world)
    reference = (await own(world)).reference
    form = await world.ana.slash(world.general, "concern add", ref=reference.lower())
    done = await world.ana.submit_modal(form, {"text": "One thing more."})
    assert "Staff will find it" in read(done)
    wrong = await world.ben.slash(world.general, "concern add", ref=reference)
    refused = await world.ben.submit_modal(wrong, {"text": "Not mine."})
    assert "Not mine." in read(refused), "what was typed comes back"
    shown = await world.ana.slash(world.general, "concern status")
    allowed = await world.ana.click(shown.response, label="Change what is allowed")
    assert options(allowed)
    asked = await world.ana.click(shown.response, label="Withdraw it")
    assert f"Withdraw {reference}?" in read(asked)
    done = await world.ana.click(asked.response, label="Withdraw it")
    assert "is withdrawn" in read(done)
    back = await world.ana.slash(world.general, "concern status")
    assert labels(back) == ["Open it again"]
    await world.ana.click(back.response, label="Open it again")
    assert (await own(world)).state is State.REOPENED


async def test_an_anonymous_person_finds_news_when_they_come_back(world: World) -> None:
    anonymous = world.desk.anonymous
    code = anonymous.code_for("a secret")
    receipt = await anonymous.raise_(
        guild_id=world.guild.id,
        draft=Draft(Kind.PRIVACY, "x"),
        code=code,
        door=Door.WEB,
        source="s",
    )
    await world.desk.triage.open(world.guild.id, receipt.reference, world.sam.id)
    await delivered(world)
    assert "until they come back" in read(card(world)) or "code" in read(card(world))
    form = await world.ana.slash(world.general, "concern code")
    shown = await world.ana.submit_modal(form, {"code": code})
    assert "Staff have read it and will come back to you." in read(shown)
    (news,) = (await anonymous.own([world.guild.id], code, source="s")).news
    assert (news.what, news.delivery) == (Told.READ, Delivery.SEEN)


async def test_an_anonymous_person_opens_a_closed_concern_again(world: World) -> None:
    anonymous = world.desk.anonymous
    code = anonymous.code_for("a secret")
    receipt = await anonymous.raise_(
        guild_id=world.guild.id,
        draft=Draft(Kind.PRIVACY, "x"),
        code=code,
        door=Door.DISCORD,
        source="s",
    )
    await world.desk.triage.move(
        world.guild.id, receipt.reference, world.sam.id, State.CLOSED, reason=CloseReason.OUTSIDE
    )
    form = await world.ana.slash(world.general, "concern code")
    shown = await world.ana.submit_modal(form, {"code": code})
    assert "outside of what this desk can reach" in read(shown)
    again = await world.ana.click(shown.response, label="Open it again")
    assert "Staff will come back to it" in read(again)
    case = await world.desk.triage.case(world.guild.id, receipt.reference)
    assert case.state is State.REOPENED
    assert case.due_at is not None
