"""From a gap to an entry, and back: drafts, four eyes, revisions over the files."""

from pathlib import Path

import pytest

from bot.desk import Desk
from bot.ids import Randomness
from bot.knowledge.drafting import Typed
from bot.knowledge.export import entry_data, export
from bot.knowledge.gapmodel import GapState, Why
from bot.knowledge.library import Library, check
from bot.knowledge.model import Answer
from bot.knowledge.revisionmodel import FourEyes, NoSuchRevision, NotReady, RevisionState
from tests.conftest import ROOT, StandingClock

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
EVA, FINN, ANA = 720_000_000_000_000_005, 720_000_000_000_000_006, 720_000_000_000_000_003
QUESTION = "May I put a CC BY photo on a podcast cover?"
TYPED = Typed(
    question=QUESTION,
    aliases="cc photo for my podcast cover\npodcast art from a cc by picture\n"
    "cover image for an episode\nmay a podcast use a cc photo\ncc by photo on spotify cover",
    answer="The license allows it if you credit the author, name the license and say what you "
    "changed. Listing platforms show little text, so put the credit in the episode notes.",
    depends_on="Which license the photo has",
    sources="https://creativecommons.org/faq/#how-do-i-attribute CC FAQ: How do I attribute?",
)


async def ready(desk: Desk, typed: Typed = TYPED, **where: str) -> str:
    where = where or {"section": "photos"}
    draft = await desk.editing.draft(GUILD, EVA, typed, **where)  # type: ignore[arg-type]
    assert draft.faults == ()
    reference = draft.revision.reference
    await desk.editing.propose(GUILD, reference, EVA, "People asked")
    return reference


async def test_a_gap_becomes_an_entry_and_who_asked_is_told(whole_desk: Desk):
    desk = whole_desk
    gap = await desk.gaps.record(
        GUILD, "can my podcast cover be a cc by photo", Why.UNKNOWN, once="1"
    )
    await desk.gaps.wait(GUILD, ANA, None, once="1")
    draft = await desk.editing.draft(GUILD, EVA, TYPED, section="photos", gap=gap)
    assert (await desk.gaps.get(GUILD, gap)).state is GapState.DRAFTED
    reference = draft.revision.reference
    await desk.editing.propose(GUILD, reference, EVA, "People asked")

    done = await desk.editing.publish(GUILD, reference, FINN)

    assert done.told == 1
    assert (await desk.gaps.get(GUILD, gap)).state is GapState.ANSWERED
    outcome = await desk.knowledge.of(GUILD).answer(QUESTION)
    assert isinstance(outcome, Answer)
    assert outcome.entry.question == QUESTION
    assert desk.knowledge.of(OTHER).get(outcome.entry.id) is None
    assert desk.knowledge.get(outcome.entry.id) is None
    (change,) = await desk.revisions.changes(GUILD)
    assert (change.reason, change.author, change.publisher) == ("People asked", EVA, FINN)
    assert await desk.revisions.changes(OTHER) == []


async def test_whoever_wrote_it_may_not_publish_it_where_it_is_about_law(whole_desk: Desk):
    reference = await ready(whole_desk)
    with pytest.raises(FourEyes):
        await whole_desk.editing.publish(GUILD, reference, EVA)
    # Changing a word makes one an author too.
    await whole_desk.editing.draft(GUILD, FINN, TYPED, replacing=reference)
    await whole_desk.editing.propose(GUILD, reference, FINN, "One word")
    with pytest.raises(FourEyes):
        await whole_desk.editing.publish(GUILD, reference, FINN)


async def test_where_it_is_not_about_law_one_person_is_enough(
    whole_desk: Desk, small_knowledge: Path
):
    file = small_knowledge / "photos.yaml"
    file.write_text(
        file.read_text("utf-8").replace("order: 10", "order: 10\nlegal: false"), "utf-8"
    )
    assert await whole_desk.knowledge.reload()
    reference = await ready(whole_desk)
    await whole_desk.editing.publish(GUILD, reference, EVA)
    assert whole_desk.knowledge.of(GUILD).library.published.keys() > {"photo-print"}


async def test_a_faulty_draft_is_kept_and_says_what_to_mend(whole_desk: Desk):
    typed = Typed("No mark at its end", "one", "no", "", "ftp://nowhere")
    draft = await whole_desk.editing.draft(GUILD, EVA, typed, section="photos")

    assert any("question mark" in fault for fault in draft.faults)
    assert any("https://" in fault for fault in draft.faults)
    with pytest.raises(NotReady):
        await whole_desk.editing.propose(GUILD, draft.revision.reference, EVA, "x")
    kept = await whole_desk.revisions.get(GUILD, draft.revision.reference)
    assert Typed.of(kept.data).answer == "no"


async def test_the_linter_and_names_of_other_entries_are_looked_at_too(whole_desk: Desk):
    surer = Typed(**{**vars(TYPED), "answer": TYPED.answer + " This is perfectly legal."})
    draft = await whole_desk.editing.draft(GUILD, EVA, surer, section="photos")
    assert any("verdict" in fault for fault in draft.faults)
    twice = Typed(**{**vars(TYPED), "question": "May I print a CC BY-NC photo in a newsletter?"})
    draft = await whole_desk.editing.draft(GUILD, EVA, twice, section="photos")
    assert any("already stands" in fault for fault in draft.faults)


