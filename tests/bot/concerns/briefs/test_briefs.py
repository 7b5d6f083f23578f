"""A brief says only what people allowed, as two people signed it, and remembers what followed."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.model import (
    MOVES,
    BadBrief,
    Brief,
    ChangedMeanwhile,
    Gone,
    How,
    NoSuchBrief,
    NotAllowedMove,
    NotYet,
    Pick,
    SignedAlready,
    State,
    Text,
)
from bot.concerns.briefs.personal import BriefsOfPeople
from bot.concerns.briefs.records import ItemRow
from bot.concerns.briefs.review import is_cut_of
from bot.concerns.briefs.service import Briefs
from bot.concerns.changing import OwnConcerns
from bot.concerns.effects import NEWS
from bot.concerns.merging import Casework
from bot.concerns.model import CloseReason, Consent, Kind
from bot.concerns.model import State as ConcernState
from bot.concerns.records import ConcernRow
from bot.concerns.triage import Triage
from bot.concerns.troubles import NoSuchConcern
from bot.ids import seeded_randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox, OutboxRow
from bot.store.people import People
from tests.bot.concerns.briefs.conftest import (
    GUILD,
    LEA,
    LEO,
    OTHER,
    SAM,
    TEXT,
    Raise,
    begun,
    pass_all,
    reviewed,
    sent,
    signed,
)
from tests.conftest import StandingClock

FIVE = (Consent.COUNT,) * 4 + (Consent.QUOTE_UNNAMED,)


async def consents(store: Store, reference: str, consent: Consent) -> None:
    """Change a concern's consent, as its reporter may."""
    await store.write(
        lambda session: session.execute(
            update(ConcernRow).where(ConcernRow.reference == reference).values(consent=consent)
        )
    )


async def posted(store: Store, kind: str) -> list[dict]:
    async def work(session: AsyncSession) -> list[dict]:
        query = select(OutboxRow.payload).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
        return list(await session.scalars(query))

    return await store.read(work)


async def test_only_what_people_allowed_goes_in(briefs: Briefs, raised: Raise):
    (ask,) = await raised(Consent.CONTACT)
    await raised(*Consent)
    brief = await briefs.new(GUILD, LEA, TEXT, intake="1")

    picked = await briefs.add(GUILD, brief.reference, LEA, Pick())

    assert (picked.added, picked.already, picked.refused) == (3, 0, 1)
    assert ask in picked.ask_first
    assert len(picked.ask_first) == 2
    now = await briefs.brief(GUILD, brief.reference)
    assert [(one.consent, one.how) for one in now.items] == [
        (Consent.COUNT, How.COUNT),
        (Consent.QUOTE_UNNAMED, How.QUOTE),
        (Consent.QUOTE_NAMED, How.QUOTE),
    ]
    again = await briefs.add(GUILD, brief.reference, LEA, Pick())
    assert (again.added, again.already) == (0, 3)


async def test_concerns_are_picked_by_kind_state_day_and_reference(
    briefs: Briefs, raised: Raise, clock: StandingClock, triage: Triage
):
    (old,) = await raised(Consent.COUNT, kind=Kind.PRIVACY)
    clock.move(days=2)
    (new,) = await raised(Consent.COUNT)
    await triage.open(GUILD, new, SAM)
    day = clock().date()

    async def found(pick: Pick) -> list[str]:
        brief = await briefs.new(GUILD, LEA, TEXT, intake=repr(pick))
        await briefs.add(GUILD, brief.reference, LEA, pick)
        return [one.concern for one in (await briefs.brief(GUILD, brief.reference)).items]

    assert await found(Pick(kind=Kind.PRIVACY)) == [old]
    assert await found(Pick(state=ConcernState.READ)) == [new]
    assert await found(Pick(since=day)) == [new]
    assert await found(Pick(until=day)) == [old, new]
    assert await found(Pick(references=(old,))) == [old]
    assert await found(Pick(kind=Kind.PRIVACY, since=day)) == []


async def test_concerns_are_picked_by_topic_and_by_label(
    briefs: Briefs, triage: Casework, raised: Raise
):
    one, two, _three = await raised(*[Consent.COUNT] * 3)
    await triage.describe(GUILD, one, SAM, topic="Faces", labels=["ask ibm"])
    await triage.describe(GUILD, two, SAM, topic="Faces", labels=[])
    brief = await briefs.new(GUILD, LEA, TEXT, intake="new:topic")
    added = [
        (await briefs.add(GUILD, brief.reference, LEA, pick)).added
        for pick in (Pick(topic="Faces", label=" Ask  IBM"), Pick(topic="faces"), Pick(label="x"))
    ]
    assert added == [1, 1, 0]


