"""Staff among themselves: assigning, priority, topics, notes, keeping out, merging."""

import asyncio

import pytest

from bot.concerns import effects
from bot.concerns.changing import OwnConcerns
from bot.concerns.macros import BLANKS, MacroChanged, Macros, UnknownBlank
from bot.concerns.merging import Casework
from bot.concerns.model import Case, CloseReason, Draft, Kind, Priority, State, Told, Urgent
from bot.concerns.personal import ConcernsOfPeople
from bot.concerns.troubles import BadDraft, ChangedMeanwhile, Excluded, IsMerged
from bot.ids import Randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox, Parcel
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, ANA, BEN, SAM, SUE = (
    10_000_000_001,
    20_000_000_002,
    20_000_000_003,
    30_000_000_003,
    30_000_000_004,
)


@pytest.fixture
def own(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    clock: StandingClock,
    randomness: Randomness,
) -> OwnConcerns:
    """The ledger as reporters use it."""
    return OwnConcerns(store, outbox, people, vault, clock, randomness, per_hour=20)


async def _raised(
    own: OwnConcerns, what: str = "x", *, by: int = ANA, kind: Kind = Kind.PRIVACY
) -> str:
    receipt = await own.raise_(
        guild_id=GUILD, reporter_id=by, draft=Draft(kind, what), intake=f"test:{by}:{what}"
    )
    return receipt.reference


async def _sent(outbox: Outbox) -> list[Parcel]:
    found = []
    while parcels := await outbox.claim():
        for parcel in parcels:
            await outbox.done(parcel)
            found.append(parcel)
    return found


async def _audited(store: Store, audit: Audit) -> list[str]:
    async def work(session):
        return [entry.what async for entry in audit.entries(session, GUILD)]

    return await store.read(work)


async def test_a_case_is_given_to_somebody_who_is_told_and_so_is_who_had_it(
    own: OwnConcerns, triage: Casework, outbox: Outbox, store: Store, audit: Audit
):
    reference = await _raised(own)
    await triage.assign(GUILD, reference, SAM, SUE, note="They write French.", intake="i:1")
    case = await triage.assign(GUILD, reference, SAM, SAM)

    assert case.claimed_by == SAM
    assert case.state is State.WORKING
    assert [(note.text, note.by) for note in case.notes] == [("They write French.", SAM)]
    assigned = [event for event in case.events if event.what == "assigned"]
    assert [event.whom for event in assigned] == [SUE, SAM]
    told = [one for one in await _sent(outbox) if one.kind == effects.ASSIGNED]
    assert [(one.payload["away"], one.payload["note"]) for one in told] == [
        (False, True),
        (True, False),
    ]
    assert await triage.person(GUILD, told[0].payload["person"]) == SUE
    assert "concern.assigned" in await _audited(store, audit)


async def test_of_two_who_arrange_the_same_case_the_second_hears_who_was_first(
    own: OwnConcerns, triage: Casework
):
    reference = await _raised(own)
    seen = len((await triage.case(GUILD, reference)).events)
    results = await asyncio.gather(
        triage.assign(GUILD, reference, SAM, SUE, seen=seen),
        triage.prioritize(GUILD, reference, SUE, Priority.HIGH, seen=seen),
        return_exceptions=True,
    )
    (lost,) = [one for one in results if isinstance(one, ChangedMeanwhile)]
    assert len([one for one in results if isinstance(one, Case)]) == 1
    assert lost.by in (SAM, SUE)


async def test_what_is_urgent_comes_first_and_alerts_staff_once_each_time(
    own: OwnConcerns, triage: Casework, outbox: Outbox
):
    old = await _raised(own, "old")
    high = await _raised(own, "high")
    danger = await _raised(own, "danger", kind=Kind.DANGER)
    await triage.prioritize(GUILD, high, SAM, Priority.HIGH)
    assert [one.reference for one in (await triage.queue(GUILD)).summaries] == [danger, high, old]
    assert (await triage.case(GUILD, danger)).urgent is Urgent.DANGER
    alerts = [one.payload for one in await _sent(outbox) if one.kind == effects.ALERT]
    assert alerts == [{"reference": danger}]

    for to in (Priority.URGENT, Priority.URGENT, Priority.NORMAL, Priority.URGENT):
        case = await triage.prioritize(GUILD, old, SAM, to)
    assert case.urgent is Urgent.STAFF
    alerts = [one.payload for one in await _sent(outbox) if one.kind == effects.ALERT]
    assert alerts == [{"reference": old}] * 2


