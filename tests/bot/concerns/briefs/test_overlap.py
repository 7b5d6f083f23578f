"""Two briefs about nearly the same people: what the second may not tell, whenever it was signed."""

from bot.concerns.briefs.model import Pick, State
from bot.concerns.briefs.service import Briefs
from bot.concerns.model import Consent, Kind
from tests.bot.concerns.briefs.conftest import (
    GUILD,
    LEA,
    LEO,
    Raise,
    begun,
    sent,
    signed,
)


async def test_a_group_that_few_joined_since_the_last_brief_is_not_told_again(
    briefs: Briefs, raised: Raise
):
    await raised(*(Consent.COUNT,) * 6)
    await raised(*(Consent.COUNT,) * 5, kind=Kind.ETHICS)
    first = await sent(briefs)
    assert dict(first.counts.groups) == {"dataset": 6, "ethics": 5}
    await raised(*(Consent.QUOTE_UNNAMED,) * 2)

    brief = await begun(briefs)

    assert dict(brief.counts.groups) == {"dataset": None, "ethics": 5}
    assert brief.counts.total is None
    assert brief.overlap.kinds == {"dataset": (first.reference,)}
    # The quotes tell nothing: the group is known to be a large one.
    await briefs.check(GUILD, brief.reference, LEA)
    # With five more, the difference is a group that may be told.
    await raised(*(Consent.COUNT,) * 3)
    await briefs.add(GUILD, brief.reference, LEA, Pick())
    more = await briefs.brief(GUILD, brief.reference)
    assert dict(more.counts.groups) == {"dataset": 11, "ethics": 5}
    assert not more.overlap


async def test_signatures_are_void_once_an_overlapping_brief_was_sent_first(
    briefs: Briefs, raised: Raise
):
    await raised(*(Consent.COUNT,) * 6)
    early = await signed(briefs)
    await raised(Consent.COUNT)
    late = await signed(briefs)
    half = await signed(briefs, LEA)
    assert (late.state, half.state) == (State.SIGNED, State.REVIEWED)

    await briefs.send(GUILD, early.reference, LEA, to="privacy@example.com", how="by e-mail")

    assert await briefs.settle_all() == 2
    for one in (late, half):
        now = await briefs.brief(GUILD, one.reference)
        assert (now.state, now.signatures) == (State.REVIEWED, ())
        assert dict(now.counts.groups) == {"dataset": None}
        assert "recounted" in [event.what for event in now.events]
    assert await briefs.settle_all() == 0
    document = await briefs.document(GUILD, late.reference, LEO)
    await briefs.sign(GUILD, late.reference, LEO, document.hash())
    again = await briefs.sign(GUILD, late.reference, LEA, document.hash())
    assert again.state is State.SIGNED
