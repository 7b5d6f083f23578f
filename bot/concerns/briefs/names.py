"""Finding people's names: by what introduces them, by how they sign, and by how they look.

No list of first names is kept: names come from everywhere, and such lists do not. A run of two
capitalized words is taken for a name unless it is a body everybody knows here. What these rules
miss, the person who passes a quote adds.
"""

import re
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’-][^\W\d_]+)*\.?")

_INTRODUCED = re.compile(
    r"\b(?:my name is|my name['’]s|i am called|i['’]m called|call me|named|called|known as"
    r"|je m['’]appelle|mon nom est|ich hei(?:ß|ss)e|mein name ist|me llamo|mi nombre es"
    r"|meu nome é|mi chiamo)\s+",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Professor|Sir|Madam|Mme|Mlle|Monsieur|Madame|Herr|Frau"
    r"|Señor|Señora|Sr|Sra|Dra)\.?\s+"
)
_MADE = re.compile(
    r"\b(?:photo(?:graph|s)?|picture|pictures|image|foto|shot|taken|made|credits?|photographer"
    r"|author|model)(?:\s+(?:taken|made))?\s*(?:[:©]|\b(?:is|was|by|of|to|von|de|par|por)\b)[ :©]*",
    re.IGNORECASE,
)
_RELATION = re.compile(
    r"\b(?:my|our|his|her|their)\s+(?:\w+\s+)?"
    r"(?:daughter|son|wife|husband|partner|mother|father|mom|mum|dad|sister|brother|child|baby|kid"
    r"|niece|nephew|cousin|aunt|uncle|friend|colleague|coworker|neighbou?r|boss|teacher|student"
    r"|boyfriend|girlfriend|fianc[ée]e?|grandmother|grandfather|grandson|granddaughter)"
    r"(?:\s+is)?,?\s+",
    re.IGNORECASE,
)
_SAID_OF_SELF = re.compile(r"\b(?:i am|i['’]m|this is|it is|it['’]s|je suis|ich bin|soy)\s+", re.I)
_SELF = re.compile(
    r"(?:^|(?<=[.!?,\n] )|(?<=\n)|\b(?:hi|hello|hey)\W{1,3})(?:i am|i['’]m)\s+", re.I
)
_SIGNED = re.compile(
    r"(?:^|\n)[ \t]*(?:(?:[-~*]{1,3}|signed:?"
    r"|(?:(?:best|kind|warm|many)\s+)?(?:regards|wishes|thanks)"
    r"|best|cheers|thank you|sincerely|yours(?:\s+\w+)?|love|cordialement|merci|gr(?:ü|ue)(?:ß|ss)e"
    r"|saludos)[,.!]?[ \t]*\n?[ \t]*)",
    re.IGNORECASE,
)

_KNOWN = frozenset(
    """
    Creative Commons|Open Knowledge|Open Access|Open Source|Open Future|Public Domain|Flickr
    Diversity in Faces|Diversity In Faces|NBC News|New York Times|New York|United States
    United Kingdom|European Union|European Commission|Hong Kong|New Zealand|South Africa
    Los Angeles|San Francisco|Fair Use|Fair Dealing|Clearview AI|Common Crawl|Stable Diffusion
    Machine Learning|Artificial Intelligence|Terms of Service|Wikimedia Commons|Wikimedia Foundation
    Internet Archive|Microsoft Celeb|Google Photos|Free Software|Data Protection|Amazon Rekognition
    Personal Data|Supreme Court|Getty Images|Trade Commission|Federal Trade|Mega Face|Big Tech
    """.replace("\n", "|").split("|")
)
_KNOWN_PLAIN = frozenset(" ".join(known.split()).casefold() for known in _KNOWN if known.strip())
_NEVER = frozenset(
    word
    for line in (
        "a an and are as at be but by can could did do does for from had has have he her his how i",
        "if in is it its license licence may me my no not of on or our please she should so some",
        "than that the their them then there these they this those to was we were what when where",
        "which who why will with would yes you your ibm flickr google microsoft facebook meta",
        "amazon instagram twitter ai cc by sa nc nd creative commons monday tuesday wednesday",
        "thursday friday saturday sunday january february march april june july august september",
        "october november december english french european american also after all any because",
        "before both each even every here just later like many maybe most much nobody now one only",
        "other since still thanks thank hello hi dear today today's nothing someone something",
        "sometimes while whoever us usa eu uk gdpr bipa photos photo",
    )
    for word in line.split()
)


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield what looks like the name of a person, and every other place where it stands."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    found = {*_after(text, words), *_runs(text, words), *_lower_signature(text)}
    parts: set[str] = set()
    for start, end in found:
        yield start, end
        parts |= {part for part in re.split(r"[\s.]+", text[start:end]) if len(part) > 2}
    for start, end in words:
        bare = text[start:end].rstrip(".")
        bare = re.sub(r"['’]s$", "", bare)
        if bare in parts and not _never(bare):
            yield start, start + len(bare)


def _after(text: str, words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield names by what stands before them."""
    for pattern, least in (
        (_INTRODUCED, 1),
        (_TITLE, 1),
        (_MADE, 1),
        (_RELATION, 1),
        (_SIGNED, 1),
        (_SELF, 1),
        (_SAID_OF_SELF, 2),
    ):
        for match in pattern.finditer(text):
            run = _run_at(text, words, match.end())
            if len(run) < least:
                continue
            start, end = run[0][0], run[-1][1]
            if pattern is _SIGNED and text[end:].split("\n", 1)[0].strip(" .!*_-~"):
                continue  # the line goes on: a sentence, not a signature
            yield start, _without_dot(text, end)


def _lower_signature(text: str) -> Iterator[tuple[int, int]]:
    """Yield a few words in the last line, whatever their case, behind what people sign with."""
    for match in _SIGNED.finditer(text):
        rest = text[match.end() :].rstrip()
        if rest and "\n" not in rest and len(rest) <= 40 and len(rest.split()) <= 3:
            yield match.end(), match.end() + len(rest)


def _run_at(text: str, words: Sequence[tuple[int, int]], place: int) -> Sequence[tuple[int, int]]:
    """Return the capitalized words that begin at `place`, at most five."""
    run: list[tuple[int, int]] = []
    for start, end in words:
        if start < place:
            continue
        expected = place if not run else run[-1][1]
        gap = text[expected:start]
        if (gap.strip(" ") if run else gap) or not _looks(text[start:end]) or len(run) == 5:
            break
        if run and text[run[-1][1] - 1] == "." and run[-1][1] - run[-1][0] > 3:
            break  # a sentence ended there
        run.append((start, end))
    return run


def _runs(text: str, words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield runs of two to four capitalized words that are no body known here."""
    place = 0
    while place < len(words):
        run = _run_at(text, words, words[place][0])
        place += max(len(run), 1)
        if len(run) < 2:
            continue
        start, end = run[0][0], _without_dot(text, run[-1][1])
        if " ".join(text[start:end].split()).casefold() not in _KNOWN_PLAIN:
            yield start, end


def _looks(word: str) -> bool:
    """Say whether a word may be a part of a name: capitalized, and no usual word."""
    return word[0].isupper() and not _never(word.rstrip("."))


def _never(word: str) -> bool:
    return re.sub(r"['’]s$", "", word.casefold()) in _NEVER


def _without_dot(text: str, end: int) -> int:
    return end - 1 if text[end - 1] == "." else end
