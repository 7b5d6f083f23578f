"""Raising a concern, and seeing what became of it."""

import asyncio
from pathlib import Path

import pytest

from bot.concerns import effects
from bot.concerns.model import Consent, Draft, Kind, State
from bot.concerns.service import Concerns
from bot.concerns.triage import Triage
from bot.concerns.troubles import BadDraft, NoSuchConcern, TooMany
from bot.ids import Randomness, read_reference
from bot.store import Store, StoreUnavailable
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, ANA, BEN = 10_000_000_001, 20_000_000_002, 20_000_000_003
DRAFT = Draft(
    Kind.DATASET,
    "My portraits are in a face dataset.",
    "https://example.org/photo",
    "Please ask them to remove it.",
    Consent.COUNT,
)


async def _raise(concerns: Concerns, draft: Draft = DRAFT, *, by: int = ANA, act: str = "1") -> str:
    receipt = await concerns.raise_(
        guild_id=GUILD, reporter_id=by, draft=draft, intake=f"interaction:{act}"
    )
    return receipt.reference


async def test_a_raised_concern_has_a_reference_people_can_read_out(concerns: Concerns):
    reference = await _raise(concerns)
    assert read_reference(reference.lower().replace("-", " "), "C") == reference


async def test_staff_read_what_the_person_typed(concerns: Concerns, triage: Triage):
    case = await triage.case(GUILD, await _raise(concerns))
    assert (case.what, case.link, case.wish) == (DRAFT.what, DRAFT.link, DRAFT.wish)
    assert (case.kind, case.consent, case.state) == (Kind.DATASET, Consent.COUNT, State.RECEIVED)


async def test_the_same_interaction_five_times_at_once_and_after_a_restart_is_one_concern(
    concerns: Concerns,
    store: Store,
    people: People,
    vault: Vault,
    clock: StandingClock,
    randomness: Randomness,
    outbox: Outbox,
    triage: Triage,
):
    first = set(await asyncio.gather(*(_raise(concerns) for _ in range(5))))
    restarted = Concerns(store, outbox, people, vault, clock, randomness, per_hour=20)
    assert {await _raise(restarted)} == first
    assert (await triage.queue(GUILD)).total_open == 1


async def test_logged_means_card_and_receipt_are_on_their_way_too(
    concerns: Concerns, outbox: Outbox
):
    await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=DRAFT, intake="interaction:1", receipt=b"sealed"
    )
    parcels = await outbox.claim()
    assert {parcel.kind for parcel in parcels} == {effects.CARD, effects.RECEIPT}


async def test_the_outbox_carries_no_words_and_no_person(concerns: Concerns, outbox: Outbox):
    await _raise(concerns)
    carried = repr(await outbox.claim())
    assert "portraits" not in carried
    assert str(ANA) not in carried


@pytest.mark.sqlite
async def test_neither_words_nor_person_stand_in_the_database_file(
    concerns: Concerns, triage: Triage, store: Store, tmp_path: Path
):
    reference = await _raise(concerns)
    await triage.reply(GUILD, reference, BEN, "We will ask the owners.", intake="interaction:2")
    for raw in _raw_files(tmp_path):
        for canary in (b"portraits", b"example.org", b"the owners", b"%d" % ANA, b"%d" % BEN):
            assert canary not in raw, canary


def _raw_files(directory: Path) -> list[bytes]:
    return [file.read_bytes() for file in directory.glob("desk.db*")]


@pytest.mark.parametrize("what", ["", "   \n\t", "\u200b\u200d\ufeff", "\u202e\u2066"])
async def test_an_empty_concern_is_refused_kindly(concerns: Concerns, what: str):
    with pytest.raises(BadDraft) as refused:
        await _raise(concerns, Draft(Kind.OTHER, what))
    assert refused.value.problem == "concern.bad.empty"


@pytest.mark.parametrize(
    "what",
    [
        "x" * 4000,
        "صورتي في مجموعة بيانات",
        "Z̷̡͠a̴͜l̸g̵o̶",
        "😡😡😡",
        "@everyone <@&1> [x](javascript:alert(1)) ```",
        "half a pair: \ud83d",
        "null \x00 byte",
    ],
)
async def test_what_people_really_type_comes_back_as_typed(
    concerns: Concerns, triage: Triage, what: str
):
    assert (await triage.case(GUILD, await _raise(concerns, Draft(Kind.OTHER, what)))).what == what


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "example", "ftp://x", "https://" + "x" * 500]
)
async def test_a_link_that_is_none_is_refused_and_says_so(concerns: Concerns, link: str):
    with pytest.raises(BadDraft, match=r"concern\.bad\.link"):
        await _raise(concerns, Draft(Kind.OTHER, "see the link", link))


async def test_one_person_cannot_flood_the_desk_and_others_are_not_held_up(
    concerns: Concerns, clock: StandingClock
):
    for number in range(20):
        await _raise(concerns, act=f"flood:{number}")
    with pytest.raises(TooMany):
        await _raise(concerns, act="one too many")
    await _raise(concerns, by=BEN, act="another person")
    clock.move(hours=1, seconds=1)
    await _raise(concerns, act="an hour later")


async def test_a_person_sees_their_own_concerns_and_nobody_elses(concerns: Concerns):
    mine = await _raise(concerns)
    await _raise(concerns, by=BEN, act="2")
    assert [own.reference for own in await concerns.own([GUILD], ANA)] == [mine]
    assert await concerns.own([GUILD + 1], ANA) == ()
    assert (await concerns.own_one(GUILD, ANA, mine)).what == DRAFT.what
    for guild, person in ((GUILD, BEN), (GUILD + 1, ANA)):
        with pytest.raises(NoSuchConcern):
            await concerns.own_one(guild, person, mine)


async def test_a_person_leafs_through_their_own_concerns_newest_first(
    concerns: Concerns, clock: StandingClock
):
    raised = []
    for number in range(5):
        raised.append(await _raise(concerns, act=str(number)))
        clock.move(minutes=1)
    first = await concerns.own([GUILD], ANA, limit=3)
    rest = await concerns.own([GUILD], ANA, skip=3, limit=3)
    assert [own.reference for own in (*first, *rest)] == raised[::-1]
    assert await concerns.count([GUILD, GUILD + 1], ANA) == 5
    assert await concerns.count([GUILD + 1], ANA) == 0


async def test_guilds_never_see_each_other(concerns: Concerns, triage: Triage):
    reference = await _raise(concerns)
    assert (await triage.queue(GUILD + 1)).total_open == 0
    with pytest.raises(Exception, match=reference):
        await triage.case(GUILD + 1, reference)


async def test_when_the_database_is_gone_nothing_is_said_to_be_logged(
    concerns: Concerns, store: Store
):
    await store.close()
    with pytest.raises(StoreUnavailable):
        await _raise(concerns)
