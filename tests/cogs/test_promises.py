"""Promises on Discord: what everybody reads, what staff do, what the ledger shows by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
import simcord
from simcord.actors import MemberActor

from bot.concerns.model import Consent
from bot.guilds.model import Capability
from bot.promises.model import State, Words
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import delivered, may_triage, raised
from tests.conftest import StandingClock

FORM = {
    "text": "Publish every **reply** we get.",
    "source": "https://example.org/said",
    "made_on": "2026-03-01",
    "owner": "Liaisons",
    "due": "2026-04-01",
}


@pytest.fixture
def sam(world: World) -> MemberActor:
    """Sam, to whom Discord shows /promise."""
    may_triage(world, world.staff_role)
    return world.sam


async def added(world: World, sam: MemberActor, form: dict[str, str] = FORM) -> tuple[str, Any]:
    """Add a promise as Sam; return its reference and what Sam was shown."""
    opened = await sam.slash(world.staff_channel, "promise add", ledger="briefs")
    shown = await sam.submit_modal(opened, form)
    lines, _ = await world.desk.promises.list_(world.guild.id)
    return next(one.reference for one in lines if "reply" in one.words.text), shown


def latest(shown: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the last message that somebody was shown."""
    found = shown.followups[-1] if shown.followups else shown.response
    assert found is not None
    return found


async def test_everybody_sees_what_was_promised_and_opens_one(world: World):
    listed = await world.ben.slash(world.general, "promises")
    text = read(listed)
    assert "Right now: 4 open." in text
    assert "**Open**, due <t:" in text
    assert "pass the community's concerns on" in text
    assert listed.ephemeral
    first = options(listed)[0]
    opened = await world.ben.select(latest(listed), [first["value"]])
    text = read(opened)
    assert f"### {first['value']} · Open" in text
    assert "[Where it was promised](https://creativecommons.org/2019/03/13/" in text
    assert "0 briefs sent to third parties" in text
    assert labels(opened) == ["All promises"]
    back = await world.ben.click(latest(opened), label="All promises")
    assert "Right now" in read(back)
    none = await world.ben.slash(world.general, "promises", state="broken")
    assert "None stands there" in read(none)
    assert_nobody_is_pinged(world)


async def test_it_is_read_in_french(world: World, speak):
    speak("fr")
    text = read(await world.ben.slash(world.general, "promises"))
    assert "En ce moment : 4 ouvertes." in text
    assert "Recevoir les commentaires" in text
    assert "Take comments" not in text


async def test_staff_put_their_own_promise_in_other_words_and_in_french(
    world: World, sam: MemberActor, speak
):
    reference, card = await added(world, sam)
    form = await sam.click(latest(card), label="Edit the words")
    stale = await sam.click(latest(card), label="Edit the words")
    words = {
        "text": "Publish every reply, whole.",
        "text_fr": "Publier chaque réponse en entier.",
        "source": FORM["source"],
        "made_on": FORM["made_on"],
    }
    shown = read(await sam.submit_modal(form, words))
    assert "Publish every reply, whole." in shown
    assert "put in other words; before: Publish every" in shown
    late = await sam.submit_modal(stale, {**words, "text": "Something older."})
    assert "changed since you looked" in read(late)
    assert "Something older." in read(late)
    (shipped, *_) = await world.desk.promises.list_(world.guild.id)
    theirs = next(one.reference for one in shipped if one.reference != reference)
    refused = await sam.slash(world.staff_channel, "promise edit", ref=theirs)
    assert "config/promises.yaml" in read(refused)
    world.env.errors.clear()  # the simulator counts what a command refuses, too
    speak("fr")
    assert "Publier chaque réponse en entier." in read(
        await world.ben.slash(world.general, "promises")
    )


async def test_staff_add_show_and_keep_a_promise_and_members_see_no_names(
    world: World, sam: MemberActor
):
    reference, card = await added(world, sam)
    assert "Publish every \\*\\*reply\\*\\* we get." in read(card)
    assert labels(card) == [
        "Add what shows it",
        "Set the next day",
        "Edit the words",
        "All promises",
    ]
    early = await sam.select(latest(card), ["kept"])
    refused = await sam.submit_modal(early, {"note": "All of them"})
    assert "needs something that shows it" in read(refused)
    assert "All of them" in read(refused)
    form = await sam.click(latest(card), label="Add what shows it")
    wrong = await sam.submit_modal(form, {"text": "The reply", "link": "example.org"})
    assert "begins with https://" in read(wrong)
    form = await sam.slash(world.staff_channel, "promise evidence", ref=reference)
    shown = await sam.submit_modal(
        form, {"text": "Their reply", "link": "https://example.org/reply"}
    )
    assert "[Their reply](https://example.org/reply)" in read(shown)
    await sam.slash(
        world.staff_channel, "promise owner", ref=reference, office="Desk", person=world.hana
    )
    stale = await sam.submit_modal(await sam.select(latest(shown), ["kept"]), {"note": "Done"})
    assert "changed since you looked" in read(stale)
    form = await sam.slash(world.staff_channel, "promise state", ref=reference, state="kept")
    kept = await sam.submit_modal(form, {"note": "All are public."})
    assert f"{reference} · Kept" in read(kept)
    assert f"<@{world.hana.id}>" in read(kept)

    listed = await world.ben.slash(world.general, "promises", state="kept")
    opened = await world.ben.select(latest(listed), [reference])
    text = read(opened)
    assert "All are public." in text
    assert "Desk" in text
    assert "<@" not in text
    assert labels(opened) == ["All that happened", "All promises"]
    history = await world.ben.click(latest(opened), label="All that happened")
    assert "put on this list" in read(history)
    assert "<@" not in read(history)
    assert "Back to the promise" in labels(history)
    assert_nobody_is_pinged(world)


