"""A brief on Discord, from first concern to publication, by liaison, signatory and staff."""

from dataclasses import replace
from typing import Any

import pytest
import simcord
from simcord.actors import MemberActor

from bot.concerns.briefs.document import Document, Said
from bot.concerns.briefs.model import State
from bot.concerns.briefs.suppression import Table
from bot.concerns.model import CloseReason, Consent, Draft, Kind
from bot.concerns.model import State as ConcernState
from bot.guilds.model import Capability
from bot.platform.access import NotAllowed
from bot.words import Words
from cogs.brief.show import files_card
from tests.cogs.conftest import (
    World,
    assert_nobody_is_pinged,
    labels,
    options,
    read,
    wire,
)
from tests.cogs.triage import delivered, may_triage, raised
from tests.conftest import ROOT, StandingClock

ENGLISH = dict(Words.load(ROOT / "config" / "locale").keys())

FORM = {
    "title": "Faces in a *dataset*",
    "to": "Example Corp",
    "ask": "Take out those that people ask you to.",
    "background": "",
    "days": "30",
}


@pytest.fixture
async def lea(world: World) -> MemberActor:
    """A liaison, who is not staff."""
    role = world.guild.create_role("Liaisons")
    await world.desk.guilds.save(world.guild.id, roles={Capability.LIAISON: frozenset({role.id})})
    may_triage(world, role, world.staff_role)
    return world.guild.add_member(world.env.create_user("lea"), roles=[role])


async def begin(world: World, lea: MemberActor) -> str:
    """Begin a brief as Lea; return its reference."""
    form = await lea.slash(world.staff_channel, "brief new")
    await lea.submit_modal(form, FORM)
    (line,), _ = await world.desk.briefs.list_(world.guild.id)
    return line.reference


async def five(world: World, *, quoted: str = "Write to ana@example.org about <@1>") -> str:
    """Raise five concerns, the last of which may be quoted by name; return its reference."""
    for who in range(1, 5):
        # A brief counts people, so each is somebody else's.
        await raised(world, consent=Consent.COUNT, who=who)
    return await raised(world, quoted, consent=Consent.QUOTE_NAMED)


