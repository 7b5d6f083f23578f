"""Topic pages on Discord: what everybody reads, and what those who keep them do."""

from dataclasses import replace
from datetime import timedelta

from bot.guilds.model import Capability
from bot.platform.access import NotAllowed
from tests.bot.discussions.test_sessions import PLAN
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.test_promises import latest
from tests.conftest import StandingClock

FACT = {
    "when": "2019-03-14",
    "text": "Somebody **answers** @everyone.",
    "source": "https://www.example.org/answer",
    "confidence": ["reported"],
    "why": "Found it",
}


async def test_everybody_reads_what_is_known_and_what_is_not(world: World):
    listed = await world.ben.slash(world.general, "topic list")
    assert listed.ephemeral
    assert "IBM, Flickr photos and face recognition" in read(listed)
    assert labels(listed) == []
    (only,) = options(listed)
    opened = await world.ben.select(latest(listed), [only["value"]])
    text = read(opened)
    assert "What nobody knows yet" in text
    assert "Fewer than five people" in text
    assert labels(opened) == ["Timeline (12 facts)", "Changes", "All topics"]
    timeline = await world.ben.click(latest(opened), label="Timeline (12 facts)")
    text = read(timeline)
    assert "**January 2019**: IBM releases" in text
    assert "[arxiv.org](https://arxiv.org/abs/1901.10436), stated)" in text
    assert "Not confirmed: it is said" in text
    assert options(timeline) == []
    later = await world.ben.click(latest(timeline), label="Next")
    assert "Page 2 of 2" in read(later)
    back = await world.ben.click(latest(later), label="Back to the topic")
    history = await world.ben.click(latest(back), label="Changes")
    assert "the page was begun" in read(history)
    was = await world.ben.select(latest(history), ["1"])
    assert "Restore" not in " ".join(labels(was))
    shown = await world.ben.slash(world.general, "topic show")
    assert "What nobody knows yet" in read(shown)
    refused = await world.ben.slash(world.general, "topic fact", page=only["value"])
    assert "for staff" in read(refused)
    assert all(isinstance(one, NotAllowed) for one in world.env.errors)
    assert_nobody_is_pinged(world)


async def test_it_is_read_in_french(world: World, speak):
    speak("fr")
    shown = await world.ben.slash(world.general, "topic show")
    assert "Ce que personne ne sait encore" in read(shown)
    timeline = await world.ben.click(latest(shown), label="Chronologie (12 faits)")
    assert "**janvier 2019** :" in read(timeline)


async def test_staff_begin_a_page_correct_it_and_restore_it(world: World):
    sam, desk, guild_id = world.sam, world.desk, world.guild.id
    listed = await sam.slash(world.staff_channel, "topic list")
    form = await sam.click(latest(listed), label="Begin a page")
    words = {"title": "Faces", "known": "A list was *published*.", "unknowns": "- Who has it?"}
    made = await sam.submit_modal(form, words)
    assert "A list was \\*published\\*." in read(made)
    reference = next(
        one.reference for one in await desk.topics.list_(guild_id) if one.title == "Faces"
    )
    form = await sam.click(latest(made), label="Add a fact")
    wrong = await sam.submit_modal(form, FACT | {"when": "last March"})
    assert "Write a day, a month or a year" in read(wrong)
    assert "Somebody **answers**" in read(wrong)
    form = await sam.slash(world.staff_channel, "topic fact", page=reference)
    added = await sam.submit_modal(form, FACT)
    assert "[example.org](https://www.example.org/answer), reported" in read(added)
    assert "Somebody \\*\\*answers" in read(added)

    chosen = await sam.select(latest(added), ["1"])
    form = await sam.click(latest(chosen), label="Correct it")
    changed = await sam.submit_modal(form, FACT | {"confidence": ["stated"]})
    assert ", stated)" in read(changed)
    back = await sam.click(latest(changed), label="Back to the topic")
    assert "Timeline (1 fact)" in labels(back)
    stale = await sam.click(latest(chosen), label="Take it out")
    assert "changed this page since you looked" in read(stale)

    form = await sam.slash(world.staff_channel, "topic edit", page=reference)
    same = await sam.submit_modal(form, words | {"why": ""})
    assert "says that already" in read(same)
    form = await sam.slash(world.staff_channel, "topic edit", page=reference, part="links")
    links = {"entries": "no-such", "sessions": "s-11111-1", "concerns": "Faces", "why": ""}
    refused = await sam.submit_modal(form, links)
    assert "nothing was changed: no-such, s-11111-1" in read(refused)
    entry = desk.knowledge.sections()[0].entries[0]
    linked = await sam.slash(world.staff_channel, "topic link", page=reference, entry=entry.id)
    assert entry.question in [one["label"] for one in options(linked)]

    await its_history(world, reference, entry.id)


