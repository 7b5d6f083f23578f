"""The tally is counted anew, and what differs is told and put right."""

from sqlalchemy import delete

from bot.concerns.merging import Casework
from bot.concerns.model import CloseReason, Draft, Kind, State
from bot.concerns.recount import Recount
from bot.concerns.service import Concerns
from bot.concerns.tally import TallyRow, totals
from bot.store import Store
from bot.store.notices import STAFF_NOTICE
from bot.store.outbox import Outbox

GUILD, OTHER, SAM = 11, 12, 9


async def test_what_differs_is_told_once_and_mended(
    concerns: Concerns, triage: Casework, store: Store, outbox: Outbox
) -> None:
    recount = Recount(store, outbox)
    made = []
    for number, guild_id in enumerate((GUILD, GUILD, OTHER)):
        receipt = await concerns.raise_(
            guild_id=guild_id,
            reporter_id=number,
            draft=Draft(Kind.PRIVACY, "x"),
            intake=f"{number}",
        )
        made.append(receipt.reference)
    await triage.move(GUILD, made[0], SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    assert await recount.recount("2026-03-13") == {}

    gone = delete(TallyRow).where(TallyRow.guild_id == GUILD)
    await store.write(lambda session: session.execute(gone))
    assert await recount.recount("2026-03-14") == {GUILD: 2}

    sums, _ = await store.read(lambda session: totals(session, GUILD))
    assert sums == {("received", "privacy"): 1, ("closed", "privacy"): 1}
    assert await recount.recount("2026-03-15") == {}
    told = []
    while parcels := await outbox.claim(100):
        told += [one for one in parcels if one.kind == STAFF_NOTICE]
        for one in parcels:
            await outbox.done(one)
    assert [one.payload["values"]["count"] for one in told] == ["2"]
