"""Editors at work: from a gap to an entry that members find, in Discord."""

import pytest
from simcord.actors import MemberActor

from bot.knowledge.gapmodel import Why
from tests.bot.workflows.test_editing import QUESTION, TYPED
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import delivered, may_triage

FIELDS = dict(vars(TYPED))


@pytest.fixture
def sue(world: World) -> MemberActor:
    """Another editor."""
    may_triage(world, world.staff_role)
    return world.guild.add_member(world.env.create_user("sue"), roles=[world.staff_role])


async def gap(world: World, text: str = "podcast cover photo zyxwv?") -> str:
    reference = await world.desk.gaps.record(world.guild.id, text, Why.UNKNOWN, once=text)
    await world.desk.gaps.wait(world.guild.id, world.ana.id, None, once=text)
    return reference


async def test_a_gap_is_answered_and_everybody_hears(world: World, sue: MemberActor) -> None:
    reference = await gap(world)
    listed = await world.sam.slash(world.general, "knowledge gaps")
    assert f"**{reference}** · asked 1 times · 1 waiting · podcast cover" in read(listed)

    opened = await world.sam.select(listed.response, [reference])
    assert "1 want to be told" in read(opened)
    assert str(world.ana.id) not in read(opened)
    where = await world.sam.click(opened.response, label="Write the answer")
    form = await world.sam.select(where.response, ["photos"])
    kept = await world.sam.submit_modal(form, FIELDS)
    assert "Draft" in read(kept)
    assert "To mend" not in read(kept)

    preview = await world.sam.click(kept.response, label="Preview")
    assert f"### {QUESTION}" in read(preview)
    assert "not legal advice" in read(preview)
    why = await world.sam.click(kept.response, label="Send to review")
    sent = await world.sam.submit_modal(why, {"reason": "People <@1> asked"})
    assert "waits for review" in read(sent)

    refused = await _publish(world, world.sam)
    assert "You wrote this one" in read(refused)
    assert len(world.env.errors) == 1
    published = await _publish(world, sue)
    assert read(published) == "Published. 1 person who asked will be told."
    await delivered(world)

    (letter,) = world.ana.user.dm_channel.history()
    assert QUESTION in read(letter)
    assert "There is an answer to what you asked." in read(letter)
    answer = await world.ben.slash(world.general, "ask", question=QUESTION)
    assert f"### {QUESTION}" in read(answer)
    changes = await world.ben.slash(world.general, "changes")
    assert QUESTION in read(changes)
    assert "People \\<\\@1\\> asked" in read(changes)
    assert_nobody_is_pinged(world)


async def _publish(world: World, who: MemberActor):
    listed = await who.slash(world.general, "knowledge review")
    (option,) = options(listed)
    return await who.slash(world.general, "knowledge publish", ref=option["value"])


async def test_a_faulty_draft_is_kept_and_can_be_mended(world: World, sue: MemberActor) -> None:
    form = await sue.slash(world.general, "knowledge draft", section="photos")
    kept = await sue.submit_modal(form, {**FIELDS, "answer": "Short."})

    assert "To mend before review" in read(kept)
    assert "at least 80" in read(kept)
    again = await sue.click(kept.response, label="Edit")
    mended = await sue.submit_modal(again, FIELDS)
    assert "To mend" not in read(mended)


async def test_what_was_typed_comes_back_if_it_cannot_be_kept(
    world: World, sue: MemberActor
) -> None:
    form = await sue.slash(world.general, "knowledge draft", section="photos")
    await world.desk.store.close()
    lost = await sue.submit_modal(form, FIELDS)

    assert any(TYPED.answer[:40] in part for part in (read(lost), str(lost.response)))


async def test_an_entry_is_edited_retired_and_rolled_back(world: World, sue: MemberActor) -> None:
    revision = await world.sam.slash(
        world.general, "knowledge retire", entry="photo-delete", reason="Out of date"
    )
    assert "waits for review" in read(revision)
    await _publish(world, sue)
    gone = await world.ana.slash(world.general, "faq", entry="photo-delete")
    assert "What happens to the license when I delete my photo?" not in read(gone)

    back = await sue.slash(world.general, "knowledge rollback", entry="photo-delete")
    assert "the wording of the files stands again" in read(back)
    there = await world.ana.slash(world.general, "faq", entry="photo-delete")
    assert "### What happens to the license when I delete my photo?" in read(there)


async def test_members_cannot_press_what_editors_press(world: World, sue: MemberActor) -> None:
    await gap(world)
    listed = await sue.slash(world.general, "knowledge gaps")
    assert labels(listed) == []
    may_triage(world, world.helper_role)
    refused = await world.hana.slash(world.general, "knowledge gaps")
    assert "podcast" not in read(refused)
    assert len(world.env.errors) == 1


async def test_gaps_are_merged_and_parted(world: World, sue: MemberActor) -> None:
    one, two = await gap(world), await gap(world, "Is there a dark mode?")
    listed = await sue.slash(world.general, "knowledge gaps")
    opened = await sue.select(listed.response, [two])
    merged = await sue.select(opened.response, [one], custom_id=f"cp1:knowledge:merge:{two}")
    assert "Asked 2 times" in read(merged)
    (left,) = await world.desk.gaps.open_ones(world.guild.id)
    parted = await sue.select(
        merged.response, [str(left.questions[0].id)], custom_id="cp1:knowledge:out"
    )
    assert "Is there a dark mode?" in read(parted)
    aside = await sue.click(parted.response, label="Set aside")
    assert "Set aside" in read(aside)
