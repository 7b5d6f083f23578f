"""Every word the code asks for is there, in English and, with the same blanks, in French."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.guilds.model import Capability
from bot.knowledge.scope import Kind as ScopeKind
from bot.words import SOURCE, Words, placeholders
from tests.conftest import ROOT

WORDS = Words.load(ROOT / "config" / "locale")
ENGLISH = dict(WORDS.keys())
OTHERS = [language for language in WORDS.languages if language != SOURCE]

TONGUES = {"t", "tongue"}
"""What a tongue is called in code; `tongue(interaction)("…")` counts too."""


def sources() -> list[Path]:
    """Return every file of code that people can see words of."""
    return sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")])


def asked_for(file: Path) -> Iterator[tuple[int, str, set[str] | None, bool]]:
    """Yield line, key, the blanks that are filled in (None: unknown) and whether it is a plural."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else None
        plural = isinstance(called, ast.Attribute) and called.attr == "plural"
        if isinstance(called, ast.Call) and isinstance(called.func, ast.Name):
            name = called.func.id
        keys = list(_literals(node.args[0]))
        if name in TONGUES or plural:
            filled = None if any(k.arg is None for k in node.keywords) else set()
            if filled is not None:
                filled = {keyword.arg for keyword in node.keywords if keyword.arg}
            for key in keys:
                yield node.lineno, key, filled, plural
        elif name == "Refused":
            for key in keys:
                yield node.lineno, key, {k.arg for k in node.keywords if k.arg}, False
        elif name == "staff_notice" and len(node.args) > 1:
            for key in _literals(node.args[1]):
                filled = {k.arg for k in node.keywords if k.arg} - {"once"}
                yield node.lineno, key, filled, False
        elif name == "words":
            for key in keys:
                yield node.lineno, key, set(), False


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


CALLS = [
    (f"{file.relative_to(ROOT)}:{line}", key, filled, plural)
    for file in sources()
    for line, key, filled, plural in asked_for(file)
]


def test_there_are_words_to_look_at() -> None:
    assert len(CALLS) > 50


def test_every_word_that_is_asked_for_is_there_in_english() -> None:
    faults = []
    for where, key, filled, plural in CALLS:
        if key not in ENGLISH:
            faults.append(f"{where} asks for {key}, which config/locale/en does not have")
        elif filled is not None:
            blanks = placeholders(ENGLISH[key]) - ({"count"} if plural else set())
            if not blanks <= filled:
                faults.append(f"{where} leaves {blanks - filled} of {key} empty")

    assert not faults


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_has_a_name(capability: Capability) -> None:
    assert f"capability.{capability}" in ENGLISH


@pytest.mark.parametrize("kind", ScopeKind)
def test_every_kind_of_text_without_an_entry_has_a_sentence(kind: ScopeKind) -> None:
    assert {f"scope.{kind}", f"scope.{kind}.title"} <= ENGLISH.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_translations_translate_what_there_is_and_keep_its_blanks(language: str) -> None:
    for key, message in WORDS.keys(language):
        assert key in ENGLISH, f"{language} translates {key}, which English does not have"
        assert placeholders(message) == placeholders(ENGLISH[key]), f"{language}: {key}"
        assert message.strip(), f"{language}: {key} is empty"


@pytest.mark.parametrize("language", OTHERS)
def test_what_members_meet_is_translated(language: str) -> None:
    translated = dict(WORDS.keys(language))
    for_members = re.compile(
        r"(ask|faq|license|concern|consent|about|privacy|error|card|capability|confidence|command"
        r"|inbox|scope|changes|feedback|follow|promises|discussion|topic|storm.board|brake.line|photo.post|photo.button)\."
    )

    missing = [key for key in ENGLISH if for_members.match(key) and key not in translated]

    assert not [key for key in missing if not key.startswith(STAFF_COMMANDS)]


STAFF_COMMANDS = (
    "command.triage",
    "command.hours",
    "command.setup",
    "command.knowledge",
    "command.brief",
    "command.questions",
    "command.promise.",
    "command.topic.add",
    "command.topic.edit",
    "command.topic.fact",
    "command.topic.link",
    "command.topic.restore",
    "command.mod.",
    "command.moderate.",
    "command.automod.",
    "command.brake.",
    "command.photos.",
    "command.storm.",
)
"""Commands that members do not meet; the rest of them greets people in their language."""


@pytest.mark.parametrize("language", WORDS.languages)
def test_no_command_says_more_than_discord_shows(language: str) -> None:
    for key, message in WORDS.keys(language):
        if key.startswith("command."):
            assert 1 <= len(message) <= (32 if key.endswith(".name") else 100), f"{language}: {key}"


def test_commands_say_in_code_what_the_english_catalog_says() -> None:
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "words"
                and len(node.args) == 2
            ):
                key, english = (ast.literal_eval(argument) for argument in node.args)
                assert ENGLISH.get(key) == english, f"{file.name}:{node.lineno}: {key}"