async def test_whoever_withdraws_leaves_an_unsent_brief_in_that_very_act(
    briefs: Briefs, raised: Raise, store: Store, outbox: Outbox, people: People, vault, clock
):
    references = await raised(*[Consent.QUOTE_UNNAMED] * 6)
    brief = await begun(briefs)
    own = OwnConcerns(store, outbox, people, vault, clock, seeded_randomness(1), per_hour=20)
    own.on_changed = briefs.concern_changed
    reporter = brief.items[0].concern
    user_id = (await _reporters(store, people))[reporter]
    await own.withdraw(guild_id=GUILD, user_id=user_id, reference=reporter, intake="w:1")

    async def left(session) -> int:
        return len(list(await session.scalars(select(ItemRow.id))))

    assert await store.read(left) == len(references) - 1


async def _reporters(store: Store, people: People) -> dict[str, int]:
    """Return the Discord id of each concern's reporter."""

    async def work(session) -> dict[str, int]:
        rows = await session.execute(select(ConcernRow.reference, ConcernRow.reporter_id))
        pairs = list(rows)
        ids = await people.user_ids(session, {person for _, person in pairs})
        return {reference: ids[person] for reference, person in pairs}

    return await store.read(work)


async def test_the_way_of_a_brief_from_draft_to_published(
    briefs: Briefs, raised: Raise, clock: StandingClock, store: Store
):
    await raised(*FIVE)
    brief = await sent(briefs)
    assert brief.state is State.SENT
    assert brief.frozen_hash is not None
    assert {one.by for one in brief.signatures} == {LEA, LEO}
    assert {one.hash for one in brief.signatures} == {brief.frozen_hash}
    document = await briefs.document(GUILD, brief.reference, LEA)
    assert document.hash() == brief.frozen_hash
    assert [one.text for one in document.quotes] == [
        "My photo is in it, write to [e-mail address removed]"
    ]
    assert document.counts.total == 5
    # Everybody in it is told, once.
    told = await posted(store, NEWS)
    assert {one["reference"] for one in told} == {one.concern for one in brief.items}

    clock.move(days=29)
    with pytest.raises(NotAllowedMove) as refused:
        await briefs.publish(GUILD, brief.reference, LEA)
    assert refused.value.allowed == (State.REPLIED, State.NO_REPLY)
    clock.move(days=1)
    late = await briefs.brief(GUILD, brief.reference)
    assert late.state is State.NO_REPLY
    waiting = late.waiting(clock())
    assert waiting is not None
    assert waiting.days == 30
    assert [one.reference for one in (await briefs.list_(GUILD, state=State.NO_REPLY))[0]] == [
        brief.reference
    ]
    public = await briefs.publish(GUILD, brief.reference, LEA)
    assert public.state is State.PUBLISHED
    # The right of reply has no end.
    answered = await briefs.reply(GUILD, brief.reference, LEA, "We will look into it.")
    assert answered.state is State.PUBLISHED
    assert answered.events[-1].note == "We will look into it."
    assert answered.waiting(clock()) is None
    (send,) = [one for one in answered.events if one.what == "sent"]
    assert (send.by, send.note) == (LEA, "privacy@example.com\nby e-mail")


async def test_a_reply_lets_a_brief_be_published_before_its_day(briefs: Briefs, raised: Raise):
    await raised(*FIVE)
    reference = (await sent(briefs)).reference
    assert (await briefs.reply(GUILD, reference, LEA, "No.")).state is State.REPLIED
    assert (await briefs.publish(GUILD, reference, LEA)).state is State.PUBLISHED


async def test_two_different_people_sign_the_same_text(briefs: Briefs, raised: Raise):
    await raised(*FIVE)
    brief = await reviewed(briefs)
    hash_ = (await briefs.document(GUILD, brief.reference, LEA)).hash()
    with pytest.raises(ChangedMeanwhile):
        await briefs.sign(GUILD, brief.reference, LEA, "0" * 64)
    once = await briefs.sign(GUILD, brief.reference, LEA, hash_)
    assert once.state is State.REVIEWED
    with pytest.raises(SignedAlready):
        await briefs.sign(GUILD, brief.reference, LEA, hash_)
    with pytest.raises(NotAllowedMove):
        await briefs.send(GUILD, brief.reference, LEA, to="x", how="y")
    assert (await briefs.sign(GUILD, brief.reference, LEO, hash_)).state is State.SIGNED