async def test_an_edit_is_rolled_back_to_the_one_before_and_then_to_the_files(whole_desk: Desk):
    desk = whole_desk
    entry = desk.knowledge.get("photo-print")
    assert entry is not None
    words = ["A second wording of the answer, long enough to be one. ", "A third. "]
    for text in words:
        typed = Typed(**{**vars(Typed.of(entry_data(entry))), "answer": text + entry.answer})
        reference = await ready(desk, typed, entry_id="photo-print")
        await desk.editing.publish(GUILD, reference, FINN)

    def now() -> str:
        found = desk.knowledge.of(GUILD).get("photo-print")
        assert found is not None
        return found.answer

    assert now().startswith("A third.")
    assert await desk.editing.roll_back(GUILD, "photo-print", EVA) is not None
    assert now().startswith("A second wording")
    assert await desk.editing.roll_back(GUILD, "photo-print", EVA) is None
    assert now() == entry.answer
    with pytest.raises(NoSuchRevision):
        await desk.editing.roll_back(GUILD, "photo-print", EVA)


async def test_a_retired_entry_is_out_of_sight_here_only(whole_desk: Desk):
    revision = await whole_desk.editing.retire(GUILD, "photo-print", EVA, "Out of date")
    with pytest.raises(FourEyes):
        await whole_desk.editing.publish(GUILD, revision.reference, EVA)
    await whole_desk.editing.publish(GUILD, revision.reference, FINN)

    here = whole_desk.knowledge.of(GUILD)
    assert here.get("photo-print") is None
    assert all("photo-print" not in one.related for one in here.library.entries)
    assert whole_desk.knowledge.of(OTHER).get("photo-print") is not None


async def test_revisions_are_there_after_a_restart_and_after_a_reload(
    whole_desk: Desk, clock: StandingClock, randomness: Randomness
):
    await whole_desk.editing.publish(GUILD, await ready(whole_desk), FINN)
    count = len(whole_desk.knowledge.of(GUILD).library.entries)
    await whole_desk.knowledge.reload()
    assert len(whole_desk.knowledge.of(GUILD).library.entries) == count
    again = await Desk.open(whole_desk.settings, clock=clock, randomness=randomness, serving=False)
    try:
        assert len(again.knowledge.of(GUILD).library.entries) == count
        assert len(again.knowledge.of(OTHER).library.entries) == count - 1
    finally:
        await again.close()


async def test_when_the_file_changes_under_a_revision_editors_are_shown_it(
    whole_desk: Desk, small_knowledge: Path
):
    desk = whole_desk
    entry = desk.knowledge.get("photo-print")
    assert entry is not None
    typed = Typed(**{**vars(Typed.of(entry_data(entry))), "answer": "Ours now. " + entry.answer})
    reference = await ready(desk, typed, entry_id="photo-print")
    await desk.editing.publish(GUILD, reference, FINN)
    assert await desk.editing.conflicts(GUILD) == []

    file = small_knowledge / "photos.yaml"
    file.write_text(file.read_text("utf-8").replace("Give the author", "Name the author"), "utf-8")
    assert await desk.knowledge.reload()

    (conflict,) = await desk.editing.conflicts(GUILD)
    assert conflict.reference == reference
    standing = desk.knowledge.of(GUILD).get("photo-print")
    assert standing is not None
    assert standing.answer.startswith("Ours now.")
    await desk.editing.stand_by(GUILD, reference, EVA)
    assert await desk.editing.conflicts(GUILD) == []


async def test_every_step_is_in_the_audit_and_erasing_the_editor_names_nobody(whole_desk: Desk):
    await whole_desk.editing.publish(GUILD, await ready(whole_desk), FINN)
    preview = await whole_desk.privacy.preview(EVA, GUILD)
    assert preview.stays["revisions"] == 1
    export = (await whole_desk.privacy.export(EVA, GUILD)).as_json()
    assert "entries_written_or_published" in str(export)
    await whole_desk.privacy.erase(EVA, GUILD)
    (change,) = await whole_desk.revisions.changes(GUILD)
    assert (change.author, change.publisher) == (None, FINN)


@pytest.mark.sqlite
async def test_the_whole_base_with_revisions_goes_out_as_yaml_and_comes_back_the_same(
    whole_desk: Desk, tmp_path: Path
):
    await whole_desk.editing.publish(GUILD, await ready(whole_desk), FINN)
    for name, library in {
        "laid": whole_desk.knowledge.of(GUILD).library,
        "whole": Library.load(ROOT / "config" / "knowledge"),
    }.items():
        export(library, tmp_path / name)
        back = Library.load(tmp_path / name)
        assert back.sections == library.sections
        assert back.terms == library.terms
        assert back.elsewhere == library.elsewhere
        assert check(tmp_path / name, today=whole_desk.clock().date().replace(year=2030)) == []


async def test_a_discarded_draft_is_gone_from_the_list(whole_desk: Desk):
    reference = await ready(whole_desk)
    await whole_desk.editing.discard(GUILD, reference, EVA)
    assert await whole_desk.revisions.pending(GUILD) == []
    there = await whole_desk.revisions.get(GUILD, reference)
    assert there.state is RevisionState.DISCARDED
    with pytest.raises(NoSuchRevision):
        await whole_desk.editing.publish(GUILD, reference, FINN)
    with pytest.raises(NoSuchRevision):
        await whole_desk.revisions.get(OTHER, reference)