async def test_evidence_is_leafed_through_and_taken_back_by_staff_only(
    world: World, sam: MemberActor
):
    reference, _ = await added(world, sam)
    for number in range(12):
        await world.desk.promises.show(
            world.guild.id,
            reference,
            sam.id,
            f"Reply number {number}",
            "https://example.org/r",
            intake=f"e:{number}",
        )
    listed = await world.ben.slash(world.general, "promises")
    opened = await world.ben.select(latest(listed), [reference])
    assert "Reply number 11" in read(opened)
    assert "Reply number 3]" not in read(opened)
    every = await world.ben.click(latest(opened), label="All that shows it")
    assert "Page 1 of 2" in read(every)
    assert options(every) == []
    more = await world.ben.click(latest(every), label="Next")
    assert "Reply number 0" in read(more)

    listed = await sam.slash(world.staff_channel, "promises")
    opened = await sam.select(latest(listed), [reference])
    every = await sam.click(latest(opened), label="All that shows it")
    assert len(options(every)) == 10
    left = await sam.select(latest(every), [options(every)[0]["value"]])
    assert "Reply number 11" not in read(left)


async def test_it_is_late_for_everybody_once_its_day_has_passed_and_staff_hear_of_it_once(
    world: World, sam: MemberActor, clock: StandingClock
):
    reference, _ = await added(world, sam)
    clock.move(days=20)
    for _ in range(2):
        await world.desk.daily.look()
        await delivered(world)
        clock.move(days=1)
    await world.restart()
    await world.desk.daily.look()
    await delivered(world)
    notices = [read(one) for one in world.staff_channel.history() if "passed" in read(one)]
    assert len(notices) == 1
    assert f"{reference} (Liaisons), 2026-04-01: Publish every" in notices[0]
    listed = await world.ben.slash(world.general, "promises", state="late")
    assert "**Late**" in read(listed)
    past = await sam.slash(world.staff_channel, "promise due", ref=reference, day="2026-04-01")
    assert "today or later" in read(past)
    world.env.errors.clear()  # the simulator counts what a command refuses, too
    day = (clock.now.date() + timedelta(days=9)).isoformat()
    again = await sam.slash(world.staff_channel, "promise due", ref=reference, day=day)
    assert f"{reference} · On track" in read(again)


async def test_what_could_not_be_kept_is_handed_back(world: World, sam: MemberActor):
    opened = await sam.slash(world.staff_channel, "promise add")
    shown = await sam.submit_modal(opened, {**FORM, "due": "soon"})
    assert "A day is written as in" in read(shown)
    assert "Publish every **reply** we get." in read(shown)


async def test_answered_concerns_show_only_in_groups_that_point_at_nobody(world: World):
    promise = await world.desk.promises.add(
        world.guild.id,
        world.sam.id,
        Words("Answer who writes in.", "https://example.org/x", date(2026, 3, 1), "Staff"),
        due=date(2026, 5, 1),
        drawn=world.desk.promises.shipped[2].evidence,
        intake="x",
    )

    async def seen() -> str:
        listed = await world.ben.slash(world.general, "promises")
        return read(await world.ben.select(latest(listed), [promise.reference]))

    async def answer(consent: Consent) -> None:
        reference = await raised(world, consent=consent)
        await world.desk.triage.reply(
            world.guild.id, reference, world.sam.id, "An answer", intake=f"r:{reference}"
        )

    for _ in range(4):
        await answer(Consent.COUNT)
    await answer(Consent.NOTHING)
    assert "too few to tell" in await seen()
    await answer(Consent.QUOTE_UNNAMED)
    assert "At least 5 concerns answered" in await seen()
    await answer(Consent.COUNT)
    assert "At least 5 concerns answered" in await seen()


async def test_liaisons_may_too_and_members_may_not(world: World):
    role = world.guild.create_role("Liaisons")
    await world.desk.guilds.save(world.guild.id, roles={Capability.LIAISON: frozenset({role.id})})
    may_triage(world, role)
    lea = world.guild.add_member(world.env.create_user("lea"), roles=[role])
    reference, _ = await added(world, lea)
    offered = await lea.autocomplete(world.staff_channel, "promise due", "ref", reference[2:5])
    assert [one["value"] for one in offered] == [reference]
    lines, _ = await world.desk.promises.list_(world.guild.id, state=State.OPEN)
    assert len(lines) == 5