async def test_nothing_is_signed_before_every_quote_was_passed(briefs: Briefs, raised: Raise):
    await raised(*(Consent.QUOTE_UNNAMED,) * 5)
    reference = (await begun(briefs)).reference
    with pytest.raises(NotYet):
        await briefs.document(GUILD, reference, LEA)
    await briefs.check(GUILD, reference, LEA)
    quote = await briefs.quote(GUILD, reference, SAM)
    assert quote is not None
    assert (quote.place, quote.quotes) == (1, 5)
    await briefs.pass_(GUILD, reference, SAM, quote.item.id, seen=quote.version)
    with pytest.raises(NotYet):
        await briefs.document(GUILD, reference, LEA)
    with pytest.raises(NotAllowedMove):
        await briefs.sign(GUILD, reference, LEA, "0" * 64)
    await pass_all(briefs, reference)
    assert (await briefs.brief(GUILD, reference)).state is State.REVIEWED


async def test_marks_are_added_and_removed_by_a_person_and_each_change_reopens_the_pass(
    briefs: Briefs, raised: Raise
):
    await raised(*(Consent.COUNT,) * 4)
    await raised(Consent.QUOTE_UNNAMED, what="The mayor of Rook took ana@example.org with him")
    brief = await signed(briefs)
    (item,) = brief.quotes
    quote = await briefs.quote(GUILD, brief.reference, SAM, item_id=item.id)
    assert quote is not None
    assert quote.shown == "The mayor of Rook took [e-mail address removed] with him"

    more = await briefs.mark(GUILD, brief.reference, SAM, item.id, "rook", seen=quote.version)
    assert more.shown == "The mayor of [removed] took [e-mail address removed] with him"
    again = await briefs.brief(GUILD, brief.reference)
    assert (again.state, again.signatures, again.frozen_hash) == (State.CHECKED, (), None)
    with pytest.raises(ChangedMeanwhile):
        await briefs.pass_(GUILD, brief.reference, SAM, item.id, seen=quote.version)
    with pytest.raises(BadBrief):
        await briefs.mark(GUILD, brief.reference, SAM, item.id, "queen", seen=more.version)

    start = more.marks[-1].start
    fewer = await briefs.unmark(GUILD, brief.reference, SAM, item.id, start, seen=more.version)
    assert "ana@example.org" in fewer.shown
    cut = await briefs.shorten(
        GUILD, brief.reference, SAM, item.id, "The mayor […] took […]", seen=fewer.version
    )
    assert cut.shown == "The mayor […] took […]"
    with pytest.raises(BadBrief):
        await briefs.shorten(
            GUILD, brief.reference, SAM, item.id, "The mayor stole", seen=cut.version
        )
    await briefs.pass_(GUILD, brief.reference, SAM, item.id, seen=cut.version)
    assert (await briefs.brief(GUILD, brief.reference)).state is State.REVIEWED


@pytest.mark.parametrize(
    ("cut", "is_one"),
    [
        ("one two three", True),
        ("one […] three", True),
        ("[…] two three", True),
        ("one two […]", True),
        ("two three", False),
        ("one two", False),
        ("three […] one", False),
        ("[…]", False),
        ("", False),
        ("one four", False),
    ],
)
def test_a_cut_is_the_persons_own_words_in_their_order(cut: str, is_one: bool):
    assert is_cut_of(cut, "one two three") is is_one


async def test_staff_who_change_the_text_void_the_signatures(briefs: Briefs, raised: Raise):
    await raised(*FIVE)
    brief = await signed(briefs)
    new = Text(TEXT.title, TEXT.to, "Something else.")
    changed = await briefs.edit(GUILD, brief.reference, LEO, new)
    assert (changed.state, changed.signatures) == (State.REVIEWED, ())


