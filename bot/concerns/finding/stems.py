"""What is looked for in a text: the stems of its words, in English or in French."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

import snowballstemmer

LONGEST = 40
"""Letters of a word that count: what is longer is cut, a hash or an address as well."""

_WORD = re.compile(r"[^\W_]+")
_ENGLISH_WORDS = """
a about after all also am an and any are as at be because been before being but by can cannot
could did do does doing done for from get got had has have having he her here hers him his how i
if in into is it its just like me more most my myself no nor not of off on one only or other our
ours out over own please same she should so some such than that the their theirs them then there
these they this those to too under until up us very was we were what when where which while who
whom why will with would you your yours s t d ll re ve m don didn doesn isn wasn won want
something somebody someone anybody anyone
"""
_FRENCH_WORDS = """
au aux avec ce ces cet cette ceci cela ca dans de des du elle elles en est et etait etaient etre
eu eux fait faire il ils je la le les leur leurs lui ma mais me meme mes moi mon ne nos notre
nous on ont ou par pas plus pour qu que qui quand quoi sa sans se ses si son sont suis sur ta te
tes toi ton tout tous toute toutes tres tu un une vos votre vous y j l d c n s t m ai as a avons
avez avait avoir ete comme dont peut peux veux bien aussi
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FRENCH = frozenset(_FRENCH_WORDS.split())
_ALIKE = [
    frozenset(group.split())
    for group in (
        "photo photograph pictur imag pic",
        "licens licenc",
        "face facial visag",
    )
]
"""Stems that people use for the same thing; whoever looks for one finds the others too."""
_ADDRESS = frozenset({"http", "https", "www", "com", "org", "net", "html"})

_stem_english = snowballstemmer.stemmer("english").stemWord
_stem_french = snowballstemmer.stemmer("french").stemWord


def stems(text: str) -> Counter[str]:
    """Return the stems of a text with how often each is there; common words are left out.

    A text is read in the language whose common words it has more of (Snowball's stemmers:
    https://snowballstem.org/algorithms/). Case, accents and compatibility forms do not count.
    """
    words = _words(text)
    stem = _french if _is_french(words) else _english
    return Counter(stem(word) for word in words if _counts(word))


def spelled(text: str) -> dict[str, str]:
    """Return the stems of a text, each with the word it was first written as."""
    french = _is_french(_words(text))
    stem = _french if french else _english
    found: dict[str, str] = {}
    for written in _WORD.findall(unicodedata.normalize("NFC", text)):
        for word in _words(written):
            if _counts(word):
                found.setdefault(stem(word), written[:LONGEST])
    return found


def wanted(query: str) -> list[frozenset[str]]:
    """Return, for each word somebody looks for, the stems that it may have been kept as."""
    found = dict.fromkeys(
        _alike(frozenset({_english(word), _french(word)}))
        for word in _words(query)
        if _counts(word)
    )
    return list(found)


def _alike(kept: frozenset[str]) -> frozenset[str]:
    return kept.union(*(group for group in _ALIKE if group & kept))


def _is_french(words: list[str]) -> bool:
    return sum(word in _FRENCH for word in words) > sum(word in _ENGLISH for word in words)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return [word[:LONGEST] for word in _WORD.findall(plain)]


def _counts(word: str) -> bool:
    common = word in _ENGLISH or word in _FRENCH or word in _ADDRESS
    return not common and (len(word) > 1 or not word.isascii())


@lru_cache(maxsize=50_000)
def _english(word: str) -> str:
    return str(_stem_english(word))


@lru_cache(maxsize=50_000)
def _french(word: str) -> str:
    return str(_stem_french(word))
