"""The store: a database behind two verbs, `read` and `write`. Knows SQLAlchemy and no domain."""

from bot.store.engine import Store, StoreUnavailable, hurry

__all__ = ["Store", "StoreUnavailable", "hurry"]
