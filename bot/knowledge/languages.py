"""Telling English from other languages by letters: py3langid's model, which comes inside it.

Langid (Lui and Baldwin 2012) as Adrien Barbaresi keeps it; numpy is all it needs, and nothing is
downloaded.
"""

from collections.abc import Collection
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.knowledge.terms import MOST_CHARACTERS, words

ENGLISH = "en"
OTHERS = (
    "cs", "da", "de", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pl", "pt", "ro", "sv", "tr",
    "vi",
)  # fmt: skip
"""Languages written in Latin letters that members may use; the fewer, the surer the rest."""

_SURE = 0.5
_DOUBT = 0.45
_FEWEST = 2


def is_foreign(text: str, known: Collection[str]) -> bool:
    """Say whether a text is in another language; one of `known` (English) words is surely not.

    A text that has known words must look the less like English otherwise.
    """
    given = words(text)
    if len(given) < _FEWEST:
        return False
    share = sum(word in known for word in given) / len(given)
    language, likelihood = identifier().classify(text[:MOST_CHARACTERS].casefold())
    return bool(language != ENGLISH and likelihood >= _SURE + _DOUBT * share and share < 1)


@cache
def identifier() -> LanguageIdentifier:
    """Return the model, read once a process."""
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([ENGLISH, *OTHERS])
    return found
