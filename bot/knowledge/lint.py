"""The answer linter: wording that a knowledge base about law should not carry unnoticed.

The schema says what an entry may hold; this says how it may speak. It looks at what members read
(question, answer, depends_on, beyond_license), never at aliases, which are people's own words.
An editor who means what it points at says so in the entry: `meant: [is fair use]` with the words
themselves, or `meant: [depends_on]` for an answer that depends on nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.knowledge.model import Entry, Section

_CC_HOSTS = ("creativecommons.org", "github.com/creativecommons/")
_LEGAL_CODE = re.compile(r"https://creativecommons\.org/.*/legalcode[^#]*")
_NEGATED = r"(?<!\bno )(?<!\bnot )(?<!\bnor )(?<!\bwithout )(?<!\bany )(?<!\bnever )(?<!\bnobody )"


@dataclass(frozen=True)
class Finding:
    """What an entry should not say, or lacks. `path` is where; `says` the words ("" if lacking)."""

    path: tuple[str | int, ...]
    says: str
    message: str


@dataclass(frozen=True)
class _Rule:
    """A pattern that no answer should match, and what to do instead."""

    pattern: re.Pattern[str]
    advice: str


def _rule(pattern: str, advice: str) -> _Rule:
    return _Rule(re.compile(pattern, re.IGNORECASE), advice)


_WHO = r"(?:you|they|he|she|anyone|anybody|everyone|people|photographers?|creators?|companies)"
_IS = r"(?:is|are|was|were|be|being|'s|’s)"
_HOW = r"(?:\s+(?:not|never|always|also|still|clearly|perfectly|completely|simply|generally|thus))?"
_NAMES = r"(?!\s+(?:advice|tools?|codes?|terms?|texts?|questions?|matters?|persons?|help|rules?))"

_LAW = (
    _rule(
        rf"\b{_IS}{_HOW}\s+(?:legal\b{_NAMES}|illegal(?:ly)?\b)|\b{_IS}{_HOW}\s+(?:un)?lawful\b",
        "is a verdict; say what it depends on, or who says so",
    ),
    _rule(
        rf"\b{_WHO}\s+(?:can|may|could|should|will|would)\s+(?:\w+\s+)?sue\b|\bgrounds? to sue\b",
        "predicts a lawsuit; name the kind of law and point to a lawyer",
    ),
    _rule(
        rf"\b{_WHO}\s+(?:will|would)\s+(?:\w+\s+)?(?:win|lose)\b"
        r"|\b(?:will|would)\s+be\s+(?:held\s+)?(?:liable|sued|fined|convicted)\b"
        r"|(?<!what )\b(?:a|the|any|every|no)\s+(?:court|judge)\s+(?:will|would)\b",
        "predicts a court; say what one has decided, or what it would look at",
    ),
    _rule(
        rf"\b(?:{_IS}|counts?\s+as|qualif(?:y|ies)\s+as|falls?\s+under)"
        rf"{_HOW}\s+(?:a\s+)?fair\s+(?:use|dealing)\b(?!\s+case)",
        "decides fair use; say that it is decided case by case, or who has argued it",
    ),
    _rule(
        rf"{_NEGATED}\b(?:guarantee[sd]?|assures?|ensures?)\b",
        "promises; no license or law gives that promise",
    ),
    _rule(
        r"\b(?:always|never|automatically|under no circumstances)\s+"
        r"(?:allowed|permitted|forbidden|prohibited|banned|required|free|protected|liable|safe)\b"
        r"|\b(?:allowed|permitted|forbidden|prohibited|protected|free)\s+"
        r"(?:everywhere|anywhere|in\s+(?:every|all|any)\s+(?:countr|case|circumstance)\w*)\b",
        "leaves no exception; name the one there is, or say who says so",
    ),
    _rule(
        r"\bthe\s+law\s+is\s+clear\b|\bno\s+legal\s+risks?\b|\brisk[- ]free\b|\b100\s?%"
        r"|\b(?:completely|totally|perfectly|absolutely)\s+(?:safe|fine|free)\b"
        r"|\bnothing\s+to\s+(?:fear|worry\s+about)\b|\b(?:undoubtedly|without\s+a\s+doubt)\b",
        "is surer than law is; say what is known",
    ),
    _rule(
        rf"\b(?:breaks?|broke|broken|violate[sd]?)\s+(?:the|any|a)\s+laws?\b|\b{_IS}\s+a\s+crime\b",
        "is a verdict; say which rule may be concerned",
    ),
)

_BLAME = _rule(
    r"\byou\s+(?:really\s+)?(?:should|ought\s+to|could)\s+(?:not\s+)?have\b"
    r"|\byou\s+(?:failed|forgot|neglected)\b|\byou\s+did\s+not\s+bother\b"
    r"|\b(?:is|was)\s+your\s+(?:own\s+)?(?:fault|mistake|problem|responsibility)\b"
    r"|\byour\s+own\s+(?:fault|mistake|carelessness)\b|\bcareless(?:ly|ness)?\b"
    r"|\bnobody\s+forced\s+you\b|\byou\s+agreed\s+to\s+(?:this|that|it)\b"
    r"|\bas\s+you\s+(?:should|ought\s+to)\s+know\b|\bobviously\b|\byou\s+must\s+understand\b",
    "blames the person who asks; say what can be done now",
)

_STYLE = (
    _rule("—|–|(?<= )--(?= )", "is a dash; use a comma, a colon or two sentences"),
    _rule(
        r"\b\w+n['’]t\b|\b(?:you|they|we|i)['’](?:re|ve|ll|d|m)\b"
        r"|\b(?:it|that|there|here|what|who|he|she|let)['’]s\b",
        "is a contraction; write it out",
    ),
)

_AMERICAN = {
    r"licences?": "license",
    r"(?:un|re)?licenc(?:ed|ing)": "licensed, licensing",
    r"(?:dis)?colour\w*": "color",
    r"(?:dis)?honour\w*": "honor",
    r"(?:un)?favour\w*": "favor",
    r"behaviour\w*": "behavior",
    r"neighbour\w*": "neighbor",
    r"rumours?|labours?|harbours?|endeavours?": "-or",
    r"centres?|theatres?|metres?": "-er",
    r"catalogue[sd]?": "catalog",
    r"defence|offence|pretence": "-ense",
    r"judgements?": "judgment",
    r"acknowledgements?": "acknowledgment",
    r"programmes?": "program",
    r"artefacts?": "artifact",
    r"whilst|amongst": "while, among",
    r"grey": "gray",
    r"(?:cancel|label|travel|model|signal)l(?:ed|ing)": "one l",
    r"fulfils?|enrols?|skilful": "two l",
    r"practis(?:e[sd]?|ing)": "practice",
    r"analys(?:e[sd]?|ing)": "analyze",
    r"(?:organ|recogn|real|author|summar|minim|maxim|digit|monet|categor|anonym|pseudonym|emphas"
    r"|apolog|critic|final|general|legal|special|standard|util|visual|personal|harmon|local"
    r"|international|symbol|priorit|commercial|public|character|initial|optim|familiar)"
    r"is(?:e[sd]?|ing|ations?|ers?|able)": "-ize, -ization",
}
_BRITISH = {
    re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE): american
    for pattern, american in _AMERICAN.items()
}

_SPEAKS_FOR_CC = re.compile(
    r"\bCreative\s+Commons(?:['’]s?)?\s+(?:itself\s+|also\s+|strongly\s+|still\s+)?"
    r"(?:says|said|recommends|notes|noted|names|advises|encourages|discourages|treats|points\s+to"
    r"|supports|suggests|calls|considers|explains|warns|tells)\b"
)


def lint_entry(entry: Entry, *, legal: bool) -> Iterator[Finding]:
    """Yield what an entry says too surely, blames for, misspells or lacks.

    `legal` is whether its section is about what people may do: then it must say what the answer
    depends on, and rest on more than the desk's own commands. Retired entries are not looked at.
    """
    if entry.status == "retired":
        return
    meant = {_flat(words): index for index, words in enumerate(entry.meant)}
    used: set[str] = set()
    for finding in _findings(entry, legal):
        words = _flat(finding.says or str(finding.path[0]))
        if words in meant:
            used.add(words)
        else:
            yield finding
    for words, index in meant.items():
        if words not in used:
            message = f"`meant` names {entry.meant[index]!r}, which needs no excuse; remove it"
            yield Finding(("meant", index), "", message)


def lint_section(section: Section) -> Iterator[Finding]:
    """Yield what a section's own title and description should not say."""
    for path, text in ((("title",), section.title), (("about",), section.about)):
        yield from _spelling(path, text)
        yield from _matches(path, text, _STYLE)


