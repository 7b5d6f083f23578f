"""How a text asks: one question or several, a question by itself or one that follows another.

Looks at words and marks only; what an entry answers is for the search to say.
"""

import re

from bot.knowledge.terms import MOST_CHARACTERS, plain, words

MOST = 3
"""Questions of one text that are answered; more than that nobody reads in one go."""

_LONGEST_FOLLOW_UP = 15
_SHORTEST = 3
_FULL = 5

_MARK = re.compile(r"(?<=[?？؟])[\"”’')\]*_~|]*(?=\s|$)")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)]|[a-h]\))\s+")
_BEGINS_AGAIN = re.compile(
    r"^(?:(?:ok|okay|hm|hmm|thanks|thank you|thx|so|yes|sure|right) )*(?:and|but|or|also|plus|same|"
    r"likewise|et|mais)\b"
)
"""Begins where another question left off: never a question by itself."""
_LEANS = re.compile(
    r"^(?:(?:ok|okay|hm|hmm|thanks|thank you|thx|so) )*(?:what about|how about|what if|even if|"
    r"in that case|then|otherwise|does that|does this|is that|is this|would that|would this|"
    r"do they|are they|can they|why is that|why not|who says)\b"
)
"""May follow another question, or stand by itself."""
_ASKS = re.compile(
    r"^(?:(?:hi|hello|hey|ok|so|please|all|everyone|there) )*"
    r"(?:can|could|may|might|must|should|shall|do|does|did|is|are|am|was|were|has|have|had|will|would|what|whats|when|where|which|who|whose|"
    r"why|how|need|anyone|anybody|does|puis|est|comment|quelle?|pourquoi|qui|peut)\b"
)


def split(text: str) -> tuple[str, ...]:
    """Return the questions of a text, in order; the text itself if it asks only one.

    What is said before a question goes with it. Sentences without a question mark are questions
    of their own only as items of a list.
    """
    found: list[str] = []
    before: list[str] = []
    for line in text[:MOST_CHARACTERS].splitlines():
        item = _ITEM.match(line)
        for sentence in _MARK.split(line[item.end() :] if item else line):
            said = sentence.strip()
            if not said:
                continue
            asks = said.rstrip("\"”’')]*_~|")[-1:] in {"?", "？", "؟"}
            enough = len(words(said)) >= _SHORTEST
            if (asks or (item and _is_list(text))) and enough:
                found.append(" ".join((*before, said)))
                before = []
            elif asks and found:
                found[-1] = f"{found[-1]} {said}"
            else:
                before.append(said)
    if len(found) < 2:
        return (text,)
    if before:
        found[-1] = " ".join((found[-1], *before))
    return tuple(found)


def _is_list(text: str) -> bool:
    """Say whether a text is a list of at least two items."""
    return sum(_ITEM.match(line) is not None for line in text.splitlines()) > 1


def continues(text: str) -> bool:
    """Say whether a text only makes sense after another question: "and if it's nc?"."""
    given = words(text)
    return len(given) <= _LONGEST_FOLLOW_UP and bool(_BEGINS_AGAIN.match(" ".join(given)))


def may_continue(text: str) -> bool:
    """Say whether a text may lean on the question before it: "what about videos?"."""
    given = words(text)
    return len(given) <= _LONGEST_FOLLOW_UP and bool(_LEANS.match(" ".join(given)))


def asks(text: str) -> bool:
    """Say whether a text is a question at all: it has the mark, or begins as one does."""
    return bool(re.search(r"[?？؟]", text)) or bool(_ASKS.match(plain(text)))


def asks_fully(text: str) -> bool:
    """Say whether a text is plainly a whole question: the mark at its end, and enough words."""
    return text.rstrip("\"”’')]*_~| \n")[-1:] in {"?", "？", "؟"} and len(words(text)) >= _FULL
