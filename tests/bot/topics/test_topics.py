"""Topic pages on both databases: versions, what a file says anew, and who is counted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.desk import Desk
from bot.ids import seeded_randomness
from bot.store.outbox import OutboxRow
from bot.topics.model import (
    BadTopic,
    ChangedMeanwhile,
    Confidence,
    NoSuchTopic,
    Page,
    Topic,
    Unchanged,
    What,
)
from bot.topics.service import Topics
from bot.topics.shipped import Shipped, TopicFaults, load
from bot.topics.typed import fact_of, lines_of, moment
from tests.conftest import ROOT

GUILD, OTHER = 710_000_000_000_000_001, 710_000_000_000_000_002
SAM, LEA = 720_000_000_000_000_005, 720_000_000_000_000_006
FILE = """\
id: photos
title: Photos of faces
known: >-
  A list of photos was published in 2019.
facts:
  - when: 2019-03
    text: The list is published to researchers.
    source: https://example.org/list
    confidence: reported
unknowns:
  - Who has it now?
entries: [dif-what]
concerns: Faces
"""


def again(desk: Desk, shipped: Sequence[Shipped]) -> Topics:
    """Return the pages as after a restart with other files."""
    before = desk.topics
    return Topics(
        desk.store,
        desk.outbox,
        before._people,
        desk.vault,
        desk.audit,
        desk.clock,
        seeded_randomness(2),
        shipped,
    )


async def shipped_topic(topics: Topics, guild_id: int = GUILD) -> Topic:
    """Return the page that comes with the desk."""
    (line,) = await topics.list_(guild_id)
    return await topics.topic(guild_id, line.reference)


def test_the_page_that_comes_with_the_desk_is_sourced_and_leads_to_entries_there_are():
    (one,) = load(ROOT / "config" / "topics")
    facts = one.page.facts
    assert len(facts) >= 10
    assert {fact.confidence for fact in facts} == set(Confidence)
    assert [fact.when for fact in facts] == sorted(fact.when for fact in facts)
    assert any("creativecommons.org/2019/03/13/" in fact.source for fact in facts)
    files = (ROOT / "config" / "knowledge").glob("*.yaml")
    base = "\n".join(file.read_text("utf-8") for file in files)
    for entry_id in one.page.entries:
        assert f"  - id: {entry_id}\n" in base, entry_id


@pytest.mark.parametrize(
    ("line", "before", "after", "said"),
    [
        (1, "id: photos", "id: Photos!", "id"),
        (3, "known: >-\n  A list of photos was published in 2019.", "known: Soon", "known"),
        (6, "2019-03", "soon", "such as 2019-03-13"),
        (8, "https://example.org/list", "example.org", "source"),
        (9, "reported", "certain", "confidence"),
        (12, "[dif-what]", "[dif-what, dif-what]", "twice"),
        (13, "concerns:", "concern:", "concern"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_by_file_and_line(
    tmp_path: Path, line: int, before: str, after: str, said: str
):
    file = tmp_path / "photos.yaml"
    file.write_text(FILE.replace(before, after), "utf-8")
    with pytest.raises(TopicFaults) as caught:
        load(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (file, line)
    assert said in fault.message


def test_two_files_cannot_have_one_id_and_no_folder_is_no_page(tmp_path: Path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(FILE, "utf-8")
    with pytest.raises(TopicFaults, match=r"b\.yaml:1: id: `photos` is the id of a\.yaml already"):
        load(tmp_path)
    assert load(tmp_path / "nowhere") == ()


def test_moments_and_lines_are_read_as_people_type_them():
    assert [moment(f" {one} ") for one in ("2019", "2019-03", "2024-02-29")]
    for wrong in ("", "19", "2019-13", "2023-02-29", "2019-3-1", "March", "0000"):
        with pytest.raises(BadTopic):
            moment(wrong)
    assert lines_of("- Who?\n\n*  What \n- Who?\nC-7K4Q-2M") == ("Who?", "What", "C-7K4Q-2M")


async def test_every_change_is_a_version_that_can_be_restored_and_is_audited(whole_desk: Desk):
    topics = whole_desk.topics
    page = Page("Faces", "A list was published.", unknowns=("Who has it?",))
    topic = await topics.add(GUILD, SAM, page, intake="i:1")
    assert (await topics.add(GUILD, SAM, page, intake="i:1")).reference == topic.reference
    later = fact_of("2020-06", "It is gone.", "https://example.org/b", "unknown")
    first = fact_of("2020", "It is there.", "https://example.org/a", "stated")
    for number in range(2):
        await topics.add_fact(GUILD, topic.reference, SAM, later, intake="i:2")
        topic = await topics.add_fact(GUILD, topic.reference, SAM, first, intake="i:3")
        assert topic.version == 3, number
    assert [(one.id, one.when) for one in topic.page.facts] == [(2, "2020"), (1, "2020-06")]
    corrected = replace(topic.page.fact(1), confidence=Confidence.REPORTED, when="2019-12-24")
    change = (GUILD, topic.reference, LEA, corrected)
    topic = await topics.change_fact(*change, why="Seen in the press", seen=3, intake="i:4")
    assert [one.id for one in topic.page.facts] == [1, 2]
    with pytest.raises(ChangedMeanwhile):
        await topics.remove_fact(GUILD, topic.reference, LEA, 2, seen=3, intake="i:5")
    with pytest.raises(Unchanged):
        await topics.change_fact(*change, seen=4, intake="i:6")
    topic = await topics.remove_fact(GUILD, topic.reference, LEA, 2, seen=4, intake="i:7")
    with pytest.raises(NoSuchTopic):
        await topics.remove_fact(GUILD, topic.reference, LEA, 2, seen=5, intake="i:8")
    topic = await topics.restore(GUILD, topic.reference, SAM, 3, intake="i:9")
    assert topic.page == topic.at(3).page
    assert [(one.what, one.by, one.why) for one in topic.versions] == [
        (What.ADDED, SAM, ""),
        (What.FACT_ADDED, SAM, ""),
        (What.FACT_ADDED, SAM, ""),
        (What.FACT_CHANGED, LEA, "Seen in the press"),
        (What.FACT_REMOVED, LEA, ""),
        (What.RESTORED, SAM, ""),
    ]
    with pytest.raises(BadTopic, match="blank_current"):
        await topics.blank(GUILD, topic.reference, SAM, topic.version)
    topic = await topics.blank(GUILD, topic.reference, SAM, 4)
    assert topic.at(4).blanked
    assert (topic.at(4).why, topic.at(4).by) == ("", LEA)
    with pytest.raises(BadTopic, match="blanked"):
        await topics.restore(GUILD, topic.reference, SAM, 4, intake="i:11")
    known = await topics.known(GUILD, topic.reference)
    assert (known.text, known.unknowns) == ("A list was published.", ("Who has it?",))

    async def audited(session):
        return [
            one.what
            async for one in whole_desk.audit.entries(session, GUILD)
            if one.subject == topic.reference
        ]

    assert (await whole_desk.store.read(audited))[-2:] == ["topic.restored", "topic.blanked"]
    with pytest.raises(NoSuchTopic):
        await topics.topic(OTHER, topic.reference)
    with pytest.raises(NoSuchTopic):
        await topics.restore(GUILD, topic.reference, SAM, 99, intake="i:10")


async def test_a_page_follows_its_file_until_staff_change_it_then_both_are_kept(whole_desk: Desk):
    desk, (one,) = whole_desk, whole_desk.topics.shipped
    topic = await shipped_topic(desk.topics)
    assert (await shipped_topic(desk.topics, OTHER)).reference != topic.reference
    await desk.topics.set_links(
        GUILD,
        topic.reference,
        SAM,
        entries=topic.page.entries,
        sessions=["S-7K4Q-2M"],
        concerns=topic.page.concerns,
        seen=1,
        intake="i:1",
    )
    second = Shipped(one.id, replace(one.page, known="Something new is known."))
    topic = await shipped_topic(again(desk, [second]))
    assert topic.page.known == "Something new is known."
    assert topic.page.sessions == ("S-7K4Q-2M",)
    assert (await shipped_topic(again(desk, [second]))).version == topic.version
    with pytest.raises(BadTopic, match="blank_file"):
        await desk.topics.blank(GUILD, topic.reference, SAM, 1)
    assert [one.reference for one in await desk.topics.of_session(GUILD, "S-7K4Q-2M")] == [
        topic.reference
    ]
    page = topic.page
    await desk.topics.set_words(
        GUILD,
        topic.reference,
        SAM,
        title="Ours",
        known=page.known,
        unknowns=page.unknowns,
        seen=topic.version,
        intake="i:2",
    )
    third = Shipped(one.id, replace(one.page, known="The file says more."))
    for _ in range(2):
        topic = await shipped_topic(again(desk, [third]))
        assert (topic.page.title, topic.page.known) == ("Ours", "Something new is known.")
        assert [one.what for one in topic.versions[-2:]] == [What.FILE, What.KEPT]
        assert topic.versions[-2].page.known == "The file says more."

    async def notices(session):
        rows = await session.scalars(select(OutboxRow))
        return [one for one in rows if one.payload.get("key") == "topics.notice.file"]

    assert len(await desk.store.read(notices)) == 1