def _findings(entry: Entry, legal: bool) -> Iterator[Finding]:
    yield from _spelling(("question",), entry.question)
    yield from _matches(("question",), entry.question, _STYLE)
    for path, text in _answering(entry):
        yield from _matches(path, text, (*_LAW, *_STYLE))
        yield from _spelling(path, text)
        if path[0] != "depends_on":
            yield from _matches(path, text, (_BLAME,))
    yield from _sources(entry, legal)
    if legal and not entry.depends_on:
        message = (
            "`depends_on` is empty in a section about law; say what the answer turns on, or that "
            "it turns on nothing with `meant: [depends_on]`"
        )
        yield Finding(("depends_on",), "", message)


def _answering(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts that answer, each with its place."""
    yield ("answer",), entry.answer
    for index, line in enumerate(entry.depends_on):
        yield ("depends_on", index), line
    if entry.beyond_license:
        yield ("beyond_license",), entry.beyond_license


def _matches(path: tuple[str | int, ...], text: str, rules: tuple[_Rule, ...]) -> Iterator[Finding]:
    for rule in rules:
        for match in rule.pattern.finditer(text):
            words = _flat(match.group())
            yield Finding(path, match.group(), f'"{words}" {rule.advice}')


def _spelling(path: tuple[str | int, ...], text: str) -> Iterator[Finding]:
    for pattern, american in _BRITISH.items():
        for match in pattern.finditer(text):
            message = (
                f'"{match.group()}" is British spelling; write it the American way ({american})'
            )
            yield Finding(path, match.group(), message)


def _sources(entry: Entry, legal: bool) -> Iterator[Finding]:
    if legal and all(source.url.startswith("desk:/") for source in entry.sources):
        message = "no source outside the desk; name where the law or the license says it"
        yield Finding(("sources",), "", message)
    for index, source in enumerate(entry.sources):
        if _LEGAL_CODE.fullmatch(source.url):
            message = "the legal code is long; name the place in it, such as #s2b1"
            yield Finding(("sources", index, "url"), "", message)
    for path, text in _answering(entry):
        said = _SPEAKS_FOR_CC.search(text)
        if said and not any(_of_creative_commons(source.url) for source in entry.sources):
            message = f'"{_flat(said.group())}" needs a source of theirs; add the page'
            yield Finding(path, said.group(), message)


def _of_creative_commons(url: str) -> bool:
    parts = urlsplit(url)
    place = f"{parts.netloc}{parts.path}"
    return f".{parts.netloc}".endswith("." + _CC_HOSTS[0]) or place.startswith(_CC_HOSTS[1])


def _flat(words: str) -> str:
    return " ".join(words.split()).casefold()