async def test_topics_and_labels_are_kept_alike_and_go_with_the_words(
    own: OwnConcerns, triage: Casework, store: Store, outbox: Outbox, people: People, clock
):
    first, second = await _raised(own, "a"), await _raised(own, "b", by=BEN)
    await triage.describe(GUILD, first, SAM, topic="Faces in  sets", labels=["Ask IBM", "ask ibm"])
    case = await triage.describe(GUILD, second, SAM, topic="FACES in sets", labels=["later"])
    assert case.topic == "Faces in sets"
    assert (await triage.case(GUILD, first)).labels == ("ask ibm",)
    assert await triage.topics(GUILD, "faces") == ["Faces in sets"]
    assert await triage.labels(GUILD) == ["ask ibm", "later"]
    with pytest.raises(BadDraft, match="labels"):
        await triage.describe(GUILD, first, SAM, topic="", labels=["x" * 31])

    await triage.note(GUILD, first, SUE, "Between us.", intake="n:1")
    await triage.note(GUILD, first, SUE, "Between us.", intake="n:1")
    assert len((await triage.case(GUILD, first)).notes) == 1
    holder = ConcernsOfPeople(outbox, people, clock)

    async def erase(session):
        await holder.erase(session, await people.find(session, GUILD, ANA))

    await store.write(erase)
    case = await triage.case(GUILD, first)
    assert (case.topic, case.labels, [note.text for note in case.notes]) == ("", (), [""])
    with pytest.raises(BadDraft, match="erased"):
        await triage.note(GUILD, first, SUE, "Too late.", intake="n:2")


async def test_who_keeps_out_sees_and_does_nothing_until_an_admin_lets_them(
    own: OwnConcerns, triage: Casework, store: Store, audit: Audit
):
    reference = await _raised(own)
    await triage.claim(GUILD, reference, SUE)
    await triage.exclude(GUILD, reference, SAM, SUE)

    case = await triage.case(GUILD, reference, by=SAM)
    assert (case.excluded, case.claimed_by) == ((SUE,), None)
    assert not await triage.sees(GUILD, reference, SUE)
    for act in (
        triage.case(GUILD, reference, by=SUE),
        triage.open(GUILD, reference, SUE),
        triage.claim(GUILD, reference, SUE),
        triage.reply(GUILD, reference, SUE, "Hello.", intake="i:1"),
        triage.move(GUILD, reference, SUE, State.ANSWERED),
        triage.note(GUILD, reference, SUE, "Hm.", intake="i:2"),
        triage.include(GUILD, reference, SUE, SUE),
    ):
        with pytest.raises(Excluded):
            await act
    with pytest.raises(BadDraft, match="keep_out"):
        await triage.assign(GUILD, reference, SAM, SUE)
    await triage.include(GUILD, reference, SAM, SUE)
    assert (await triage.open(GUILD, reference, SUE)).excluded == ()
    assert {"concern.excluded", "concern.included"} <= set(await _audited(store, audit))


async def _merged(own: OwnConcerns, triage: Casework) -> tuple[str, str]:
    whole = await _raised(own, "the first", by=ANA)
    part = await _raised(own, "the same", by=BEN, kind=Kind.CHILD)
    await triage.claim(GUILD, part, SUE)
    await triage.merge(GUILD, part, SAM, whole)
    return whole, part


