"""The tokenizer that the sentence embedding was trained with: BERT's WordPiece, uncased.

Devlin et al. 2019; the greedy longest match of Wu et al. 2016. `wordpiece.txt` is the vocabulary of
`bert-base-uncased` (Google, Apache-2.0), one piece a line, its number the line's.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

MOST_PIECES = 96
"""Of a longer text the beginning and the end are read, where a question stands."""

_MOST_LETTERS = 100
_MOST_CHARACTERS = 4_000


class WordPiece:
    """Splits texts into the numbers of known pieces."""

    def __init__(self, pieces: list[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._unknown = self._numbers["[UNK]"]
        self._start, self._end = self._numbers["[CLS]"], self._numbers["[SEP]"]

    def __contains__(self, word: str) -> bool:
        """Whether a word is a piece of its own, as common English words are."""
        return word in self._numbers

    def encode(self, text: str) -> list[int]:
        """Return a text's pieces between the marks for start and end."""
        pieces = [piece for word in _split(text[:_MOST_CHARACTERS]) for piece in self._word(word)]
        if len(pieces) > MOST_PIECES:
            half = MOST_PIECES // 2
            pieces = [*pieces[:half], *pieces[-half:]]
        return [self._start, *pieces, self._end]

    def _word(self, word: str) -> list[int]:
        if len(word) > _MOST_LETTERS:
            return [self._unknown]
        pieces, at = [], 0
        while at < len(word):
            for end in range(len(word), at, -1):
                number = self._numbers.get(("##" if at else "") + word[at:end])
                if number is not None:
                    pieces.append(number)
                    at = end
                    break
            else:
                return [self._unknown]
        return pieces


@cache
def wordpiece() -> WordPiece:
    """Return the tokenizer, read once."""
    text = Path(__file__).with_suffix(".txt").read_text("utf-8")
    return WordPiece(text.removesuffix("\n").split("\n"))


def _split(text: str) -> Iterator[str]:
    """Yield words and single punctuation marks, in lower case and without accents."""
    word = ""
    for character in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(character)
        if category == "Mn" or (category[0] == "C" and character not in "\t\n\r"):
            continue
        if character.isspace() or _alone(character, category):
            if word:
                yield word
                word = ""
            if not character.isspace():
                yield character
        else:
            word += character
    if word:
        yield word


def _alone(character: str, category: str) -> bool:
    """Whether a character stands for itself: punctuation, ASCII symbols, Chinese characters."""
    code = ord(character)
    ascii_symbol = 33 <= code <= 126 and not character.isalnum()
    chinese = 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x2FA1F
    return ascii_symbol or category[0] == "P" or chinese or 0xF900 <= code <= 0xFAFF
