"""Briefs on a real database, with people who allow different things."""

import itertools
from collections.abc import Awaitable, Callable

import pytest

from bot.concerns.briefs.model import Brief, Pick, Text
from bot.concerns.briefs.service import Briefs
from bot.concerns.model import Consent, Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import Randomness
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, OTHER = 10_000_000_001, 10_000_000_002
LEA, LEO, SAM = 30_000_000_001, 30_000_000_002, 30_000_000_003
"""Two liaisons, and staff."""
REPORTER = 20_000_000_000
"""Reporters are numbered from here."""

TEXT = Text(
    title="Faces in a dataset",
    to="Example Corp",
    ask="Say which photos are in it, and take out those that people ask you to.",
    background="Photos under open licenses were used without asking.",
)

_numbers = itertools.count(1)


@pytest.fixture
def briefs(
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    audit: Audit,
    clock: StandingClock,
    randomness: Randomness,
) -> Briefs:
    """The briefs of a desk."""
    return Briefs(store, outbox, people, vault, audit, clock, randomness, sender="Open Shelf")


Raise = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def raised(concerns: Concerns) -> Raise:
    """Raise concerns, each by somebody else; return their references."""

    async def raise_them(
        *consents: Consent,
        what: str = "My photo is in it, write to ana@example.org",
        kind: Kind = Kind.DATASET,
        guild_id: int = GUILD,
    ) -> list[str]:
        made = []
        for consent in consents:
            number = next(_numbers)
            receipt = await concerns.raise_(
                guild_id=guild_id,
                reporter_id=REPORTER + number,
                draft=Draft(kind, what, consent=consent),
                intake=f"brief:{number}",
            )
            made.append(receipt.reference)
        return made

    return raise_them


async def begun(briefs: Briefs, by: int = LEA) -> Brief:
    """Begin a brief with every concern there is."""
    brief = await briefs.new(GUILD, by, TEXT, intake=f"new:{next(_numbers)}")
    await briefs.add(GUILD, brief.reference, by, Pick())
    return await briefs.brief(GUILD, brief.reference)


async def pass_all(briefs: Briefs, reference: str, by: int = SAM) -> None:
    """Look at every quote, and pass it as it is."""
    while (quote := await briefs.quote(GUILD, reference, by)) is not None:
        await briefs.pass_(GUILD, reference, by, quote.item.id, seen=quote.version)


async def reviewed(briefs: Briefs) -> Brief:
    """Bring a brief of every concern to where it can be signed."""
    reference = (await begun(briefs)).reference
    await briefs.check(GUILD, reference, LEA)
    await pass_all(briefs, reference)
    return await briefs.brief(GUILD, reference)


async def signed(briefs: Briefs, *by: int) -> Brief:
    """Bring a brief of every concern to where it can be sent."""
    brief = await reviewed(briefs)
    for person in by or (LEA, LEO):
        document = await briefs.document(GUILD, brief.reference, person)
        brief = await briefs.sign(GUILD, brief.reference, person, document.hash())
    return brief


async def sent(briefs: Briefs) -> Brief:
    """Send a brief of every concern."""
    brief = await signed(briefs)
    return await briefs.send(GUILD, brief.reference, LEA, to="privacy@example.com", how="by e-mail")
