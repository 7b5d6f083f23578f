"""Anonymous concerns on Discord: said honestly, logged without a trace, come back to by code."""

import json
import re
import sqlite3
from typing import Any

import simcord
from simcord.actors import MemberActor

from bot.concerns.model import CloseReason, Consent, State
from bot.settings import Settings
from tests.cogs.concern.conftest import (
    STORY,
    chosen,
    deliver_again,
    edits_of_replies,
    field,
    letters,
    typed,
)
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, cards, delivered
from tests.conftest import StandingClock

CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}")


async def raised(world: World, by: MemberActor | None = None, **changed: Any) -> str:
    """Raise a concern anonymously; return the code."""
    person = by or world.ana
    before = await person.slash(world.general, "concern raise", anonymous=True)
    form = await press(person, before, "Write it anonymously")
    await person.submit_modal(form, typed(**changed))
    await delivered(world)
    return shown_codes(world)[-1]


def latest(shown: simcord.InteractionResult) -> Any:
    return shown.followups[-1] if shown.followups else shown.response


async def press(
    person: MemberActor, shown: simcord.InteractionResult, label: str
) -> simcord.InteractionResult:
    return await person.click(latest(shown), label=label)


def shown_codes(world: World) -> list[str]:
    return [
        found[0] for body in edits_of_replies(world) if (found := CODE.search(json.dumps(body)))
    ]


async def back(world: World, code: str, by: MemberActor | None = None) -> simcord.InteractionResult:
    person = by or world.ana
    form = await person.slash(world.general, "concern code")
    return await person.submit_modal(form, {"code": code})


async def test_it_is_said_first_what_discord_sees(world: World):
    before = await world.ana.slash(world.general, "concern raise", anonymous=True)

    for word in ("Discord itself sees", "How you write", "lost code"):
        assert word in read(before)
    form = await press(world.ana, before, "Write it anonymously")
    assert "quote_named" not in [one["value"] for one in field(form, "consent")["options"]]
    assert chosen(form, "consent") == ["nothing"]


async def test_the_code_is_shown_once_and_leads_back(world: World):
    code = await raised(world)

    assert len(shown_codes(world)) == 1
    shown = await back(world, code.lower().replace("-", " "), by=world.ben)
    assert STORY in read(shown)
    assert labels(shown) == ["Write to staff", "Change what is allowed", "Withdraw it"]
    assert_nobody_is_pinged(world)


async def test_nothing_in_the_database_leads_to_the_person(
    world: World, settings: Settings, clock: StandingClock
):
    clock.move(minutes=37, seconds=11)
    code = await raised(world)
    await back(world, code)

    file = settings.database_file
    assert file is not None
    with sqlite3.connect(file) as database:
        (dump,) = ["\n".join(database.iterdump())]
        person = database.execute("SELECT fingerprint, identity, door FROM person").fetchall()
    vault = world.desk.vault
    assert [(identity, door) for _print, identity, door in person] == [(None, "code")]
    traces = {
        str(world.ana.id),
        code,
        code.replace("-", ""),
        vault.fingerprint("person", world.guild.id, world.ana.id),
    }
    for body in world.env.backend.transcript:
        if body[:2] == ("GATEWAY", "INTERACTION_CREATE"):
            made = body[2]["id"]
            traces |= {made, vault.fingerprint("intake", f"interaction:{made}")}
    assert not [one for one in traces if one in dump]
    # Of the time, the hour is kept and no more.
    assert "09:37" not in dump
    assert "2026-03-13 09:00:00" in dump


async def test_the_same_form_delivered_again_makes_one_concern_and_shows_one_code(world: World):
    code = await raised(world)
    await deliver_again(world, 5)
    await delivered(world)

    assert len(cards(world)) == 1
    assert set(shown_codes(world)) == {code}


async def test_replies_wait_in_the_mailbox_and_are_read_with_the_code(world: World):
    code = await raised(world)
    reference = (await world.desk.anonymous.own([world.guild.id], code, source="t")).reference
    assert "Anonymous: nobody knows" in read(card(world))

    await world.desk.triage.reply(
        world.guild.id, reference, world.sam.id, "We have written to them.", intake="1"
    )
    await delivered(world)

    assert letters(world.ana) == []
    assert "waits until they come back" in read(card(world))
    assert "We have written to them." in read(await back(world, code))
    await delivered(world)
    assert "waits until they come back" not in read(card(world))


async def test_closing_tells_nobody_and_leaves_nothing_undelivered(world: World):
    code = await raised(world)
    own = await world.desk.anonymous.own([world.guild.id], code, source="t")
    await world.desk.triage.move(
        world.guild.id, own.reference, world.sam.id, State.CLOSED, reason=CloseReason.RESOLVED
    )
    await delivered(world)

    assert letters(world.ana) == []
    assert (await world.desk.outbox.depth()).pending == 0
    assert await world.desk.outbox.dead_letters() == []
    assert "Write to staff" not in labels(await back(world, code))


async def test_more_can_be_added_and_consent_changed(world: World):
    code = await raised(world)
    shown = await back(world, code)
    form = await press(world.ana, shown, "Write to staff")
    said = await world.ana.submit_modal(form, {"text": "It is on page 4."})
    assert "added" in read(said).lower() or "C-" in read(said)

    menu = await press(world.ana, await back(world, code), "Change what is allowed")
    assert [one["value"] for one in options(menu)] == [
        "nothing",
        "count",
        "quote_unnamed",
        "contact",
    ]
    await world.ana.select(latest(menu), ["quote_unnamed"])

    own = await world.desk.anonymous.own([world.guild.id], code, source="t")
    assert own.consent is Consent.QUOTE_UNNAMED
    assert [letter.text for letter in own.letters] == ["It is on page 4."]


async def test_withdrawing_destroys_the_words(world: World):
    code = await raised(world)
    sure = await press(world.ana, await back(world, code), "Withdraw it")
    assert "cannot be undone" in read(sure)
    await press(world.ana, sure, "Withdraw it")
    await delivered(world)

    own = await world.desk.anonymous.own([world.guild.id], code, source="t")
    assert (own.state, own.close_reason, own.what) == (State.CLOSED, CloseReason.WITHDRAWN, "")
    assert STORY not in read(card(world))


async def test_wrong_codes_are_told_kindly_and_held_to_a_number(world: World):
    code = await raised(world)
    for _ in range(10):
        assert "No concern here has that code" in read(await back(world, "7K4Q 2MXX"))
    assert "wait ten minutes" in read(await back(world, code))
    assert STORY in read(await back(world, code, by=world.ben))


async def test_what_was_typed_comes_back_when_it_cannot_be_logged(world: World):
    before = await world.ana.slash(world.general, "concern raise", anonymous=True)
    form = await press(world.ana, before, "Write it anonymously")
    refused = await world.ana.submit_modal(form, typed(link="not a link"))

    again = await press(world.ana, refused, "Try again")
    assert field(again, "what")["value"] == STORY
    assert again.modal is not None
    assert "hide" in again.modal["custom_id"]


async def test_buttons_ask_for_the_code_again_after_a_restart(world: World):
    shown = await back(world, await raised(world))
    await world.restart()

    assert "/concern code" in read(await press(world.ana, shown, "Withdraw it"))
