"""All that finds concerns again, built once."""

from bot.clock import Clock
from bot.concerns.finding.filters import Views
from bot.concerns.finding.index import Rebuilding, TokenIndex
from bot.concerns.finding.likeness import Likeness
from bot.concerns.finding.search import Searching
from bot.concerns.reader import Reader
from bot.store.engine import Store
from bot.store.people import People
from bot.vault import Vault


class Finding:
    """Search over the ledger, and the index that it needs."""

    def __init__(self, store: Store, people: People, vault: Vault, clock: Clock) -> None:
        index, reader = TokenIndex(vault), Reader(people)
        self.searching = Searching(store, reader, people, index)
        self.views = Views(store, people, vault, clock)
        self.likeness = Likeness(store, reader, people, index)
        self.rebuilding = Rebuilding(store, people, index)
