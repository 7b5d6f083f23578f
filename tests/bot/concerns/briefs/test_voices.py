"""Whoever joined a concern is counted in briefs, once, by their own consent."""

import itertools
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.model import Consent, NotYet, Pick
from bot.concerns.briefs.personal import BriefsOfPeople
from bot.concerns.briefs.service import Briefs
from bot.concerns.finding.service import Finding
from bot.concerns.joining.personal import JoiningOfPeople
from bot.concerns.joining.service import Joining
from bot.concerns.merging import Casework
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import Randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.bot.concerns.briefs.conftest import GUILD, LEA, LEO, SAM, TEXT, pass_all
from tests.conftest import StandingClock

SAME = "My portrait is in a face dataset and nobody asked me"

_numbers = itertools.count(1)

Say = Callable[..., Awaitable[str]]


@pytest.fixture
def joining(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    audit: Audit,
    clock: StandingClock,
    randomness: Randomness,
    concerns: Concerns,
) -> Joining:
    """Joining, as the desk wires it."""
    likeness = Finding(store, people, vault, clock).likeness
    return Joining(
        store, outbox, people, vault, audit, clock, randomness, likeness, concerns, minutes=10
    )


@pytest.fixture
def said(concerns: Concerns, joining: Joining) -> Say:
    """Raise a concern, or join the one that is like it; return the reference."""

    async def say(
        who: int, consent: Consent = Consent.COUNT, what: str = SAME, *, own: bool = False
    ) -> str:
        draft = Draft(Kind.DATASET, what, consent=consent)
        act = f"{who}:{what}"
        if not own:
            offer = await joining.offers.offer(
                guild_id=GUILD, reporter_id=who, draft=draft, intake=act, receipt=b""
            )
            assert offer is not None
            voice = await joining.offers.join(
                guild_id=GUILD, user_id=who, offer_id=offer.id, receipt=b""
            )
            assert voice is not None
            return voice
        made = await concerns.raise_(guild_id=GUILD, reporter_id=who, draft=draft, intake=act)
        return made.reference

    return say


async def put(briefs: Briefs, *references: str) -> str:
    brief = await briefs.new(GUILD, LEA, TEXT, intake=f"new:{next(_numbers)}")
    await briefs.add(GUILD, brief.reference, LEA, Pick(references=references))
    return brief.reference


async def test_voices_count_each_person_once_and_by_their_own_consent(
    briefs: Briefs, joining: Joining, said: Say, outbox: Outbox
) -> None:
    first = await said(1, own=True)
    voices = [await said(who) for who in (2, 3, 4)]
    await said(5, Consent.NOTHING)
    other = await said(2, own=True, what="Something else altogether, about a license of a song")
    reference = await put(briefs, first, other)

    brief = await briefs.brief(GUILD, reference)
    assert brief.voices == 3
    with pytest.raises(NotYet) as refused:
        await briefs.check(GUILD, reference, LEA)
    assert refused.value.problem == "brief.not_yet.few"

    voices.append(await said(6))
    picked = await briefs.add(GUILD, reference, LEA, Pick(references=(first,)))
    assert (picked.added, picked.voices) == (0, 1)
    brief = await briefs.check(GUILD, reference, LEA)
    assert brief.counts.total == 5

    await joining.voices.withdraw(guild_id=GUILD, user_id=3, reference=voices[1])
    after = await briefs.brief(GUILD, reference)
    assert (after.voices, after.counts.total, after.state) == (3, None, "draft")


async def test_a_voice_that_goes_after_sending_is_recorded_and_erased_without_who(
    store: Store,
    outbox: Outbox,
    people: People,
    clock: StandingClock,
    briefs: Briefs,
    joining: Joining,
    said: Say,
) -> None:
    first = await said(1, own=True)
    voices = [await said(who) for who in (2, 3, 4, 5, 6)]
    reference = await put(briefs, first)
    await briefs.check(GUILD, reference, LEA)
    await pass_all(briefs, reference)
    for signer in (LEO, SAM):
        document = await briefs.document(GUILD, reference, signer)
        await briefs.sign(GUILD, reference, signer, document.hash())
    sent = await briefs.send(GUILD, reference, LEA, to="Example Corp", how="letter")
    assert sent.counts.total == 6
    told = []
    while parcels := await outbox.claim(100):
        told += [one.payload for one in parcels if one.kind == "concern.voice_news"]
        for one in parcels:
            await outbox.done(one)
    assert [one["voice"] for one in told] == voices
    assert {one["brief"] for one in told} == {reference}

    await joining.voices.withdraw(guild_id=GUILD, user_id=2, reference=voices[0])

    async def erase(session: AsyncSession) -> None:
        (known,) = await people.known(session, 3, GUILD)
        holder = BriefsOfPeople(briefs, people)
        exported = await holder.export(session, known.person)
        assert [one["brief"] for one in exported["counted_as_voice"]] == [reference]
        await JoiningOfPeople(outbox, people, clock).erase(session, known.person)
        await holder.erase(session, known.person)
        assert (await holder.export(session, known.person))["counted_as_voice"] == []

    await store.write(erase)
    after = await briefs.brief(GUILD, reference)
    assert (after.voices, after.counts.total) == (3, 6)
    assert [one.what for one in after.events].count("gone") == 2
    # The next one, for nearly the same people, may not tell its number.
    await said(7)
    again = await briefs.brief(GUILD, await put(briefs, first))
    assert (again.voices, again.counts.total) == (4, None)
    assert again.overlap.total == (reference,)


async def test_what_is_merged_counts_in_the_offer_and_comes_along_into_a_brief(
    briefs: Briefs, joining: Joining, said: Say, triage: Casework
) -> None:
    whole = await said(1, own=True)
    parts = [await said(who, own=True, what=f"{SAME}, number {who}") for who in (2, 3, 4)]
    for part in parts:
        await triage.merge(GUILD, part, SAM, whole)
    voice = await said(5)
    own = await joining.voices.own_one(GUILD, 5, voice)
    assert own.people == 5

    brief = await briefs.check(GUILD, await put(briefs, whole), LEA)
    assert brief.counts.total == 5
    assert {one.concern for one in brief.items} == {whole, *parts}
