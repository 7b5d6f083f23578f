"""Finding the entry that a person means, and knowing when there is none.

`Search` is the whole interface. Beneath it: `spelling` mends words that nobody knows, `lexical`
counts words and parts of words, `meaning` compares sentences, `weights` says how much each counts
(measured; see docs/decisions/0005-search.md), and `completion` serves key strokes.
"""

from bot.knowledge.search.engine import Search, kept

__all__ = ["Search", "kept"]
