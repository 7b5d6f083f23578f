"""The guard's account: once a message, a ladder that climbs and forgets, copies that go."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.moderation.checks import Finding
from bot.moderation.guard import Guard
from bot.moderation.guarded import GuardOfPeople, guard_rules
from bot.moderation.keeping import TakenRow, VerdictRow
from bot.moderation.model import Action, Message
from bot.moderation.rules import load
from bot.moderation.taken import CASE, NoSuchMessage
from bot.store import Store
from bot.store.outbox import Outbox, OutboxRow
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

RULES = """rules: [{id: kind, title: Be kind, text: Please be kind.}]
checks:
  - id: words
    check: words
    rule: kind
    mode: "on"
    words: [zonk]
    cool_down_seconds: 60
    ladder: [{action: ask}, {action: remove}, {action: timeout, minutes: 5}]
"""


@pytest.fixture
def guard(store: Store, vault: Vault, clock: StandingClock, tmp_path: Path) -> Guard:
    file = tmp_path / "moderation.yaml"
    file.write_text(RULES, "utf-8")
    return Guard(
        store, Outbox(store, clock), People(vault), vault, clock, load(file), dry_run=False
    )


def said(number: int, text: str = "you zonk") -> Message:
    return Message(id=number, guild_id=1, channel_id=2, author_id=3, text=text, at=0.0)


async def act(guard: Guard, message: Message) -> list[Action]:
    findings: tuple[Finding, ...] = guard.look(message)
    return [one.action for one in await guard.act(message, findings)]


async def test_the_ladder_climbs_by_occasion_and_forgets(guard: Guard, clock: StandingClock):
    assert await act(guard, said(1)) == [Action.ASK]
    assert await act(guard, said(1)) == []  # the same message again
    assert await act(guard, said(2)) == [Action.ASK]  # of the same occasion
    clock.move(minutes=2)
    assert await act(guard, said(3)) == [Action.REMOVE]
    clock.move(minutes=2)
    assert await act(guard, said(4)) == [Action.TIMEOUT]
    clock.move(minutes=2)
    assert await act(guard, said(5)) == [Action.TIMEOUT]
    clock.move(hours=25)
    assert await act(guard, said(6)) == [Action.ASK]


async def test_no_text_is_in_the_account_and_erasing_takes_the_copies(
    guard: Guard, store: Store, vault: Vault, clock: StandingClock
):
    people = People(vault)
    await act(guard, said(1))
    clock.move(minutes=2)
    await act(guard, said(2))
    kept = await store.read(lambda s: _all(s, VerdictRow))
    assert not any("zonk" in str(vars(row)) or str(row.author) == "3" for row in kept)
    assert (await guard.taken(1, 2)).text == "you zonk"
    (mine,) = await guard.taken_from(1, 3)
    assert mine.message_id == 2

    async def erase(session) -> dict[str, int]:
        person = await people.find(session, 1, 3)
        assert person is not None
        holder = GuardOfPeople(people)
        exported = await holder.export(session, person)
        assert [one["text"] for one in exported["messages_taken_down"]] == [None, "you zonk"]
        assert len(exported["checks_set_off"]) == 2
        goes = dict((await holder.share(session, person)).goes)
        await holder.erase(session, person)
        return goes

    assert await store.write(erase) == {"taken": 2}
    assert {row.author for row in await store.read(lambda s: _all(s, VerdictRow))} == {""}
    with pytest.raises(NoSuchMessage):
        await guard.taken(1, 2)


async def test_a_timeout_posts_its_case_once_and_old_things_go(
    guard: Guard, store: Store, clock: StandingClock
):
    for number in (1, 2, 3):
        await act(guard, said(number))
        clock.move(minutes=2)
    posted = [row.kind for row in await store.read(lambda s: _all(s, OutboxRow))]
    assert posted.count(CASE) == 1
    clock.move(days=8)
    copies, verdicts = guard_rules(copies_days=7, verdicts_days=90)
    cutoff = clock() - timedelta(days=7)
    assert await store.read(lambda s: copies.count(s, cutoff)) == 3
    assert await store.write(lambda s: copies.enforce(s, cutoff)) == 3
    assert await store.read(lambda s: _all(s, TakenRow)) == []
    assert await store.write(lambda s: verdicts.enforce(s, cutoff)) == 3


async def _all(session, table):
    return list(await session.scalars(select(table)))
