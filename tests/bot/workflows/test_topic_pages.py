"""What a topic page gathers: only what everybody may know, and nobody who can be found by it."""

from dataclasses import replace

from bot.concerns.model import CloseReason, Consent, Draft, Kind, State
from bot.desk import Desk
from bot.topics.model import Page
from tests.bot.discussions.test_sessions import announced, planned

GUILD = 710_000_000_000_000_001
SAM = 720_000_000_000_000_005
PAGE = Page("Faces", "A list was published.", concerns="faces in  Datasets")


async def raised(desk: Desk, number: int, consent: Consent = Consent.COUNT) -> str:
    """Raise a concern that staff give the topic; return its reference."""
    receipt = await desk.concerns.raise_(
        guild_id=GUILD,
        reporter_id=100 + number,
        draft=Draft(Kind.DATASET, "It is mine", consent=consent),
        intake=f"topic:{number}",
    )
    await desk.triage.describe(GUILD, receipt.reference, SAM, topic="Faces in datasets", labels=[])
    return receipt.reference


async def told(desk: Desk) -> int | None:
    """Return how many are told."""
    gathered = await desk.topic_pages.of(GUILD, PAGE)
    assert gathered.counts
    return gathered.concerned


async def test_fewer_than_five_are_never_told_and_more_only_in_steps(whole_desk: Desk):
    desk = whole_desk
    references = [await raised(desk, number) for number in range(4)]
    await raised(desk, 4, Consent.NOTHING)
    assert await told(desk) is None
    references.append(await raised(desk, 5))
    assert await told(desk) == 5
    # Parts count with their whole, and nobody twice.
    await desk.triage.merge(GUILD, references[1], SAM, references[0])
    await desk.triage.describe(GUILD, references[1], SAM, topic="", labels=[])
    references.append(await raised(desk, 6))
    assert await told(desk) == 5
    for reference in references[2:4]:
        await desk.triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.ABUSIVE)
    assert await told(desk) is None
    nobody = await desk.topic_pages.of(GUILD, replace(PAGE, concerns=""))
    assert (nobody.counts, nobody.concerned) == (False, None)


async def test_only_sessions_and_entries_that_are_public_are_shown(whole_desk: Desk):
    desk = whole_desk
    secret, public = await planned(desk), await announced(desk, intake="interaction:2")
    entry = desk.knowledge.sections()[0].entries[0]
    page = replace(
        PAGE,
        entries=("no-such-entry", entry.id),
        sessions=(secret.reference, public.reference, "S-7K4Q-2M"),
    )
    gathered = await desk.topic_pages.of(GUILD, page)
    assert [one.reference for one in gathered.sessions] == [public.reference]
    assert gathered.entries == ((entry.id, entry.question),)
    unknown = await desk.topic_pages.unknown_links(GUILD, page.entries, page.sessions)
    assert unknown == ("no-such-entry", "S-7K4Q-2M")