async def test_merged_concerns_share_replies_and_keep_their_reporters_apart(
    own: OwnConcerns, triage: Casework, outbox: Outbox
):
    whole, part = await _merged(own, triage)
    case = await triage.case(GUILD, whole)
    assert (case.parts, case.priority) == ((part,), Priority.URGENT)
    assert [one.reference for one in (await triage.queue(GUILD)).summaries] == [whole]
    for reference in (whole, part):
        told = (await triage.case(GUILD, reference)).news
        assert [one.what for one in told if one.what is Told.MERGED] == [Told.MERGED]
    with pytest.raises(IsMerged) as refused:
        await triage.claim(GUILD, part, SAM)
    assert refused.value.into == whole

    await triage.reply(GUILD, whole, SAM, "Which photo?", intake="i:1", then=State.WAITING)
    letters = [one for one in await _sent(outbox) if one.kind == effects.LETTER]
    assert sorted(one.payload["reference"] for one in letters) == sorted([whole, part])
    for user_id, reference in ((ANA, whole), (BEN, part)):
        (mine,) = await own.own([GUILD], user_id)
        assert (mine.reference, [one.text for one in mine.letters]) == (reference, ["Which photo?"])

    await own.add(guild_id=GUILD, user_id=BEN, reference=part, text="This one.", intake="w:1")
    case = await triage.case(GUILD, whole)
    assert case.state is State.WORKING
    assert [(one.text, one.of) for one in case.letters][-1] == ("This one.", part)
    assert [one.text for one in (await own.own([GUILD], ANA))[0].letters] == ["Which photo?"]

    await triage.move(GUILD, whole, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    for reference in (whole, part):
        told = (await triage.case(GUILD, reference)).news
        assert [one.what for one in told if one.what is Told.CLOSED] == [Told.CLOSED]
    assert (await own.own([GUILD], BEN))[0].close_reason is CloseReason.RESOLVED
    await triage.move(GUILD, whole, SAM, State.REOPENED)
    assert (await triage.case(GUILD, part)).state is State.MERGED


async def test_splitting_puts_a_concern_back_where_it_stood(own: OwnConcerns, triage: Casework):
    whole, part = await _merged(own, triage)
    other = await _raised(own, "a third", by=BEN)
    await triage.merge(GUILD, other, SAM, part)
    assert set((await triage.case(GUILD, whole)).parts) == {part, other}

    case = await triage.split(GUILD, part, SAM)

    assert (case.state, case.claimed_by, case.merged_into) == (State.WORKING, SUE, "")
    assert (await triage.case(GUILD, whole)).priority is Priority.NORMAL
    assert (await triage.case(GUILD, other)).merged_into == whole
    with pytest.raises(BadDraft, match="no_part"):
        await triage.split(GUILD, part, SAM)
    with pytest.raises(BadDraft, match="one_already"):
        await triage.merge(GUILD, whole, SAM, other)
    with pytest.raises(BadDraft, match="one_already"):
        await triage.merge(GUILD, part, SAM, part)


async def test_of_two_who_merge_crosswise_only_one_succeeds(own: OwnConcerns, triage: Casework):
    one, two = await _raised(own, "one"), await _raised(own, "two", by=BEN)
    results = await asyncio.gather(
        triage.merge(GUILD, one, SAM, two),
        triage.merge(GUILD, two, SUE, one),
        return_exceptions=True,
    )
    assert len([each for each in results if isinstance(each, Case)]) == 1
    assert len([each for each in results if isinstance(each, (BadDraft, IsMerged))]) == 1


async def test_who_takes_the_whole_back_takes_nobody_else_s_concern_with_them(
    own: OwnConcerns, triage: Casework
):
    whole, part = await _merged(own, triage)
    await own.withdraw(guild_id=GUILD, user_id=ANA, reference=whole, intake="w:1")
    case = await triage.case(GUILD, part)
    assert (case.state, case.claimed_by, case.merged_into) == (State.WORKING, SUE, "")
    with pytest.raises(BadDraft, match="taken_back"):
        await triage.merge(GUILD, whole, SAM, part)


async def test_a_part_that_is_taken_back_leaves_the_whole_alone(own: OwnConcerns, triage: Casework):
    whole, part = await _merged(own, triage)
    await own.withdraw(guild_id=GUILD, user_id=BEN, reference=part, intake="w:1")
    case = await triage.case(GUILD, whole)
    assert (case.parts, case.state, case.priority) == ((), State.RECEIVED, Priority.NORMAL)
    await own.reopen(guild_id=GUILD, user_id=BEN, reference=part, intake="w:2")
    assert (await triage.case(GUILD, part)).state is State.REOPENED


async def test_who_keeps_out_of_a_part_keeps_out_of_the_whole_until_it_is_split(
    own: OwnConcerns, triage: Casework
):
    whole, part = await _raised(own, "one"), await _raised(own, "two", by=BEN)
    await triage.exclude(GUILD, part, SAM, SUE)
    await triage.merge(GUILD, part, SAM, whole)
    with pytest.raises(Excluded):
        await triage.open(GUILD, whole, SUE)
    await triage.split(GUILD, part, SAM)
    await triage.open(GUILD, whole, SUE)
    with pytest.raises(Excluded):
        await triage.open(GUILD, part, SUE)


async def test_macros_are_checked_filled_in_and_never_overwritten_unseen(
    store: Store, people: People, audit: Audit, clock: StandingClock
):
    macros = Macros(store, people, audit, clock)
    with pytest.raises(UnknownBlank) as refused:
        await macros.add(GUILD, SAM, "Hello", "Dear {name}, …")
    assert refused.value.blank == "name"
    every = " ".join(f"{{{blank}}}" for blank in BLANKS)
    made = await macros.add(GUILD, SAM, "Hello", f"{{ reference }}: {every} {{")
    assert made.filled({"reference": "C-1", "kind": "k"}).startswith("C-1: C-1 k {topic}")
    with pytest.raises(BadDraft, match="taken"):
        await macros.add(GUILD, SAM, "hello", "Again")
    await macros.edit(GUILD, SUE, made.id, "Hello", "New", seen=made.version)
    with pytest.raises(MacroChanged):
        await macros.remove(GUILD, SAM, made.id, seen=made.version)
    await macros.remove(GUILD, SAM, made.id, seen=made.version + 1)
    assert await macros.all(GUILD) == ()
    assert await macros.get(GUILD + 1, made.id) is None
