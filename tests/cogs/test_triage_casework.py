"""Staff among themselves on Discord: *More*, alerts, notes, merging, keeping out, macros."""

import pytest
import simcord
from simcord.actors import MemberActor

from bot.concerns.model import Kind, Priority, State
from tests.cogs.concern.conftest import close_direct_messages
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, cards, delivered, may_triage, press, raised


@pytest.fixture(autouse=True)
def _shown(world: World) -> None:
    may_triage(world, world.staff_role, world.helper_role)


@pytest.fixture
def sue(world: World) -> MemberActor:
    """Another staff member."""
    return world.guild.add_member(world.env.create_user("sue"), roles=[world.staff_role])


def latest(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return what somebody was shown last, to press something on it."""
    found = result.followups[-1] if result.followups else result.response
    assert found is not None
    return found


async def more(
    world: World, who: MemberActor, reference: str, step: str
) -> simcord.InteractionResult:
    """Choose a step behind *More* on a card."""
    opened = await press(world, who, "more", reference)
    return await who.select(latest(opened), [step])


async def test_a_case_is_handed_over_with_a_note_that_only_staff_read(
    world: World, sue: MemberActor
) -> None:
    reference = await raised(world)
    opened = await world.sam.click(card(world), label="More")
    assert [one["value"] for one in options(opened)] == [
        "assign", "priority", "describe", "note", "macro", "merge", "keep_out",
    ]  # fmt: skip
    asked = await more(world, world.sam, reference, "assign")
    form = await world.sam.select(latest(asked), [sue])
    assert form.modal is not None
    done = await world.sam.submit_modal(form, {"note": "She writes *French*."})
    await delivered(world)

    assert read(done) == f"{reference} is now with <@{sue.id}>, who is being told."
    assert f"<@{sue.id}> has it" in read(card(world))
    shown = read(await sue.slash(world.staff_channel, "triage show", ref=reference))
    assert "**Notes, for staff only**" in shown
    assert "She writes \\*French\\*." in shown
    assert f"<@{world.sam.id}> gave it to <@{sue.id}>" in shown
    assert "French" not in read(card(world))
    assert_nobody_is_pinged(world)


async def test_only_staff_can_be_given_a_case(world: World) -> None:
    reference = await raised(world)
    refused = await world.sam.slash(
        world.staff_channel, "triage assign", ref=reference, to=world.ana, note="Yours?"
    )
    assert "They are not staff of this server" in read(refused)
    assert len(world.env.errors) == 1
    assert (await world.desk.triage.case(world.guild.id, reference)).claimed_by is None


async def test_who_takes_no_direct_messages_is_named_in_the_staff_channel(
    world: World, sue: MemberActor
) -> None:
    reference = await raised(world)
    close_direct_messages(world, sue)
    await world.sam.slash(world.staff_channel, "triage assign", ref=reference, to=sue)
    await delivered(world)
    said = [read(one) for one in world.staff_channel.history() if not one.flags.ephemeral]
    assert [one for one in said if "They take no direct messages" in one and reference in one]


async def test_what_is_urgent_alerts_the_one_role_that_was_chosen_and_nobody_else(
    world: World,
) -> None:
    await world.desk.urgent_lane.mention(world.guild.id, world.helper_role.id)
    reference = await raised(world, "Help @everyone <@&1>", kind=Kind.DANGER)

    alerts = [
        body
        for body in world.sent
        if isinstance(body.get("allowed_mentions"), dict) and body["allowed_mentions"].get("roles")
    ]
    (alert,) = alerts
    assert alert["allowed_mentions"]["roles"] == [world.helper_role.id]
    assert not alert["allowed_mentions"].get("parse")
    shown = [read(one) for one in world.staff_channel.history()]
    (said,) = [one for one in shown if "needs somebody now" in one]
    assert f"<@&{world.helper_role.id}>" in said
    assert "Help" not in said
    assert f"### {reference} needs somebody now" in said
    queue = read(await world.sam.slash(world.staff_channel, "triage queue"))
    assert f"**Urgent** · **{reference}**" in queue


async def test_priority_and_topic_are_set_and_shown(world: World) -> None:
    reference = await raised(world)
    asked = await more(world, world.sam, reference, "priority")
    done = await world.sam.select(latest(asked), ["high"])
    assert read(done) == f"{reference} now has priority: High."
    await world.sam.slash(
        world.staff_channel, "triage topic", ref=reference, topic="Faces *in* sets", label="Ask IBM"
    )
    await delivered(world)
    text = read(card(world))
    assert "**High priority**" in text
    assert "Topic: Faces \\*in\\* sets" in text
    assert "Labels: ask ibm" in text
    form = await more(world, world.sam, reference, "describe")
    assert form.modal is not None
    found = await world.sam.autocomplete(
        world.staff_channel, "triage topic", "topic", "faces", ref=reference
    )
    assert [one["value"] for one in found] == ["Faces *in* sets"]
    assert (
        await world.hana.autocomplete(
            world.staff_channel, "triage topic", "topic", "faces", ref=reference
        )
        == []
    )


async def test_merging_on_discord_and_undoing_it(world: World) -> None:
    whole, part = await raised(world, "The first"), await raised(world, "The same again")
    form = await more(world, world.sam, part, "merge")
    done = await world.sam.submit_modal(form, {"into": whole})
    await delivered(world)

    assert f"{part} is now part of {whole}." in read(done)
    assert "**Merged**" in read(card(world, f"### {part}"))
    assert labels(card(world, f"### {part}")) == ["Show", "More"]
    assert f"1 other concern is part of it: {part}." in read(card(world, f"### {whole}"))
    refused = await press(world, world.sam, "claim", part)
    assert f"That one is part of {whole} now." in read(refused)

    undone = await world.sam.click(latest(done), label="Undo")
    await delivered(world)
    assert f"{part} stands on its own again: New." in read(undone)
    assert (await world.desk.triage.case(world.guild.id, part)).state is State.RECEIVED
    heard = [read(one) for one in world.ana.user.dm_channel.history()]
    for reference in (whole, part):
        mine = [one for one in heard if reference in one]
        assert sum("now look after it together" in one for one in mine) == 1, reference
        assert sum("on its own again" in one for one in mine) == 1, reference


async def test_who_keeps_out_is_shown_nothing_and_every_button_says_so(
    world: World, sue: MemberActor
) -> None:
    reference = await raised(world, "About somebody Sue knows")
    asked = await more(world, sue, reference, "keep_out")
    done = await sue.click(latest(asked), label="Keep me out of it")
    await delivered(world)
    assert f"You keep out of {reference} from now on." in read(done)

    (shown,) = cards(world)
    assert "About somebody" not in read(shown)
    assert "the card shows nothing of it" in read(shown)
    for action in ("claim", "show", "status", "close", "more", "release"):
        refused = await press(world, sue, action, reference)
        assert "You keep out of this one" in read(refused), action
    assert "About somebody" in read(await press(world, world.sam, "show", reference))
    other = await world.sam.slash(world.staff_channel, "triage exclude", ref=reference, who=sue)
    assert "admin" in read(other).lower() or "Manage Server" in read(other)
    assert len(world.env.errors) == 1
    assert reference not in read(await sue.slash(world.staff_channel, "triage queue"))
    found = await sue.slash(world.staff_channel, "triage search", text="somebody knows")
    assert reference not in read(found)
    assert await sue.autocomplete(world.staff_channel, "triage show", "ref", "") == []


async def test_a_macro_is_written_used_and_comes_back_when_it_has_an_unknown_blank(
    world: World,
) -> None:
    reference = await raised(world)
    listed = await world.sam.slash(world.staff_channel, "triage macros")
    form = await world.sam.click(latest(listed), label="Write a new one")
    refused = await world.sam.submit_modal(form, {"name": "Thanks", "text": "Dear {name}!"})
    assert "cannot fill in “name”" in read(refused)
    again = await world.sam.click(latest(refused), label="Try again")
    kept = await world.sam.submit_modal(
        again, {"name": "Thanks", "text": "About {reference}, {days} days: thank you."}
    )
    assert "“Thanks” is kept." in read(kept)

    asked = await more(world, world.sam, reference, "macro")
    (macro,) = await world.desk.macros.all(world.guild.id)
    form = await world.sam.select(latest(asked), [str(macro.id)])
    assert form.modal is not None
    text = f"About {reference}, 0 days: thank you."
    assert text in str(form.modal)
    await world.sam.submit_modal(form, {"text": text, "then": ["answered"]})
    case = await world.desk.triage.case(world.guild.id, reference)
    assert [one.text for one in case.letters] == [text]


async def test_members_may_do_none_of_it(world: World) -> None:
    reference = await raised(world)
    for action in ("more", "keep_out", "split"):
        refused = await press(world, world.ana, action, reference)
        assert "for staff" in read(refused), action
    case = await world.desk.triage.case(world.guild.id, reference)
    assert (case.priority, case.excluded) == (Priority.NORMAL, ())


async def test_no_form_opens_for_who_keeps_out(world: World) -> None:
    reference = await raised(world)
    asked = await more(world, world.sam, reference, "assign")
    await world.desk.triage.exclude(world.guild.id, reference, world.sam.id, world.sam.id)

    refused = [
        await press(world, world.sam, "reply", reference),
        await world.sam.select(latest(asked), [world.sam]),
    ]
    assert [one.modal for one in refused] == [None, None]
    said = [read(latest(one)) for one in refused]
    assert said == [world.desk.words.english("casework.excluded")] * 2


async def test_an_alert_leads_to_a_card_that_was_posted_after_it(world: World) -> None:
    reference = await raised(world, kind=Kind.CHILD)
    shown = await press(world, world.sam, "place", reference)
    assert labels(latest(shown)) == ["Go to the card"]
