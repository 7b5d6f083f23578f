"""Staff find what people raised by their words, and nothing on disk can be read as words."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.concerns.anonymous import Anonymous
from bot.concerns.finding.index import Rebuilding, TokenIndex, rounded
from bot.concerns.finding.records import GenerationRow, TokenRow
from bot.concerns.finding.search import Searching
from bot.concerns.finding.stems import stems
from bot.concerns.model import Consent, Door, Draft, Kind
from bot.concerns.personal import ConcernsOfPeople
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow
from bot.concerns.service import Concerns
from bot.privacy.erasures import EraseFile
from bot.privacy.service import Privacy
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, OTHER = 11, 12


@pytest.fixture
def searching(store: Store, people: People, vault: Vault) -> Searching:
    """Search, as staff use it."""
    return Searching(store, Reader(people), people, TokenIndex(vault))


@pytest.fixture
def rebuilding(store: Store, people: People, vault: Vault) -> Rebuilding:
    """What builds the index anew."""
    return Rebuilding(store, people, TokenIndex(vault))


async def said(concerns: Concerns, what: str, *, guild_id: int = GUILD, who: int = 1) -> str:
    receipt = await concerns.raise_(
        guild_id=guild_id,
        reporter_id=who,
        draft=Draft(Kind.DATASET, what, consent=Consent.COUNT),
        intake=f"{guild_id}:{what}",
    )
    return receipt.reference


async def found(searching: Searching, query: str, guild_id: int = GUILD) -> list[str]:
    page = await searching.search(guild_id, query)
    return [one.reference for one in page.summaries]


async def tokens(store: Store) -> int:
    query = select(func.count()).select_from(TokenRow)
    return await store.read(lambda session: session.scalar(query)) or 0


async def test_words_are_found_in_any_form_newest_first(concerns: Concerns, searching: Searching):
    first = await said(concerns, "My photographs are in a face dataset")
    second = await said(concerns, "Somebody photographed my daughter for their datasets")
    await said(concerns, "A license question about music")

    assert await found(searching, "dataset photograph") == [second, first]
    assert await found(searching, "FACES in datasets") == [first]
    assert await found(searching, "the of and") == []
    assert await found(searching, "zebra") == []


async def test_french_and_accents(concerns: Concerns, searching: Searching):
    mine = await said(concerns, "Mes photos sont utilisées sans que je le sache, c’est inquiétant")

    assert await found(searching, "inquietant utilise") == [mine]


async def test_one_word_that_nobody_used_is_left_out_and_told(
    concerns: Concerns, searching: Searching
):
    mine = await said(concerns, "My portrait is in a dataset")

    page = await searching.search(GUILD, "portrait datset")

    assert [one.reference for one in page.summaries] == [mine]
    assert (page.words, page.unknown) == (2, 1)


async def test_another_guild_is_never_found(concerns: Concerns, searching: Searching):
    theirs = await said(concerns, "portrait", guild_id=OTHER)

    assert await found(searching, "portrait") == []
    assert await found(searching, "portrait", OTHER) == [theirs]


async def test_pages_leave_nothing_out(concerns: Concerns, searching: Searching):
    every = [await said(concerns, f"portrait number {n}", who=n) for n in range(25)]

    seen, older = [], None
    while True:
        page = await searching.search(GUILD, "portraits", older=older)
        seen += [one.reference for one in page.summaries]
        if page.older is None:
            break
        older = page.older

    assert seen == every[::-1]


async def test_what_is_added_later_is_found_too(
    concerns: Concerns,
    store: Store,
    outbox: Outbox,
    people: People,
    vault: Vault,
    clock: StandingClock,
    randomness,
    searching: Searching,
    tmp_path: Path,
):
    mine = await said(concerns, "My portrait")
    await concerns.add(
        guild_id=GUILD, user_id=1, reference=mine, text="It came from Flickr", intake="a"
    )
    erase_list = Privacy(
        store,
        people,
        Audit(vault, clock),
        clock,
        randomness,
        (),
        EraseFile(tmp_path / "erased"),
    )
    anonymous = Anonymous(store, outbox, people, vault, clock, randomness, erase_list, per_hour=20)
    code = anonymous.code_for("secret")
    draft = Draft(Kind.PRIVACY, "A camera", consent=Consent.COUNT)
    hidden = await anonymous.raise_(
        guild_id=GUILD, draft=draft, code=code, door=Door.WEB, source="x"
    )
    await anonymous.add(guild_id=GUILD, code=code, text="in the library", intake="b")

    assert await found(searching, "flickr portraits") == [mine]
    assert await found(searching, "library cameras") == [hidden.reference]

    await anonymous.withdraw(guild_id=GUILD, code=code)
    assert await found(searching, "library cameras") == []


async def test_erasing_takes_every_token_away(
    concerns: Concerns,
    store: Store,
    outbox: Outbox,
    people: People,
    clock: StandingClock,
    searching: Searching,
):
    await said(concerns, "My portrait")
    ledger = ConcernsOfPeople(outbox, people, clock)

    async def work(session):
        (known,) = await people.known(session, 1, GUILD)
        await ledger.erase(session, known.person)

    await store.write(work)

    assert await tokens(store) == 0
    assert await found(searching, "portrait") == []


async def test_how_many_words_there_are_is_rounded(concerns: Concerns, store: Store):
    assert [rounded(n) for n in (0, 1, 8, 9, 200)] == [0, 8, 8, 16, 256]
    await said(concerns, "portrait")
    assert await tokens(store) == 8
    await said(concerns, "portrait camera street library window harbor garden music")
    assert await tokens(store) == 16


@pytest.mark.sqlite
async def test_no_word_is_on_disk(concerns: Concerns, store: Store, tmp_path: Path):
    await said(concerns, "canaryword in my text")
    await store.close()

    for file in tmp_path.glob("desk.db*"):
        assert b"canaryword" not in file.read_bytes()


async def test_a_new_generation_has_other_tokens_and_finds_the_same(
    concerns: Concerns, store: Store, searching: Searching, rebuilding: Rebuilding, vault: Vault
):
    mine = await said(concerns, "My portrait")
    kept = select(TokenRow.token)
    before = set(await store.read(lambda session: session.scalars(kept)))

    await store.write(lambda session: TokenIndex(vault).renew(session, GUILD))
    assert await found(searching, "portrait") == [mine], "while it is being built"
    later = await said(concerns, "Another portrait")
    assert await found(searching, "portrait") == [later, mine]
    assert await rebuilding.build() == 2

    after = set(await store.read(lambda session: session.scalars(kept)))
    assert not before & after
    assert await found(searching, "portrait") == [later, mine]
    numbers = select(GenerationRow.number)
    assert list(await store.read(lambda session: session.scalars(numbers))) == [2]


async def test_what_was_raised_before_there_was_an_index_is_brought_in(
    concerns: Concerns, store: Store, searching: Searching, rebuilding: Rebuilding
):
    every = [await said(concerns, f"portrait {n}", who=n) for n in range(3)]

    async def without_index(session):
        for table in (TokenRow, GenerationRow):
            await session.execute(table.__table__.delete())

    await store.write(without_index)
    assert await rebuilding.build() == 3
    assert await rebuilding.build() == 0

    assert await found(searching, "portrait") == every[::-1]
    rows = select(func.count()).select_from(ConcernRow)
    assert await store.read(lambda session: session.scalar(rows)) == 3


def test_stems_leave_out_what_says_nothing():
    assert set(stems("Would they please be so kind: https://www.flickr.com/photos/me")) == {
        "kind",
        "flickr",
        "photo",
    }