@pytest.mark.parametrize("consent", [Consent.COUNT, Consent.NOTHING])
async def test_a_consent_that_is_taken_back_before_sending_takes_out_and_voids_signatures(
    briefs: Briefs, raised: Raise, store: Store, consent: Consent
):
    await raised(*(Consent.COUNT,) * 5)
    (mine,) = await raised(Consent.QUOTE_UNNAMED)
    brief = await signed(briefs)
    await consents(store, mine, consent)

    with pytest.raises(NotAllowedMove):
        await briefs.send(GUILD, brief.reference, LEA, to="x", how="y")

    now = await briefs.brief(GUILD, brief.reference)
    assert (now.state, now.signatures, now.quotes) == (State.REVIEWED, (), ())
    assert (mine in {one.concern for one in now.items}) == (consent is Consent.COUNT)
    assert now.counts.total == (6 if consent is Consent.COUNT else 5)
    (told,) = await posted(store, "staff.notice")
    assert told["key"] == "brief.notice.taken_out"


async def test_a_withdrawal_that_leaves_too_few_makes_it_a_draft_again(
    briefs: Briefs, raised: Raise, triage: Triage
):
    (mine, *_) = await raised(*FIVE)
    brief = await signed(briefs)
    await triage.move(GUILD, mine, SAM, ConcernState.CLOSED, reason=CloseReason.WITHDRAWN)
    assert await briefs.settle_all() == 1
    now = await briefs.brief(GUILD, brief.reference)
    assert now.state is State.DRAFT
    with pytest.raises(NotYet):
        await briefs.check(GUILD, brief.reference, LEA)


async def test_a_withdrawal_after_sending_is_recorded_and_shown(
    briefs: Briefs, raised: Raise, triage: Triage, store: Store, clock: StandingClock
):
    *_, mine = await raised(*FIVE)
    brief = await sent(briefs)
    clock.move(days=1)
    await triage.move(GUILD, mine, SAM, ConcernState.CLOSED, reason=CloseReason.WITHDRAWN)
    assert await briefs.settle_all() == 1
    assert await briefs.settle_all() == 0
    now = await briefs.brief(GUILD, brief.reference)
    assert [(one.concern, one.gone, one.gone_at) for one in now.gone] == [
        (mine, Gone.WITHDRAWN, clock())
    ]
    assert (now.state, now.frozen_hash) == (State.SENT, brief.frozen_hash)
    assert [one["key"] for one in await posted(store, "staff.notice")] == ["brief.notice.gone"]


async def erase(store: Store, people: People, briefs: Briefs, reference: str) -> None:
    """Erase the reporter of a concern as bot/privacy does: the holder first, then the person."""
    holder = BriefsOfPeople(briefs, people)

    async def work(session: AsyncSession) -> None:
        row = await session.scalar(select(ConcernRow).where(ConcernRow.reference == reference))
        assert row is not None
        (known,) = [one for one in await people.every(session) if one.person.id == row.reporter_id]
        share = await holder.share(session, known.person)
        assert share.goes["quotes"] == 1
        exported = await holder.export(session, known.person)
        assert all(one["concern"] == reference for one in exported["briefs"])
        await holder.erase(session, known.person)
        await people.erase(session, known)

    await store.write(work)


async def test_erasing_takes_the_quote_out_of_what_was_not_sent(
    briefs: Briefs, raised: Raise, store: Store, people: People
):
    await raised(*(Consent.COUNT,) * 5)
    (mine,) = await raised(Consent.QUOTE_UNNAMED)
    brief = await signed(briefs)
    await erase(store, people, briefs, mine)
    now = await briefs.brief(GUILD, brief.reference)
    assert mine not in {one.concern for one in now.items}
    assert (now.state, now.signatures) == (State.REVIEWED, ())


async def test_erasing_destroys_the_quote_in_what_was_sent_and_leaves_the_hash(
    briefs: Briefs, raised: Raise, store: Store, people: People
):
    *_, mine = await raised(*FIVE)
    brief = await sent(briefs)
    await erase(store, people, briefs, mine)
    now = await briefs.brief(GUILD, brief.reference)
    assert [(one.concern, one.gone) for one in now.gone] == [(mine, Gone.ERASED)]
    document = await briefs.document(GUILD, brief.reference, LEA)
    assert [one.text for one in document.quotes] == [None]
    assert now.frozen_hash == brief.frozen_hash != document.hash()