async def its_history(world: World, reference: str, entry_id: str) -> None:
    """Go through the versions of the page, restore some, and erase one."""
    sam, desk, guild_id = world.sam, world.desk, world.guild.id
    history = await sam.slash(world.staff_channel, "topic history", page=reference)
    text = read(history)
    assert "a fact was corrected: Found it (by <@" in text
    was = await sam.select(latest(history), ["3"])
    assert "Before: **March 14, 2019**: Somebody" in read(was)
    assert ", stated)" in read(was).partition("Now: ")[2]
    back = await sam.click(latest(was), label="Changes")
    was = await sam.select(latest(back), ["2"])
    restored = await sam.click(latest(was), label="Restore this version")
    assert ", reported)" in read(restored)
    await sam.slash(world.staff_channel, "topic restore", page=reference, version=4)
    topic = await desk.topics.topic(guild_id, reference)
    assert [one.what for one in topic.versions[-2:]] == ["restored", "restored"]
    assert topic.page.entries == (entry_id,)
    history = await sam.slash(world.staff_channel, "topic history", page=reference)
    was = await sam.select(latest(history), ["2"])
    asked = await sam.click(latest(was), label="Erase this version’s words")
    kept = await sam.click(latest(asked), label="Keep it")
    asked = await sam.click(latest(kept), label="Erase this version’s words")
    erased = await sam.click(latest(asked), label="Erase its words")
    assert "What this version said was erased" in read(erased)
    was = await sam.select(latest(erased), ["2"])
    assert labels(was) == ["Back to the topic"]
    members = await world.ben.slash(world.general, "topic history", page=reference)
    assert "Found it" in read(members)
    assert "<@" not in read(members)
    assert_nobody_is_pinged(world)


async def test_a_session_leads_to_the_page_it_is_about(world: World, clock: StandingClock):
    desk, guild_id, hana = world.desk, world.guild.id, world.hana.id
    plan = replace(PLAN, starts=clock() + timedelta(days=3))
    session = await desk.sessions.plan(guild_id, hana, plan, intake="i:1")
    await desk.sessions.announce(guild_id, session.reference, hana)
    (page,) = await desk.topics.list_(guild_id)
    linked = await world.sam.slash(
        world.staff_channel, "topic link", page=page.reference, session=session.reference
    )
    assert "Sessions about it" in read(linked)
    shown = await world.ben.slash(world.general, "discussion next")
    opened = await world.ben.click(latest(shown), label=f"What is known: {page.title}")
    assert f"{plan.topic}, <t:" in read(opened)


async def test_editors_keep_pages_too_and_pages_are_offered_by_title(world: World):
    await world.desk.guilds.save(
        world.guild.id, roles={Capability.EDITOR: frozenset({world.helper_role.id})}
    )
    offered = await world.hana.autocomplete(world.general, "topic show", "page", "flickr")
    assert len(offered) == 1
    form = await world.hana.slash(world.general, "topic fact", page=offered[0]["value"])
    added = await world.hana.submit_modal(form, FACT)
    assert "[example.org]" in read(added)
