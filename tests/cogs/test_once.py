"""What a desk had posted just before it went down for longer than Discord honors a nonce."""

import discord
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.cogs.concern.conftest import raised as form_sent
from tests.cogs.conftest import World, read
from tests.cogs.triage import card, deliver, raised
from tests.conftest import StandingClock


async def _die_after_posting(
    world: World, *, minutes: float = 180, sealed: bytes | None = None
) -> None:
    """Leave the database as a process does that was killed before it noted what it had posted.

    The simulator forgets nonces at once.
    """

    async def undo(session: AsyncSession) -> None:
        await session.execute(text("DELETE FROM placement"))
        await session.execute(
            text("UPDATE outbox SET state = 'claimed', finished_at = NULL WHERE attempts > 0")
        )
        receipt = text("UPDATE outbox SET sealed = :sealed WHERE kind = 'concern.receipt'")
        await session.execute(receipt, {"sealed": sealed})

    await world.desk.store.write(undo)
    clock = world.desk.clock
    assert isinstance(clock, StandingClock)
    clock.move(minutes=minutes)


@pytest.fixture(autouse=True)
def _as_late_as_discord(world: World, clock: StandingClock) -> None:
    """Have the desk's clock agree with the simulator's, which begins with the year."""
    clock.now = discord.utils.snowflake_time(world.staff_channel.id)


async def test_a_desk_that_was_away_for_hours_finds_the_card_it_had_posted(world: World) -> None:
    reference = await raised(world)
    there = card(world, reference).id
    await _die_after_posting(world)

    await world.restart()
    await deliver(world.env)

    assert card(world, reference).id == there, "`card` finds one, and no second"
    assert (await world.desk.outbox.depth()).pending == 0
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await deliver(world.env)
    assert f"<@{world.sam.id}> has it" in read(card(world, reference)), "and knows where it is"


async def test_a_message_that_never_arrived_is_posted_and_a_letter_that_did_is_not(
    world: World,
) -> None:
    reference = await raised(world)
    await world.desk.triage.reply(
        world.guild.id, reference, world.sam.id, "Which photo?", intake="one"
    )
    await deliver(world.env)
    before = [one.id for one in _letters(world)]
    assert "Which photo?" in read(_letters(world)[-1])
    world.env.backend.delete_message(world.staff_channel.id, card(world, reference).id)
    await _die_after_posting(world)

    await world.restart()
    await deliver(world.env)

    assert [one.id for one in _letters(world)] == before
    assert reference in read(card(world, reference))


@pytest.mark.parametrize(("first_try", "again"), [(0, 12), (11, 2), (11, 180)])
async def test_a_receipt_comes_in_the_reply_or_by_direct_message_and_not_in_both(
    world: World, clock: StandingClock, first_try: int, again: int
) -> None:
    await world.stop()
    await form_sent(world)
    sealed = await _sealed(world)
    clock.move(minutes=first_try)
    await world.restart()
    await deliver(world.env)
    before = _seen(world)
    assert before == ((1, 0) if first_try < 10 else (0, 1))
    await _die_after_posting(world, minutes=again, sealed=sealed)

    await world.restart()
    await deliver(world.env)

    assert _seen(world) == before
    assert (await world.desk.outbox.depth()).pending == 0


async def _sealed(world: World) -> bytes:
    query = text("SELECT sealed FROM outbox WHERE kind = 'concern.receipt'")
    found = await world.desk.store.read(lambda session: session.scalar(query))
    assert isinstance(found, bytes)
    return found


def _seen(world: World) -> tuple[int, int]:
    """Return in how many replies and in how many direct messages Ana was told."""
    edits = {one.path for one in world.env.http_requests if "/@original" in one.path}
    return len(edits), len(_letters(world))


def _letters(world: World) -> list[discord.Message]:
    return [one for one in world.ana.user.dm_channel.history() if one.author.bot]
