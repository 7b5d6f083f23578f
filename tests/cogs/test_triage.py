"""Staff at work: the card in their channel, and what they press on it."""

import sqlite3
from pathlib import Path

import discord
import pytest

from bot.concerns.model import Consent, Delivery, Draft, Kind, State
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import by_hand, card, cards, raised, settle
from tests.conftest import StandingClock


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
    assert labels(shown) == ["Claim", "Reply", "Status", "Close", "Show"]
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
    assert labels(shown) == ["Release", "Reply", "Status", "Close", "Show"]
    assert len(cards(world)) == 1
    assert_nobody_is_pinged(world)


async def test_the_one_who_comes_second_is_told_who_has_it(world: World) -> None:
    await raised(world)
    before = card(world)
    await world.sam.click(before, label="Claim")

    refused = await by_hand(world, world.sue, before, "claim")

    assert f"<@{world.sam.id}> has it" in refused
    assert f"<@{world.sam.id}> has it" in read(card(world))
