"""Staff at work: the card in their channel, and what they press on it."""

import sqlite3
from pathlib import Path

from bot.concerns.model import CloseReason, Consent, Kind, State
from tests.cogs.concern.conftest import close_direct_messages
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, cards, delivered, press_together, raised


async def test_a_card_appears_and_says_all_that_matters_but_not_who(world: World) -> None:
    reference = await raised(
        world,
        "My photo is in a *dataset* <@1>",
        kind=Kind.DATASET,
        link="https://example.org/set",
        wish="That they take it out",
        consent=Consent.QUOTE_UNNAMED,
    )

    shown = card(world)

    text = read(shown)
    assert f"### {reference} · Datasets and AI" in text
    assert "**New** · raised <t:1773392400:R> · nobody has it" in text
    assert "**What happened**\nMy photo is in a \\*dataset\\* \\<\\@1\\>" in text
    assert "**Link**\nhttps:\\/\\/example.org\\/set" in text
    assert "**What they would like**\nThat they take it out" in text
    assert "**Consent**\nYou may count it and quote it without their name." in text
    assert labels(shown) == ["Claim", "Reply", "Status", "Close", "Show", "More"]
    assert str(world.ana.id) not in text
    assert world.ana.name not in text.lower().split()
    assert_nobody_is_pinged(world)


async def test_claiming_edits_the_card_in_place(world: World) -> None:
    reference = await raised(world)

    done = await world.sam.click(card(world), label="Claim")

    assert read(done) == f"{reference} is yours."
    assert done.ephemeral
    shown = card(world)
    assert f"**In progress** · raised <t:1773392400:R> · <@{world.sam.id}> has it" in read(shown)
    assert labels(shown) == ["Release", "Reply", "Status", "Close", "Show", "More"]
    assert len(cards(world)) == 1
    assert_nobody_is_pinged(world)


async def test_of_two_who_press_claim_in_the_same_instant_one_has_it_and_one_hears_who(
    world: World,
) -> None:
    reference = await raised(world)
    sue = world.guild.add_member(world.env.create_user("sue"), roles=[world.staff_role])

    both = await press_together(world.env, card(world), "Claim", world.sam, sue)

    case = await world.desk.triage.case(world.guild.id, reference)
    told = {read(result) for result in both}
    assert case.claimed_by in {world.sam.id, sue.id}
    assert told == {f"{reference} is yours.", f"Not done: <@{case.claimed_by}> has it."}
    assert f"<@{case.claimed_by}> has it" in read(card(world))
    assert_nobody_is_pinged(world)


async def test_a_reply_is_kept_sent_on_and_answers_the_case(world: World) -> None:
    reference = await raised(world)
    form = await world.sam.click(card(world), label="Reply")
    assert form.modal is not None
    assert form.modal["title"] == f"Reply to {reference}"

    done = await world.sam.submit_modal(form, {"text": "We *wrote* to them.", "then": ["waiting"]})
    await delivered(world)

    case = await world.desk.triage.case(world.guild.id, reference)
    assert [letter.text for letter in case.letters] == ["We *wrote* to them."]
    assert (case.state, case.claimed_by) == (State.WAITING, world.sam.id)
    assert f"Your reply to {reference} is kept" in read(done)
    assert "Waiting for the reporter." in read(done)
    assert f"**Letters**\n- <@{world.sam.id}> as the desk, <t:1773392400:R>: " in read(card(world))


async def test_the_card_says_what_became_of_a_reply(world: World) -> None:
    await raised(world)
    await _reply(world, "First")
    assert "delivered by direct message" in read(card(world))

    close_direct_messages(world, world.ana)
    await _reply(world, "Second")
    waits = "direct messages are closed to the desk, so it waits in their /concern status"
    assert waits in read(card(world))

    await world.ana.slash(world.general, "concern status")
    await delivered(world)
    assert waits not in read(card(world))
    assert "seen in their /concern status" in read(card(world))


async def _reply(world: World, text: str) -> None:
    form = await world.sam.click(card(world), label="Reply")
    await world.sam.submit_modal(form, {"text": text, "then": ["working"]})
    await delivered(world)