async def test_who_may_be_named_is_asked_how_and_unnamed_until_they_say(
    briefs: Briefs, raised: Raise, store: Store, people: People, clock: StandingClock
):
    await raised(*(Consent.COUNT,) * 4)
    (mine,) = await raised(Consent.QUOTE_NAMED)
    brief = await signed(briefs)
    assert (await briefs.document(GUILD, brief.reference, LEA)).quotes[0].named is None
    (item,) = brief.quotes
    await briefs.ask_name(GUILD, brief.reference, LEA, item.id)
    with pytest.raises(BadBrief):
        await briefs.ask_name(GUILD, brief.reference, LEA, item.id)
    assert await posted(store, "concern.ask_name") == [{"reference": mine}]

    async def reporter(session: AsyncSession) -> int:
        row = await session.scalar(select(ConcernRow).where(ConcernRow.reference == mine))
        assert row is not None
        return await people.user_id(session, row.reporter_id) or 0

    who = await store.read(reporter)
    with pytest.raises(NoSuchConcern):
        await briefs.name(GUILD, who + 1, mine, "Somebody Else")
    await briefs.name(GUILD, who, mine, " Ana  of the Reading Room ")
    now = await briefs.brief(GUILD, brief.reference)
    assert (now.state, now.signatures) == (State.CHECKED, ())
    await pass_all(briefs, brief.reference)
    (quote,) = (await briefs.document(GUILD, brief.reference, LEA)).quotes
    assert quote.named == "Ana of the Reading Room"
    # Whoever takes the permission to be named back is unnamed again.
    await consents(store, mine, Consent.QUOTE_UNNAMED)
    await briefs.settle_all()
    await pass_all(briefs, brief.reference)
    (quote,) = (await briefs.document(GUILD, brief.reference, LEA)).quotes
    assert quote.named is None


async def test_small_groups_are_not_told_and_no_quote_says_its_kind_then(
    briefs: Briefs, raised: Raise
):
    await raised(*(Consent.COUNT,) * 6)
    await raised(Consent.QUOTE_UNNAMED, kind=Kind.CHILD)
    brief = await signed(briefs)
    document = await briefs.document(GUILD, brief.reference, LEA)
    assert document.counts.total is None
    assert dict(document.counts.groups) == {"dataset": 6, "child": None}
    assert [one.kind for one in document.quotes] == [None]


async def test_quotes_that_would_tell_a_small_group_are_too_many(briefs: Briefs, raised: Raise):
    await raised(*(Consent.QUOTE_UNNAMED,) * 5)
    await raised(*(Consent.QUOTE_UNNAMED,) * 2, kind=Kind.CHILD)
    reference = (await begun(briefs)).reference
    with pytest.raises(NotYet) as refused:
        await briefs.check(GUILD, reference, LEA)
    assert (refused.value.problem, refused.value.count) == ("brief.not_yet.telling", 6)
    item = (await briefs.brief(GUILD, reference)).quotes[0]
    await briefs.count_only(GUILD, reference, LEA, item.id)
    assert (await briefs.check(GUILD, reference, LEA)).state is State.CHECKED


async def test_briefs_of_one_server_are_unknown_in_another(briefs: Briefs, raised: Raise):
    await raised(*FIVE)
    brief = await sent(briefs)
    (item,) = brief.quotes
    for act in (
        briefs.brief(OTHER, brief.reference),
        briefs.document(OTHER, brief.reference, LEA),
        briefs.edit(OTHER, brief.reference, LEA, TEXT),
        briefs.add(OTHER, brief.reference, LEA, Pick()),
        briefs.check(OTHER, brief.reference, LEA),
        briefs.quote(OTHER, brief.reference, LEA, item_id=item.id),
        briefs.sign(OTHER, brief.reference, LEA, "0"),
        briefs.send(OTHER, brief.reference, LEA, to="x", how="y"),
        briefs.reply(OTHER, brief.reference, LEA, "x"),
        briefs.publish(OTHER, brief.reference, LEA),
        briefs.drop(OTHER, brief.reference, LEA, item.concern),
    ):
        with pytest.raises(NoSuchBrief):
            await act
    assert await briefs.list_(OTHER) == ((), None)
    theirs = await briefs.new(OTHER, LEA, TEXT, intake="theirs")
    picked = await briefs.add(OTHER, theirs.reference, LEA, Pick(references=(item.concern,)))
    assert picked.added == 0


async def test_the_same_act_begins_one_brief(briefs: Briefs):
    first = await briefs.new(GUILD, LEA, TEXT, intake="same")
    assert (await briefs.new(GUILD, LEA, TEXT, intake="same")).reference == first.reference
    assert len((await briefs.list_(GUILD))[0]) == 1


