"""What reporters may change, on both databases."""

import pytest

from bot.concerns.changing import OwnConcerns
from bot.concerns.model import Consent, Draft, Kind, State
from bot.concerns.triage import Triage
from bot.concerns.troubles import NotAllowedMove, TooLate
from bot.ids import Randomness
from bot.store import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, ANA = 1, 2


async def test_consent_has_a_history_and_reopening_an_end(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    clock: StandingClock,
    randomness: Randomness,
    triage: Triage,
):
    concerns = OwnConcerns(store, outbox, people, vault, clock, randomness, per_hour=20)
    raised = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.OTHER, "It happened"), intake="1"
    )
    act = {"guild_id": GUILD, "user_id": ANA, "reference": raised.reference}
    for number in range(2):
        await concerns.allow(**act, consent=Consent.COUNT, intake=f"2:{number}")
    case = await triage.case(GUILD, raised.reference)
    changes = [event for event in case.events if event.what == "consented"]
    assert [(one.detail["from"], one.detail["to"]) for one in changes] == [("nothing", "count")]
    for number in range(2):
        await concerns.withdraw(**act, intake=f"3:{number}")
    assert (await triage.case(GUILD, raised.reference)).consent is Consent.NOTHING
    with pytest.raises(NotAllowedMove):
        await concerns.allow(**act, consent=Consent.COUNT, intake="4")
    clock.move(days=30)
    await concerns.reopen(**act, intake="5")
    assert (await triage.case(GUILD, raised.reference)).state is State.REOPENED
    await concerns.withdraw(**act, intake="6")
    clock.move(days=30, seconds=1)
    with pytest.raises(TooLate):
        await concerns.reopen(**act, intake="7")
