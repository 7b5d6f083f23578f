"""Promises on both databases: who may move them, when they run late, what everybody reads."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.desk import Desk
from bot.ids import seeded_randomness
from bot.promises.keeping import Keeping
from bot.promises.model import (
    MOVES,
    BadPromise,
    ChangedMeanwhile,
    Ledger,
    Mover,
    NoSuchPromise,
    NotAllowedMove,
    NotYet,
    Promise,
    State,
    Words,
    standing,
)
from bot.promises.service import Promises
from bot.settings import Settings
from bot.store.outbox import OutboxRow
from tests.conftest import StandingClock

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
SAM, LEA = 720_000_000_000_000_005, 720_000_000_000_000_006
WORDS = Words(
    "Publish every reply we get.", "https://example.org/said", date(2026, 3, 1), "Liaisons"
)
DUE = date(2026, 4, 1)


async def added(desk: Desk, intake: str = "interaction:1") -> Promise:
    return await desk.promises.add(GUILD, SAM, WORDS, due=DUE, drawn=[Ledger.BRIEFS], intake=intake)


async def notices(desk: Desk) -> list[OutboxRow]:
    """Return what staff were told of promises."""

    async def work(session):
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [one for one in rows if one.payload.get("key") == "promise.notice.late"]

    return await desk.store.read(work)


def test_the_desk_alone_says_late_and_nobody_leaves_an_end_but_by_opening_it():
    late = {now for now in State if MOVES[now].get(State.LATE) is Mover.DESK}
    assert late == {State.OPEN, State.ON_TRACK}
    assert {
        mover for to in MOVES.values() for state, mover in to.items() if state != State.LATE
    } == {Mover.STAFF}
    for end in (State.KEPT, State.BROKEN):
        assert set(MOVES[end]) == {State.OPEN}
    assert standing(State.OPEN, DUE, DUE) is State.OPEN
    assert standing(State.ON_TRACK, DUE, DUE + timedelta(days=1)) is State.LATE
    assert standing(State.KEPT, DUE, DUE + timedelta(days=1)) is State.KEPT


async def test_each_server_keeps_its_own_account_of_the_file(whole_desk: Desk):
    desk = whole_desk
    lines, totals = await desk.promises.list_(GUILD)
    assert len(lines) == len(desk.promises.shipped) == totals[State.OPEN]
    elsewhere, _ = await desk.promises.list_(OTHER)
    assert not {one.reference for one in lines} & {one.reference for one in elsewhere}
    with pytest.raises(NoSuchPromise):
        await desk.promises.promise(OTHER, lines[0].reference)


async def test_what_the_file_says_anew_is_followed_and_the_old_words_stay_in_the_history(
    whole_desk: Desk, clock: StandingClock
):
    desk = whole_desk
    (first, *_), _ = await desk.promises.list_(GUILD)
    changed = [
        one.model_copy(update={"text": "Something else entirely."})
        if one.text == first.words.text
        else one
        for one in desk.promises.shipped
    ]
    later = Promises(
        desk.store,
        desk.outbox,
        desk.promises._people,
        desk.vault,
        desk.audit,
        clock,
        seeded_randomness(2),
        changed,
    )
    promise = await later.promise(GUILD, first.reference)
    assert promise.words.text == "Something else entirely."
    assert [(one.what, one.note) for one in promise.events][1:] == [("reworded", first.words.text)]
    assert len((await later.list_(GUILD))[0]) == len(changed)


async def test_a_promise_is_added_once_shown_and_kept(whole_desk: Desk):
    desk = whole_desk
    promise = await added(desk)
    assert (await added(desk)).reference == promise.reference
    reference = promise.reference
    with pytest.raises(NotYet, match=r"not_yet\.evidence"):
        await desk.promises.move(GUILD, reference, SAM, State.KEPT)
    for _ in range(2):
        await desk.promises.show(
            GUILD, reference, SAM, "The reply of 3 March", "https://example.org/r", intake="e:1"
        )
    kept = await desk.promises.move(GUILD, reference, LEA, State.KEPT, note="All of them.")
    assert (kept.state, kept.due, kept.why) == (State.KEPT, None, "All of them.")
    assert [one.text for one in kept.evidence] == ["The reply of 3 March"]
    assert [(one.what, one.by) for one in kept.events] == [
        ("added", SAM),
        ("evidence", SAM),
        ("moved", LEA),
    ]
    with pytest.raises(NotYet, match=r"not_yet\.ended"):
        await desk.promises.set_due(GUILD, reference, SAM, DUE)
    with pytest.raises(NotYet, match=r"not_yet\.day"):
        await desk.promises.move(GUILD, reference, SAM, State.OPEN)
    again = await desk.promises.move(GUILD, reference, SAM, State.OPEN, due=DUE)
    assert (again.state, again.due) == (State.OPEN, DUE)
    struck = await desk.promises.strike(GUILD, reference, SAM, kept.evidence[0].id)
    assert struck.evidence == ()
    assert struck.events[-1].note == "The reply of 3 March"
    audited = await desk.store.read(lambda session: _audited(desk, session, reference))
    assert audited[0] == "promise.added"
    assert audited[-1] == "promise.struck"


async def _audited(desk: Desk, session, reference: str) -> list[str]:
    return [
        one.what async for one in desk.audit.entries(session, GUILD) if one.subject == reference
    ]


async def test_broken_says_why_and_moves_that_are_none_name_those_there_are(whole_desk: Desk):
    desk = whole_desk
    promise = await added(desk)
    with pytest.raises(NotYet, match=r"not_yet\.why"):
        await desk.promises.move(GUILD, promise.reference, SAM, State.BROKEN, note="  ")
    with pytest.raises(NotAllowedMove) as caught:
        await desk.promises.move(GUILD, promise.reference, SAM, State.LATE)
    assert caught.value.allowed == (State.ON_TRACK, State.KEPT, State.BROKEN)
    await desk.promises.move(GUILD, promise.reference, SAM, State.ON_TRACK)
    with pytest.raises(ChangedMeanwhile):
        await desk.promises.move(
            GUILD,
            promise.reference,
            SAM,
            State.BROKEN,
            note="They went away.",
            seen=promise.version,
        )


async def test_it_is_late_by_itself_and_staff_are_told_once_for_each_day_that_passed(
    whole_desk: Desk, desk_settings: Settings, clock: StandingClock
):
    desk = whole_desk
    await desk.guilds.save(GUILD, staff_channel_id=1)
    promise = await added(desk)
    reference = promise.reference
    await desk.daily.look()
    assert await notices(desk) == []
    # The desk was down for weeks; the shipped ones are due in the meantime, too.
    clock.move(days=45)
    assert (await desk.promises.promise(GUILD, reference)).state is State.LATE
    again = await Desk.open(desk_settings, clock=clock, randomness=seeded_randomness(3))
    try:
        await again.daily.look()
        (told,) = await notices(desk)
        text = told.payload["values"]["promises"]
        assert f"{reference} (Liaisons), 2026-04-01: Publish every reply we get." in text
        assert len(text.splitlines()) == 4
        # Whoever looks later, and however often, tells nothing twice; the outbox forgets its keys.
        await desk.store.write(_forget)
        clock.move(days=1)
        await desk.daily.look()
        await again.promises.run_late()
        assert await notices(desk) == []
    finally:
        await again.close()
    with pytest.raises(NotYet, match=r"not_yet\.due"):
        await desk.promises.move(GUILD, reference, SAM, State.ON_TRACK)
    later = clock.now.date() + timedelta(days=10)
    moved = await desk.promises.set_due(GUILD, reference, SAM, later)
    assert (moved.state, moved.due) == (State.ON_TRACK, later)
    clock.move(days=11)
    # Staff who look first change nothing about being told.
    await desk.promises.set_owner(GUILD, reference, SAM, office="Staff", person=LEA)
    await desk.promises.run_late()
    (told,) = await notices(desk)
    assert f"{reference} (Staff), {later}" in told.payload["values"]["promises"]


async def _forget(session) -> None:
    for row in await session.scalars(select(OutboxRow)):
        await session.delete(row)


@pytest.mark.parametrize(
    ("words", "due", "problem"),
    [
        (replace(WORDS, text=" \n "), DUE, "text"),
        (replace(WORDS, text="x" * 501), DUE, "text"),
        (replace(WORDS, source="ftp://example.org"), DUE, "link"),
        (replace(WORDS, made_on=date(2027, 1, 1)), DUE, "made_on"),
        (replace(WORDS, owner=""), DUE, "owner"),
        (WORDS, date(2026, 3, 12), "due"),
        (WORDS, date(2099, 1, 1), "due"),
    ],
)
@pytest.mark.sqlite
async def test_what_cannot_be_a_promise_is_refused(
    whole_desk: Desk, words: Words, due: date, problem: str
):
    with pytest.raises(BadPromise, match=problem):
        await whole_desk.promises.add(GUILD, SAM, words, due=due, intake="x")


async def test_who_saw_to_a_promise_can_be_erased_and_the_record_names_nobody(whole_desk: Desk):
    desk = whole_desk
    promise = await added(desk)
    await desk.promises.set_owner(GUILD, promise.reference, SAM, person=LEA)
    await desk.promises.show(
        GUILD, promise.reference, LEA, "A page", "https://example.org/\x00"[:-1], intake="e:9"
    )
    export = await desk.privacy.export(LEA, GUILD)
    assert export.servers[0]["promises_you_see_to"] == [promise.reference]
    assert export.servers[0]["promise_evidence_you_added"][0]["text"] == "A page"
    preview = await desk.privacy.preview(LEA, GUILD)
    assert preview.stays["promises"] == 1
    await desk.privacy.erase(LEA, GUILD)
    left = await desk.promises.promise(GUILD, promise.reference)
    assert left.person is None
    assert [one.by for one in left.evidence] == [None]
    assert isinstance(desk.promises, Keeping)