@pytest.mark.parametrize(
    "text",
    [
        Text("", "x", "y"),
        Text("x", " ", "y"),
        Text("x" * 151, "x", "y"),
        Text("x", "x", "y" * 2001),
        Text("x", "x", "y", reply_days=0),
    ],
)
async def test_what_cannot_be_a_brief_is_refused(briefs: Briefs, text: Text):
    with pytest.raises(BadBrief):
        await briefs.new(GUILD, LEA, text, intake="bad")


async def test_everything_that_was_done_is_in_the_audit_without_words(
    briefs: Briefs, raised: Raise, store: Store, audit: Audit
):
    await raised(*FIVE)
    brief = await sent(briefs)
    await briefs.reply(GUILD, brief.reference, LEA, "secret reply")
    await briefs.publish(GUILD, brief.reference, LEA)

    async def entries(session: AsyncSession) -> list[tuple[str, str]]:
        return [(one.what, repr(one)) async for one in audit.entries(session, GUILD)]

    found = await store.read(entries)
    assert {what for what, _ in found} >= {
        *("brief.begun", "brief.added", "brief.moved", "brief.quote_opened", "brief.passed"),
        *("brief.exported", "brief.signed", "brief.sent", "brief.replied"),
    }
    assert all("secret" not in entry and "example" not in entry for _, entry in found)
    assert (await store.read(lambda session: audit.verify(session, GUILD))).whole


@pytest.mark.sqlite
async def test_no_word_of_a_brief_is_legible_in_the_database(
    briefs: Briefs, raised: Raise, tmp_path: Path
):
    await raised(*FIVE)
    brief = await sent(briefs)
    await briefs.reply(GUILD, brief.reference, LEA, "secret reply")
    dump = "\n".join(sqlite3.connect(tmp_path / "desk.db").iterdump())
    for words in ("My photo", "Faces in", "Say which", "privacy@", "secret reply", "Example Corp"):
        assert words not in dump


def test_every_state_is_in_the_machine_and_every_move_leads_to_a_state():
    assert set(MOVES) == set(State)
    assert {to for moves in MOVES.values() for to in moves} == set(State)
    reached, front = {State.DRAFT}, [State.DRAFT]
    while front:
        fresh = set(MOVES[front.pop()]) - reached
        reached |= fresh
        front += fresh
    assert reached == set(State)


async def test_no_move_that_the_machine_lacks_is_made(
    briefs: Briefs, raised: Raise, clock: StandingClock
):
    """Walk every state, and try everything that leads elsewhere."""
    await raised(*FIVE)
    brief = await begun(briefs)
    reference = brief.reference
    acts = {
        State.CHECKED: lambda: briefs.check(GUILD, reference, LEA),
        State.SIGNED: lambda: briefs.sign(GUILD, reference, LEA, "0" * 64),
        State.SENT: lambda: briefs.send(GUILD, reference, LEA, to="x", how="y"),
        State.REPLIED: lambda: briefs.reply(GUILD, reference, LEA, "x"),
        State.PUBLISHED: lambda: briefs.publish(GUILD, reference, LEA),
        State.DRAFT: lambda: briefs.edit(GUILD, reference, LEA, TEXT),
    }

    async def tried(now: Brief, *but: State) -> None:
        for to, act in acts.items():
            if to not in MOVES[now.state] and to is not now.state and to not in but:
                with pytest.raises(NotAllowedMove):
                    await act()

    await tried(brief)
    await briefs.check(GUILD, reference, LEA)
    await tried(await briefs.brief(GUILD, reference))
    await pass_all(briefs, reference)
    await tried(await briefs.brief(GUILD, reference), State.CHECKED)
    for who in (LEA, LEO):
        hash_ = (await briefs.document(GUILD, reference, who)).hash()
        await briefs.sign(GUILD, reference, who, hash_)
    await tried(await briefs.brief(GUILD, reference))
    await briefs.send(GUILD, reference, LEA, to="x", how="y")
    await tried(await briefs.brief(GUILD, reference))
    clock.move(days=31)
    await tried(await briefs.brief(GUILD, reference), State.SENT)
    await briefs.publish(GUILD, reference, LEA)
    await tried(await briefs.brief(GUILD, reference), State.REPLIED)