async def test_a_link_works_only_if_it_is_a_message_in_this_server(world: World) -> None:
    here = f"https://discord.com/channels/{world.guild.id}/1/2"
    mine = await raised(world, link=here)
    other = await raised(world, link="https://discord.com/channels/1/1/2")

    assert f"**Link**\n{here}\n" in read(card(world, mine))
    assert "https:\\/\\/discord.com" in read(card(world, other))


async def test_a_reply_comes_back_when_the_case_was_closed_meanwhile(world: World) -> None:
    reference = await raised(world)
    form = await world.sam.click(card(world), label="Reply")
    await world.desk.triage.move(
        world.guild.id, reference, world.hana.id, State.CLOSED, reason=CloseReason.RESOLVED
    )

    refused = await world.sam.submit_modal(form, {"text": "My long letter", "then": ["answered"]})

    text = read(refused)
    assert "It stands at Closed, and from there it can go to: Reopened." in text
    assert "Nothing you typed is lost" in text
    assert "My long letter" in text


async def test_a_reply_comes_back_when_the_database_does_not_answer(
    world: World, tmp_path: Path
) -> None:
    await raised(world)
    form = await world.sam.click(card(world), label="Reply")
    blocker = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")

    refused = await world.sam.submit_modal(form, {"text": "Dear <@1>", "then": ["answered"]})

    blocker.execute("ROLLBACK")
    blocker.close()
    assert "cannot reach its records" in read(refused)
    assert "Dear <@1>" in read(refused)


async def test_an_empty_reply_is_refused_in_one_sentence(world: World) -> None:
    reference = await raised(world)
    form = await world.sam.click(card(world), label="Reply")

    refused = await world.sam.submit_modal(form, {"text": "\u200b ", "then": ["answered"]})

    assert "no words in that reply" in read(refused)
    assert not (await world.desk.triage.case(world.guild.id, reference)).letters


async def test_a_case_is_closed_for_a_reason_and_reopened(world: World) -> None:
    reference = await raised(world, "A secret story")
    offered = await world.sam.click(card(world), label="Close")
    assert "They are told that it is closed, and why" in read(offered)
    assert len(options(offered)) == len(CloseReason)

    done = await world.sam.select(offered.response, ["passed_on"])
    await delivered(world)

    assert read(done) == f"{reference} is closed: Passed on. They are being told."
    assert done.response.id == offered.response.id, "the menu has done its work"
    shown = card(world)
    assert "**Closed** <t:1773392400:R> · Passed on" in read(shown)
    assert "A secret story" not in read(shown)
    assert labels(shown) == ["Reopen", "Show", "More"]

    again = await world.sam.click(shown, label="Reopen")
    assert read(again) == f"{reference} now stands at: Reopened."
    assert labels(card(world)) == ["Claim", "Reply", "Status", "Close", "Show", "More"]
    assert_nobody_is_pinged(world)


async def test_a_question_names_the_entry_that_did_not_help(world: World) -> None:
    await raised(world, "May I?", kind=Kind.QUESTION, about="entry:photo-print")

    text = read(card(world))

    assert "**Their question**\nMay I?" in text
    assert "**About**\nFAQ entry May I print a CC BY-NC photo in a newsletter?" in text


async def test_a_case_is_released_by_who_has_it_only(world: World) -> None:
    reference = await raised(world)
    await world.sam.click(card(world), label="Claim")
    sue = world.guild.add_member(world.env.create_user("sue"), roles=[world.staff_role])

    refused = await sue.click(card(world), label="Release")
    assert read(refused) == f"Not done: <@{world.sam.id}> has it."

    done = await world.sam.click(card(world), label="Release")
    assert read(done) == f"{reference} is free for somebody else to claim."
    assert "nobody has it" in read(card(world))


async def test_a_case_moves_along_with_status(world: World) -> None:
    reference = await raised(world)
    menu = await world.sam.click(card(world), label="Status")
    assert [option["value"] for option in options(menu)] == [
        "read",
        "working",
        "waiting",
        "answered",
    ]

    done = await world.sam.select(menu.response, ["waiting"])

    assert read(done) == f"{reference} now stands at: Waiting for the reporter."
    assert "**Waiting for the reporter**" in read(card(world))