def latest(shown: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the last message that somebody was shown."""
    found = shown.followups[-1] if shown.followups else shown.response
    assert found is not None
    return found


def attached(shown: simcord.InteractionResult) -> list[str]:
    """Return the names of the files under what somebody was shown."""
    return [
        inner["file"]["url"].rsplit("/", 1)[-1]
        for one in wire(shown)
        for inner in one.get("components") or []
        if inner["type"] == 13
    ]


async def test_a_brief_is_built_checked_passed_and_signed(world: World, lea: MemberActor) -> None:
    mine = await five(world)
    reference = await begin(world, lea)

    added = await lea.slash(world.staff_channel, "brief add", ref=reference)
    assert "5 concerns put in" in read(added.response)
    card = added.followups[-1]
    assert "### " + reference + " · Faces in a \\*dataset\\*" in read(card)
    assert labels(card) == ["Check consents", "Look at quotes", "Edit"]
    checked = await lea.click(card, label="Check consents")
    assert "**Consent checked**" in read(checked)
    assert "0 of them passed" in read(checked)

    quote = await world.sam.slash(world.staff_channel, "brief redact", ref=reference)
    text = read(quote)
    assert f"Quote 1 of 1 · {mine}" in text
    assert "Write to \\[e-mail address removed\\] about \\[mention removed\\]" in text
    assert "ana\\@example.org becomes" in text
    assert [one["label"] for one in options(quote)] == ["1. ana@example.org", "2. <@1>"]
    form = await world.sam.click(latest(quote), label="Hide more")
    more = await world.sam.submit_modal(form, {"words": "write"})
    assert "\\[removed\\] to" in read(more)
    stale = await world.sam.click(latest(quote), label="Pass")
    assert "it changed since you looked" in read(stale)
    passed = await world.sam.click(latest(more), label="Pass")
    assert "**Quotes passed**" in read(passed)
    assert "Files" not in labels(passed)

    first = await lea.slash(world.staff_channel, "brief sign", ref=reference)
    assert attached(first) == [f"{reference}.md"]
    assert "**What we ask of you**\nTake out those" in read(first)
    assert "1. \\[removed\\] to \\[e-mail address removed\\]" in read(first)
    assert "(somebody who is not named)" in read(first)
    once = await lea.click(latest(first), label="Sign this exact text")
    assert f"<@{lea.id}>" in read(once)
    assert "Somebody else must sign" in read(once)
    assert "Read and sign" not in labels(once)
    twice = await lea.slash(world.staff_channel, "brief sign", ref=reference)
    refused = await lea.click(latest(twice), label="Sign this exact text")
    assert "somebody else’s" in read(refused)
    second = await world.sam.click(latest(passed), label="Read and sign")
    signed = await world.sam.click(latest(second), label="Sign this exact text")
    assert "**Signed**" in read(signed)
    assert_nobody_is_pinged(world)


async def test_a_signed_brief_is_sent_replied_to_and_published(
    world: World, lea: MemberActor, clock: StandingClock
) -> None:
    await five(world)
    reference = await signed(world, lea)
    shown = await lea.slash(world.staff_channel, "brief show", ref=reference)
    files = await lea.click(latest(shown), label="Files")
    assert files.ephemeral
    assert attached(files) == [f"{reference}.{form}" for form in ("md", "html", "csv", "json")]

    assert labels(shown) == ["Look at quotes", "I have sent it", "Edit", "Files"]
    again = await lea.click(latest(shown), label="Look at quotes")
    assert "A person has passed this quote" in read(again)
    assert "Pass" not in labels(again)
    back = await lea.click(latest(again), label="Back to the brief")
    assert "**Signed**" in read(back)
    form = await lea.click(latest(back), label="I have sent it")
    sent = await lea.submit_modal(form, {"to": "privacy@example.com", "how": "e-mail"})
    await delivered(world)
    assert "Sent today, and no reply yet" in read(sent)
    assert "sent it: privacy\\@example.com, e-mail" in read(sent)
    told = [read(one) for one in world.ana.user.dm_channel.history()]
    assert sum("speaks for you too" in one for one in told) == 1

    early = await lea.slash(world.staff_channel, "brief publish", ref=reference)
    assert "From there it may go to: Replied, No reply." in read(early)
    clock.move(days=31)
    late = await lea.slash(world.staff_channel, "brief list", state="no_reply")
    assert reference in read(late)
    form = await lea.slash(world.staff_channel, "brief reply", ref=reference)
    replied = await lea.submit_modal(form, {"text": "We *will*."})
    assert "recorded a reply: We \\*will\\*." in read(replied)
    published = await lea.click(latest(replied), label="It is public now")
    assert "**Published**" in read(published)
    assert_nobody_is_pinged(world)
    assert world.env.errors


async def test_a_withdrawal_after_sending_is_shown_and_staff_hear_of_it(
    world: World, lea: MemberActor
) -> None:
    mine = await five(world)
    reference = await signed(world, lea)
    await world.desk.briefs.send(world.guild.id, reference, lea.id, to="them", how="letter")
    await world.desk.triage.move(
        world.guild.id, mine, world.sam.id, ConcernState.CLOSED, reason=CloseReason.WITHDRAWN
    )
    shown = await world.sam.slash(world.staff_channel, "brief show", ref=reference)
    await delivered(world)
    assert f"{mine}: withdrawn by its reporter" in read(shown)
    assert any(
        f"after brief {reference} was sent" in read(one).replace("\\", "")
        for one in world.staff_channel.history()
        if not one.flags.ephemeral
    )


async def signed(world: World, lea: MemberActor) -> str:
    """Sign a brief of all concerns, by way of the service; return its reference."""
    reference = await begin(world, lea)
    guild, briefs = world.guild.id, world.desk.briefs
    await lea.slash(world.staff_channel, "brief add", ref=reference)
    await briefs.check(guild, reference, lea.id)
    while (quote := await briefs.quote(guild, reference, lea.id)) is not None:
        await briefs.pass_(guild, reference, lea.id, quote.item.id, seen=quote.version)
    for who in (lea.id, world.sam.id):
        document = await briefs.document(guild, reference, who)
        await briefs.sign(guild, reference, who, document.hash())
    return reference


async def test_a_reporter_says_how_they_are_named(world: World, lea: MemberActor) -> None:
    await five(world, quoted="It was used")
    reference = await begin(world, lea)
    await lea.slash(world.staff_channel, "brief add", ref=reference)
    quote = await lea.slash(world.staff_channel, "brief redact", ref=reference)
    assert "unnamed until they do" in read(quote)
    asked = await lea.click(latest(quote), label="Ask for a name")
    assert "They are asked" in read(asked)
    await delivered(world)
    await world.restart()
    letter = next(
        one for one in world.ana.user.dm_channel.history() if "How do you want" in read(one)
    )
    form = await world.ana.user.click(letter, label="Say how I am named")
    done = await world.ana.user.submit_modal(form, {"name": "Ana *K*"})
    assert "you will be named as Ana \\*K\\*" in read(done)
    again = await lea.slash(world.staff_channel, "brief redact", ref=reference)
    assert "**Name**\nAna \\*K\\*" in read(again)


async def test_quotes_are_shortened_shown_again_or_counted_only(
    world: World, lea: MemberActor
) -> None:
    await five(world, quoted="One ana@example.org three")
    reference = await begin(world, lea)
    await lea.slash(world.staff_channel, "brief add", ref=reference)
    quote = await lea.slash(world.staff_channel, "brief redact", ref=reference)
    start = options(quote)[0]["value"]
    back = await lea.select(latest(quote), [start])
    assert "**As it will be read**\nOne ana\\@example.org three" in read(back)
    form = await lea.click(latest(back), label="Shorten")
    bad = await lea.submit_modal(form, {"text": "Two"})
    assert "shortened, not changed" in read(bad)
    assert "Two" in read(bad)
    form = await lea.click(latest(back), label="Shorten")
    cut = await lea.submit_modal(form, {"text": "[…] three"})
    assert "**As it will be read**\n\\[…\\] three" in read(cut)
    counted = await lea.click(latest(cut), label="Count only")
    assert "0 quoted" in read(counted)


async def test_who_may_do_what(world: World, lea: MemberActor) -> None:
    mine = await five(world)
    reference = await begin(world, lea)
    may_triage(world, world.helper_role)
    for who, commands in (
        (world.hana, ("list", "show", "redact", "sign", "publish")),
        (world.sam, ("new", "add", "send", "publish", "reply", "remove")),
    ):
        for command in commands:
            given: dict[str, Any] = {} if command in ("list", "new") else {"ref": reference}
            if command == "send":
                given |= {"to": "x", "how": "y"}
            if command == "remove":
                given |= {"concern": mine}
            refused = await who.slash(world.staff_channel, f"brief {command}", **given)
            assert read(refused).startswith("This is for "), command
            assert all(isinstance(one, NotAllowed) for one in world.env.errors)
    shown = await world.sam.slash(world.staff_channel, "brief show", ref=reference)
    assert labels(shown) == []
    assert [
        choice["value"]
        for choice in await lea.autocomplete(
            world.staff_channel, "brief show", "ref", reference[2:5]
        )
    ] == [reference]


async def test_what_is_typed_wrong_is_said_and_handed_back(world: World, lea: MemberActor) -> None:
    form = await lea.slash(world.staff_channel, "brief new")
    bad = await lea.submit_modal(form, {**FORM, "days": "two"})
    assert "a number from 1 to 365" in read(bad)
    assert "Faces in a *dataset*" in read(bad)
    reference = await begin(world, lea)
    day = await lea.slash(world.staff_channel, "brief add", ref=reference, since="yesterday")
    assert "2026-03-13" in read(day)
    assert "no brief’s reference" in read(
        await lea.slash(world.staff_channel, "brief show", ref="hello")
    )
    assert "no such brief" in read(
        await lea.slash(world.staff_channel, "brief show", ref="B-0000-00")
    )
    assert world.env.errors


async def test_consents_decide_and_those_who_want_it_are_asked_first(
    world: World, lea: MemberActor
) -> None:
    await raised(world, consent=Consent.NOTHING)
    ask = await raised(world, consent=Consent.CONTACT)
    for number in range(6):
        await world.desk.concerns.raise_(
            guild_id=world.guild.id,
            reporter_id=world.ben.id,
            draft=Draft(Kind.PRIVACY, "x", consent=Consent.COUNT),
            intake=f"consents:{number}",
        )
    reference = await begin(world, lea)
    added = await lea.slash(world.staff_channel, "brief add", ref=reference)
    said = read(added.response)
    assert "6 concerns put in" in said
    assert "1 left out" in said
    assert ask in said
    only = await lea.slash(world.staff_channel, "brief add", ref=reference, kind="child")
    assert "0 concerns put in" in read(only.response)


@pytest.mark.parametrize("state", State)
def test_every_state_and_event_has_its_words(state: State) -> None:
    assert {f"brief.state.{state}", f"brief.next.{state}"} <= ENGLISH.keys()


async def test_whoever_keeps_out_of_a_concern_leaves_its_quote_to_others(
    world: World, lea: MemberActor
) -> None:
    mine = await five(world)
    reference = await begin(world, lea)
    await lea.slash(world.staff_channel, "brief add", ref=reference)
    await world.desk.briefs.check(world.guild.id, reference, lea.id)
    seen = await world.sam.slash(world.staff_channel, "brief redact", ref=reference)
    assert mine in read(seen)
    await world.desk.triage.exclude(world.guild.id, mine, lea.id, world.sam.id)
    refused = await world.sam.click(latest(seen), label="Pass")
    assert "somebody else looks at its quote" in read(refused)
    nothing = await world.sam.slash(world.staff_channel, "brief redact", ref=reference)
    assert mine not in read(nothing)
    assert "**Consent checked**" in read(nothing)


def test_files_say_when_their_text_is_not_the_signed_one() -> None:
    t = Words.load(ROOT / "config" / "locale").english
    counts = Table(5, (("dataset", 5),))
    said = (Said(1, "Take it out", "dataset"),)
    whole = Document("B-1", "Us", "Them", "Faces", "Stop", "", 30, counts, said)
    erased = replace(whole, quotes=(replace(said[0], text=None),))
    other = replace(whole, ask="Go on")

    def body(document: Document, signed: str | None) -> str:
        return files_card(t, document, [], signed=signed).body

    assert "not for sending" in body(whole, None)
    assert body(whole, whole.hash()).startswith("For sending")
    assert whole.hash() in body(erased, whole.hash())
    assert body(erased, whole.hash()).startswith("**Not what was sent")
    assert body(other, whole.hash()).startswith("**Do not send this")
