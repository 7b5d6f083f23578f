"""The search over the real knowledge base: right, sure of itself when it may be, and bounded."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks._questions import KNOWLEDGE
from bot.clock import utc_now
from bot.knowledge.library import Library
from bot.knowledge.model import Answer, Suggestions, Unknown
from bot.knowledge.search import Search, weights
from bot.knowledge.search import engine as engine_module
from bot.knowledge.search.engine import MOST_MATCHES, kept
from bot.knowledge.search.lexical import WordIndex, grams, stems
from bot.knowledge.search.meaning import DIMENSIONS, MiniLM, minilm
from bot.knowledge.search.spelling import Spelling
from bot.knowledge.search.wordpiece import MOST_PIECES, wordpiece
from bot.knowledge.service import Knowledge
from bot.knowledge.terms import Terms
from tests.bot.platform.corpus import HOSTILE

pytestmark = pytest.mark.usefixtures("kept_vectors")

LONG = "may i print a cc photo in our newsletter " * 400


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load(KNOWLEDGE)


@pytest.fixture(scope="module")
def search(library: Library) -> Search:
    return Search(library)


def test_an_entry_asked_word_for_word_is_answered_with_certainty(search: Search, library: Library):
    for entry in library.published.values():
        for asked in (entry.question, entry.aliases[0].upper() + "??"):
            outcome = search.answer(asked)

            assert isinstance(outcome, Answer)
            assert outcome.entry is entry
            assert outcome.confidence == 1.0
            assert outcome.matches[0].entry is entry


def test_a_question_in_other_words_finds_its_entry(search: Search):
    for asked, entry_id in {
        "how do i take back a licence i gave": "change-mind",
        "must i sign up somewhere before i may use a cc licence": "register",
        "can my 12 year old put his drawings under creative commons": "children",
    }.items():
        assert search.answer(asked).matches[0].entry.id == entry_id


def test_what_the_desk_is_not_about_is_unknown(search: Search):
    for asked in ("best pizza dough", "who won the match last night", "sort a list in python"):
        outcome = search.answer(asked)

        assert isinstance(outcome, Unknown)
        assert outcome.confidence < 0.2


def test_a_slip_in_a_word_changes_nothing(search: Search):
    straight = search.answer("do i need a model release for a portrait")
    for slipped in ("model relaese for a portrait", "modell release for a portriat"):
        asked = f"do i need a {slipped}"
        assert search.answer(asked).matches[0].entry == straight.matches[0].entry


def test_only_published_entries_are_found(library: Library):
    first = library.sections[0]
    hidden = replace(first.entries[0], status="review")
    changed = replace(first, entries=(hidden, *first.entries[1:]))
    search = Search(replace(library, sections=(changed, *library.sections[1:])))

    for name in (hidden.question, *hidden.aliases):
        outcome = search.answer(name)
        assert hidden.id not in {match.entry.id for match in outcome.matches}
        assert hidden not in search.complete(name, limit=25)


def test_an_empty_library_knows_nothing():
    search = Search(Library(()))

    assert search.answer("anything") == Unknown((), 0.0)
    assert search.complete("anything", limit=25) == search.complete("", limit=25) == []


def test_matches_are_distinct_and_best_first(search: Search):
    for asked in ("cc photo", "nc", "is that allowed", "license", LONG):
        outcome = search.answer(asked)
        scores = [match.score for match in outcome.matches]

        assert scores == sorted(scores, reverse=True)
        assert len({match.entry.id for match in outcome.matches}) == len(scores) <= MOST_MATCHES
        assert all(0 <= score <= 1 for score in scores)


def test_an_outcome_goes_with_its_confidence(search: Search):
    for asked in ("cc photo", "nc", "may i", "license for my song", "facial recog", "taxes on art"):
        outcome = search.answer(asked)
        if isinstance(outcome, Answer):
            assert outcome.confidence >= weights.ANSWER
            assert outcome.entry is outcome.matches[0].entry
        elif isinstance(outcome, Suggestions):
            assert weights.SUGGEST <= outcome.confidence < weights.ANSWER
            assert outcome.matches
        else:
            assert outcome.confidence < 0.2


def test_hostile_input_gets_a_fitting_outcome_in_bounded_time(search: Search, library: Library):
    for asked in (*HOSTILE, LONG, "x" * 4_000, "مرحبا " * 500, "🙂" * 2_000, "\ud800 cc", "a\0b"):
        started = time.process_time()
        outcome = search.answer(asked)

        assert time.process_time() - started < 1
        assert all(library.published[one.entry.id] is one.entry for one in outcome.matches)


@settings(suppress_health_check=list(HealthCheck))
@given(asked=st.text(max_size=500))
def test_whatever_is_asked_only_entries_come_back(search: Search, library: Library, asked: str):
    outcome = search.answer(asked)

    assert 0 <= outcome.confidence <= 1
    assert all(library.published[one.entry.id] is one.entry for one in outcome.matches)


async def test_asking_leaves_the_event_loop_free():
    knowledge = await asyncio.to_thread(Knowledge, KNOWLEDGE, clock=utc_now)
    loop = asyncio.get_running_loop()
    seen: list[float] = []

    async def tick() -> None:
        while True:
            seen.append(loop.time())
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(knowledge.answer(LONG) for _ in range(5)))
    ticking.cancel()

    assert len(seen) > 10  # one turn of the loop, had it been blocked


def test_a_large_library_is_narrowed_down_without_losing_the_best(
    library: Library, search: Search, monkeypatch: pytest.MonkeyPatch
):
    asked = ["can i stop licensing my photo", "credit line for a cc song", "kids and cc"]
    monkeypatch.setattr(engine_module, "_CANDIDATES", 10_000)
    every = [search.answer(one).matches[0].entry.id for one in asked]
    monkeypatch.setattr(engine_module, "_CANDIDATES", 16)

    assert [search.answer(one).matches[0].entry.id for one in asked] == every


class TestWordIndex:
    DOCUMENTS = ("a b c", "a a b d", "d e f g h a", "z", "")

    def test_scores_are_those_of_a_known_library(self):
        documents = [document.split() for document in self.DOCUMENTS]
        peer = bm25s.BM25(k1=1.2, b=0.5, method="lucene")
        peer.index(documents, show_progress=False)
        for query in (["a"], ["a", "d"], ["b", "z", "e"]):
            ours = WordIndex(documents).search(query).bm25
            theirs = peer.get_scores(query)

            assert ours / ours.max() == pytest.approx(theirs / theirs.max(), abs=1e-5)

    def test_nothing_has_all_of_a_query_with_an_unknown_word(self):
        index = WordIndex([document.split() for document in self.DOCUMENTS])

        assert index.search(["a", "b"]).coverage.max() == pytest.approx(1.0)
        assert 0 < index.search(["a", "b", "nowhere"]).coverage.max() < 1
        assert index.search([]).bm25.max() == 0
        assert index.search(["a", "b", "c"]).bm25.max() <= 1

    def test_synonyms_are_joined_and_common_words_dropped(self):
        terms = Terms((("pics", "photo"),), ("the", "my"))

        assert stems(terms, "My pics, the photos!") == ["photo", "photo"]
        assert grams(terms, "the pics")[:2] == [" ph", "pho"]


class TestWordPiece:
    def test_words_are_split_into_the_longest_known_pieces(self):
        pieces = (
            Path(engine_module.__file__).with_name("wordpiece.txt").read_text("utf-8").split("\n")
        )
        found = [pieces[number] for number in wordpiece().encode("Photograph, embeddings Café!")]

        assert found == [
            "[CLS]",
            "photograph",
            ",",
            "em",
            "##bed",
            "##ding",
            "##s",
            "cafe",
            "!",
            "[SEP]",
        ]

    def test_of_a_long_text_both_ends_are_read(self):
        pieces = wordpiece().encode("alpha " + "word " * 3_000 + "omega")[:]

        assert len(pieces) == MOST_PIECES + 2
        assert pieces[1] == wordpiece().encode("alpha")[1]

    def test_what_has_no_pieces_is_one_unknown(self):
        assert len(wordpiece().encode("x" * 200)) == 3
        assert len(wordpiece().encode("")) == 2


class TestMeaning:
    def test_like_sentences_have_like_vectors(self):
        rows = minilm().names(["a photo of a dog", "a picture of a puppy", "tax return"])
        rows = rows.astype(np.float32)

        assert rows[0] @ rows[1] > 0.6
        assert rows[0] @ rows[2] < 0.3
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-2)

    def test_vectors_survive_a_restart_in_a_file(self, tmp_path: Path, library: Library):
        file, texts = tmp_path / "data" / "vectors.npz", ["one thing", "another thing"]
        first = MiniLM()
        rows = first.names(texts)
        first.save(file, texts)
        second = MiniLM()
        assert not second.knows(texts)
        second.load(file)

        assert second.knows(texts)
        assert np.array_equal(second.names(texts), rows)
        assert [one.name for one in file.parent.iterdir()] == ["vectors.npz"]

    @pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut"])
    def test_a_broken_file_counts_as_none(self, tmp_path: Path, damage: bytes):
        file = tmp_path / "vectors.npz"
        file.write_bytes(damage)
        encoder = MiniLM()
        encoder.load(file)

        assert encoder.names([]).shape == (0, DIMENSIONS)

    def test_a_library_puts_its_names_there_and_no_question(self, tmp_path: Path, library: Library):
        file = tmp_path / "vectors.npz"
        search = Search(library, kept(library, file))
        minilm()._kept = {}
        kept(library, file)
        written = file.stat().st_size
        search.answer("a question that nobody has asked before")
        kept(library, file)

        assert file.stat().st_size == written

    def test_a_file_that_cannot_be_written_is_no_harm(self, tmp_path: Path):
        (tmp_path / "blocked").write_text("a file, not a directory")
        encoder = MiniLM()
        encoder.names(["text"])
        encoder.save(tmp_path / "blocked" / "vectors.npz", ["text"])


class TestSpelling:
    KNOWN = ("the license needs attribution", "attribution attributions")

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("atribution", "attribution"),
            ("attribuiton please", "attribution please"),
            ("attribution", None),
            ("lasagna", None),
            ("patent the lizense", "patent the license"),
            ("ab cd", None),
            ("аttribution", None),  # with a Cyrillic а
        ],
    )
    def test_only_words_that_nobody_knows_are_mended(self, typed: str, meant: str | None):
        assert Spelling(self.KNOWN).mend(typed) == meant

    def test_few_words_are_mended_of_many(self, search: Search):
        slips = [f"licens{chr(97 + at)}zq" for at in range(26)] * 40

        assert Spelling(self.KNOWN).mend(" ".join(slips)) is None
