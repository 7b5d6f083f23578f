"""What the ledger shows for promises by itself: what everybody may read, and nothing else."""

from datetime import date

from bot.concerns.briefs.model import Pick, Text
from bot.concerns.model import Consent, Draft, Kind
from bot.desk import Desk
from bot.knowledge.drafting import Typed
from bot.promises.model import Ledger
from tests.bot.workflows.test_editing import EVA, FINN, GUILD, OTHER, TYPED, ready
from tests.conftest import StandingClock

SINCE = date(2019, 3, 13)
TEXT = Text("Faces in a dataset", "Example Corp", "Take them out.", reply_days=10)


async def sent(desk: Desk) -> str:
    """Send a brief of five; return its reference."""
    for number in range(5):
        await desk.concerns.raise_(
            guild_id=GUILD,
            reporter_id=100 + number,
            draft=Draft(Kind.DATASET, "It is mine", consent=Consent.COUNT),
            intake=f"evidence:{number}",
        )
    reference = (await desk.briefs.new(GUILD, EVA, TEXT, intake="new")).reference
    await desk.briefs.add(GUILD, reference, EVA, Pick())
    await desk.briefs.check(GUILD, reference, EVA)
    for person in (EVA, FINN):
        document = await desk.briefs.document(GUILD, reference, person)
        await desk.briefs.sign(GUILD, reference, person, document.hash())
    await desk.briefs.send(GUILD, reference, EVA, to="them", how="by letter")
    return reference


async def test_a_brief_shows_without_its_recipient_until_it_is_public(
    whole_desk: Desk, clock: StandingClock
):
    desk = whole_desk
    reference = await sent(desk)
    (drawn,) = await desk.evidence.of(GUILD, [Ledger.BRIEFS], SINCE)
    assert (drawn.count, drawn.shows) == (1, True)
    assert [(one.what, one.name) for one in drawn.latest] == [("promises.drawn.sent", reference)]
    clock.move(days=11)
    await desk.briefs.publish(GUILD, reference, EVA)
    (drawn,) = await desk.evidence.of(GUILD, [Ledger.BRIEFS], SINCE)
    assert drawn.latest[0].name == f"{reference}, Faces in a dataset, Example Corp"
    (later,) = await desk.evidence.of(GUILD, [Ledger.BRIEFS], clock.now.date())
    (elsewhere,) = await desk.evidence.of(OTHER, [Ledger.BRIEFS], SINCE)
    assert not later.shows
    assert not elsewhere.shows


async def test_changes_to_the_faq_show_by_the_entrys_question(whole_desk: Desk):
    desk = whole_desk
    assert isinstance(TYPED, Typed)
    await desk.editing.publish(GUILD, await ready(desk), FINN)
    knowledge, concerns = await desk.evidence.of(GUILD, [Ledger.KNOWLEDGE, Ledger.CONCERNS], SINCE)
    assert (knowledge.count, knowledge.latest[0].name) == (1, TYPED.question)
    assert (concerns.count, concerns.shows) == (None, False)
