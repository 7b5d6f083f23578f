"""People join what others raised instead of repeating it; nothing that was typed is ever lost."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.concerns.changing import OwnConcerns
from bot.concerns.finding.service import Finding
from bot.concerns.joining.model import NoSuchOffer, NoSuchVoice, Offer
from bot.concerns.joining.personal import JoiningOfPeople
from bot.concerns.joining.service import Joining
from bot.concerns.merging import Casework
from bot.concerns.model import CloseReason, Consent, Draft, Kind, State, Told
from bot.concerns.news import NewsDesk
from bot.concerns.troubles import TooMany
from bot.ids import Randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, ANA, BEN, CLEO, DORA, SAM = 11, 1, 2, 3, 4, 9
RAISED = "My portrait is in a face dataset and nobody asked me"
SAME = "I found my portrait in a face dataset, nobody ever asked me about it"


@dataclass
class Ledger:
    """The ledger with joining, as the desk wires it."""

    store: Store
    outbox: Outbox
    people: People
    concerns: OwnConcerns
    joining: Joining
    triage: Casework
    clock: StandingClock

    async def raised(self, who: int = ANA, what: str = RAISED, **chosen) -> str:
        draft = Draft(chosen.pop("kind", Kind.DATASET), what, **{"consent": Consent.COUNT} | chosen)
        act = f"{who}:{what}:{chosen}"
        made = await self.concerns.raise_(guild_id=GUILD, reporter_id=who, draft=draft, intake=act)
        return made.reference

    async def offered(
        self, who: int = BEN, what: str = SAME, *, act: str = "", **chosen
    ) -> Offer | None:
        draft = Draft(chosen.pop("kind", Kind.DATASET), what, **{"consent": Consent.COUNT} | chosen)
        return await self.joining.offers.offer(
            guild_id=GUILD,
            reporter_id=who,
            draft=draft,
            intake=act or f"{who}:{what}",
            receipt=b"sealed address",
        )

    async def joined(self, who: int = BEN, **chosen) -> str:
        offer = await self.offered(who, **chosen)
        assert offer is not None
        reference = await self.joining.offers.join(
            guild_id=GUILD, user_id=who, offer_id=offer.id, receipt=b"address"
        )
        assert reference is not None
        return reference

    async def posted(self, kind: str) -> list[dict[str, str]]:
        found = []
        while parcels := await self.outbox.claim(100):
            found += [one.payload for one in parcels if one.kind == kind]
            for one in parcels:
                await self.outbox.done(one)
        return found


@pytest.fixture
def ledger(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    audit: Audit,
    triage: Casework,
    clock: StandingClock,
    randomness: Randomness,
) -> Ledger:
    """The ledger."""
    concerns = OwnConcerns(store, outbox, people, vault, clock, randomness, per_hour=20)
    likeness = Finding(store, people, vault, clock).likeness
    joining = Joining(
        store,
        outbox,
        people,
        vault,
        audit,
        clock,
        randomness,
        likeness,
        concerns,
        minutes=10,
    )
    return Ledger(store, outbox, people, concerns, joining, triage, clock)


async def test_what_others_raised_is_offered_without_a_word_of_theirs(ledger: Ledger):
    await ledger.raised()

    offer = await ledger.offered()

    assert offer is not None
    assert (offer.kind, offer.topic, offer.people) == (Kind.DATASET, "", None)
    assert "portrait" not in str(offer)
    assert await ledger.concerns.own([GUILD], BEN) == ()


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"consent": Consent.NOTHING}, {}),
        ({"consent": Consent.CONTACT}, {}),
        ({"kind": Kind.PRIVACY}, {}),
        ({"kind": Kind.CHILD}, {"kind": Kind.CHILD}),
        ({}, {"what": "My face"}),
        ({}, {"what": "Photos of my cat are in a face book, is that a problem"}),
        ({"what": "My drawing style is copied by a picture generator"}, {}),
    ],
)
async def test_what_is_not_surely_the_same_or_not_to_be_told_is_never_offered(
    ledger: Ledger, mine: dict, theirs: dict
):
    await ledger.raised(**mine)

    assert await ledger.offered(**theirs) is None


async def test_ones_own_a_closed_one_and_another_servers_are_not_offered(ledger: Ledger):
    reference = await ledger.raised()
    assert await ledger.offered(ANA) is None
    await ledger.triage.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    assert await ledger.offered() is None
    offer = await ledger.joining.offers.offer(
        guild_id=GUILD + 1,
        reporter_id=BEN,
        draft=Draft(Kind.DATASET, SAME),
        intake="elsewhere",
        receipt=b"",
    )
    assert offer is None


async def test_a_voice_is_counted_and_keeps_its_own_words_and_consent(ledger: Ledger):
    reference = await ledger.raised()

    voice = await ledger.joined(consent=Consent.QUOTE_UNNAMED)

    assert voice.startswith("V-")
    (own,) = await ledger.joining.voices.own([GUILD], BEN)
    assert (own.reference, own.what, own.consent) == (voice, SAME, Consent.QUOTE_UNNAMED)
    assert (own.state, own.withdrawn, own.people) == (State.RECEIVED, False, None)
    case = await ledger.triage.case(GUILD, reference)
    assert case.voices == 1
    assert case.what == RAISED
    (note,) = await ledger.joining.voices.notes(GUILD, reference, SAM)
    assert (note.what, note.consent) == (SAME, Consent.QUOTE_UNNAMED)
    assert await ledger.joining.voices.own([GUILD], ANA) == ()
    assert await ledger.posted("concern.joined") == [{"voice": voice}]
    with pytest.raises(NoSuchVoice):
        await ledger.joining.voices.own_one(GUILD, ANA, voice)


async def test_from_five_people_on_their_number_is_told(ledger: Ledger):
    await ledger.raised()
    for who in range(20, 24):
        await ledger.joined(who)

    offer = await ledger.offered()

    assert offer is not None
    assert offer.people == 5


async def test_who_says_nothing_has_it_logged_after_ten_minutes_even_after_a_restart(
    ledger: Ledger,
):
    await ledger.raised()
    await ledger.offered(wish="Take it out")
    ledger.clock.move(minutes=9)
    assert await ledger.joining.offers.look() == 0

    ledger.clock.move(minutes=1)
    done = await asyncio.gather(*(ledger.joining.offers.look() for _ in range(3)))

    assert sum(done) == 1
    (mine,) = await ledger.concerns.own([GUILD], BEN)
    assert (mine.what, mine.wish, mine.consent) == (SAME, "Take it out", Consent.COUNT)
    assert [one["reference"] for one in await ledger.posted("concern.receipt")] == [mine.reference]
    assert await ledger.offered() is None, "delivered again, it is the concern it became"


async def test_logging_mine_as_well_is_one_act_however_often_it_comes(ledger: Ledger):
    await ledger.raised()
    offer = await ledger.offered()
    again = await ledger.offered()
    assert offer == again

    async def log():
        return await ledger.joining.offers.log(
            guild_id=GUILD, user_id=BEN, offer_id=offer.id, receipt=b"address"
        )

    done = await asyncio.gather(log(), log(), return_exceptions=True)

    assert sorted(type(one).__name__ for one in done) == ["NoSuchOffer", "Receipt"]
    assert len(await ledger.concerns.own([GUILD], BEN)) == 1


async def test_somebody_elses_offer_is_nobodys_business(ledger: Ledger):
    await ledger.raised()
    offer = await ledger.offered()

    for act in (ledger.joining.offers.join, ledger.joining.offers.log):
        with pytest.raises(NoSuchOffer):
            await act(guild_id=GUILD, user_id=CLEO, offer_id=offer.id, receipt=b"")
    assert await ledger.concerns.own([GUILD], CLEO) == ()


async def test_what_can_no_longer_be_joined_is_logged_instead(ledger: Ledger):
    reference = await ledger.raised()
    offer = await ledger.offered()
    await ledger.concerns.withdraw(
        guild_id=GUILD, user_id=ANA, reference=reference, intake="withdraw"
    )

    joined = await ledger.joining.offers.join(
        guild_id=GUILD, user_id=BEN, offer_id=offer.id, receipt=b"address"
    )

    assert joined is None
    (mine,) = await ledger.concerns.own([GUILD], BEN)
    assert mine.what == SAME


async def test_a_withdrawn_voice_no_longer_counts_and_allows_nothing(ledger: Ledger):
    reference = await ledger.raised()
    voice = await ledger.joined()

    taken = await ledger.joining.voices.withdraw(guild_id=GUILD, user_id=BEN, reference=voice)

    assert (taken.withdrawn, taken.consent) == (True, Consent.NOTHING)
    assert (await ledger.triage.case(GUILD, reference)).voices == 0
    with pytest.raises(NoSuchVoice):
        await ledger.joining.voices.allow(
            guild_id=GUILD, user_id=BEN, reference=voice, consent=Consent.COUNT
        )


async def test_voices_are_told_what_becomes_of_it_and_can_go_their_own_way(ledger: Ledger):
    reference = await ledger.raised()
    voice, other = await ledger.joined(BEN), await ledger.joined(CLEO)
    await ledger.joining.voices.withdraw(guild_id=GUILD, user_id=CLEO, reference=other)

    await ledger.triage.reply(GUILD, reference, SAM, "We wrote to them", intake="reply")
    await ledger.concerns.withdraw(guild_id=GUILD, user_id=ANA, reference=reference, intake="w")

    told = await ledger.posted("concern.voice_news")
    assert told == [{"voice": voice, "state": "answered"}, {"voice": voice, "state": "closed"}]
    made = await ledger.joining.voices.raise_own(guild_id=GUILD, user_id=BEN, reference=voice)
    (mine,) = await ledger.concerns.own([GUILD], BEN)
    assert (mine.reference, mine.what) == (made.reference, SAME)
    assert (await ledger.joining.voices.own_one(GUILD, BEN, voice)).withdrawn


async def test_offers_count_towards_the_hourly_limit(ledger: Ledger):
    await ledger.raised()
    for number in range(20):
        await ledger.raised(BEN, f"number {number}")

    with pytest.raises(TooMany):
        await ledger.offered()


async def test_erasing_takes_voices_and_offers_and_leaves_the_concern(ledger: Ledger):
    reference = await ledger.raised()
    await ledger.joined()
    await ledger.offered(BEN, SAME + " at all", act="second")
    holder = JoiningOfPeople(ledger.outbox, ledger.people, ledger.clock)

    async def work(session):
        (known,) = await ledger.people.known(session, BEN, GUILD)
        exported = await holder.export(session, known.person)
        await holder.erase(session, known.person)
        return exported

    exported = await ledger.store.write(work)

    assert exported["voices"][0]["what"] == SAME
    case = await ledger.triage.case(GUILD, reference)
    assert (case.voices, case.what) == (0, RAISED)
    assert await ledger.joining.voices.own([GUILD], BEN) == ()
    ledger.clock.move(minutes=20)
    assert await ledger.joining.offers.look() == 0


async def test_voices_hear_once_what_becomes_of_the_whole_unless_they_would_not(ledger: Ledger):
    part = await ledger.raised()
    voice, deaf = await ledger.joined(BEN), await ledger.joined(CLEO)
    whole = await ledger.concerns.raise_(
        guild_id=GUILD, reporter_id=DORA, draft=Draft(Kind.OTHER, "Else"), intake="test:whole"
    )
    triage = ledger.triage
    await triage.merge(GUILD, part, SAM, whole.reference)
    news = NewsDesk(ledger.store, ledger.outbox, ledger.people, ledger.clock)
    await news.choose([GUILD], CLEO, [Told.READ])

    await triage.reply(GUILD, whole.reference, SAM, "We wrote to them", intake="reply")
    mine = await ledger.joining.voices.own_one(GUILD, BEN, voice)
    await triage.move(GUILD, whole.reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)

    told = await ledger.posted("concern.voice_news")
    assert told == [{"voice": voice, "state": "answered"}, {"voice": voice, "state": "closed"}]
    assert mine.state is State.ANSWERED
    assert (await ledger.joining.voices.own_one(GUILD, CLEO, deaf)).state is State.CLOSED


async def test_who_raised_a_part_and_joined_the_whole_is_told_once(ledger: Ledger):
    whole = await ledger.raised()
    await ledger.joined(BEN)
    part = await ledger.raised(BEN, "The crop of it is in another list as well", kind=Kind.OTHER)
    await ledger.triage.merge(GUILD, part, SAM, whole)
    await ledger.triage.claim(GUILD, whole, SAM)
    await ledger.concerns.add(
        guild_id=GUILD, user_id=BEN, reference=part, text="And here is its name", intake="more"
    )
    await ledger.triage.move(GUILD, whole, SAM, State.CLOSED, reason=CloseReason.RESOLVED)

    posted = []
    while parcels := await ledger.outbox.claim(100):
        posted += parcels
        for one in parcels:
            await ledger.outbox.done(one)
    assert "concern.voice_news" not in {one.kind for one in posted}
    assert [one.payload["reference"] for one in posted if one.kind == "concern.heard"] == [whole]
    (closed,) = [one for one in await ledger.concerns.own([GUILD], BEN) if one.reference == part]
    assert [one.what for one in closed.news][-1] is Told.CLOSED
