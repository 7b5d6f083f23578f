"""Moderation on Discord: who may act, what the member is told, reports, appeals, what ends."""

from typing import Any

import discord
import pytest
import simcord
from simcord.actors import MemberActor

from bot.guilds.model import Capability
from bot.moderation.cases.log import Search
from bot.moderation.cases.model import Act, Case, Order, State, Told
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

_LITTLE = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True
).value


@pytest.fixture
async def sam(world: World) -> MemberActor:
    """Sam, a moderator whose role stands above the members'."""
    await moderators(world, world.sam)
    return world.sam


async def moderators(world: World, *people: MemberActor) -> None:
    role = world.guild.create_role(
        "Moderators", permissions=discord.Permissions(moderate_members=True)
    )
    for one in people:
        world.env.backend.add_member_role(world.guild.id, one.id, role.id)
    await world.desk.guilds.save(world.guild.id, roles={Capability.MODERATOR: frozenset({role.id})})


def rule(world: World) -> str:
    return world.desk.rules.ruleset.rules[0].id


async def latest(world: World) -> Case:
    """Return the newest case, once everything about it is done."""
    await delivered(world)
    found = await world.desk.cases.search(world.guild.id, Search())
    return await world.desk.cases.case(world.guild.id, found.lines[0].reference)


def letters(world: World, person: MemberActor) -> list[str]:
    """Return what the desk wrote to somebody."""
    return [read(one) for one in person.user.dm_channel.history()]


async def test_a_member_is_told_and_banned_appeals_and_comes_back(world: World, sam: MemberActor):
    sue = world.hana
    await moderators(world, sam, sue)
    shown = await sam.slash(
        world.general, "mod ban", member=world.ana, rule=rule(world), reason="Posted *faces*"
    )
    assert "Posted \\*faces\\*" in read(shown)
    case = await latest(world)
    assert (case.act, case.state, case.told) == (Act.BAN, State.ACTIONED, Told.YES)
    ban = world.guild.get_ban(world.ana)
    assert ban is not None
    assert case.reference in ban["reason"]
    letter = world.ana.user.dm_channel.history()[-1]
    assert "You are being banned" in read(letter)
    assert case.code in read(letter)
    assert f"<@{sam.id}>" not in read(letter)
    form = await world.ana.user.click(letter, label="Appeal")
    sent = await world.ana.user.submit_modal(form, {"words": "That was my own photo"})
    assert "Your appeal was received" in read(sent)
    assert (await latest(world)).state is State.APPEALED
    opened = await sam.slash(world.staff_channel, "mod show", ref=case.reference)
    form = await sam.click(message(opened), label="Lift it")
    refused = await sam.submit_modal(form, {"text": "Sorry"})
    assert "Somebody else has to decide" in read(refused)
    opened = await sue.slash(world.staff_channel, "mod show", ref=case.reference)
    form = await sue.click(message(opened), label="Lift it")
    await sue.submit_modal(form, {"text": "You are right, sorry"})
    assert (await latest(world)).state is State.LIFTED
    assert world.guild.get_ban(world.ana) is None
    told = await world.ana.user.slash("appeal", code=case.code)
    assert "You are right, sorry" in read(told)
    assert_nobody_is_pinged(world)


def message(shown: simcord.InteractionResult) -> Any:
    """Return the last message that somebody was shown."""
    return shown.followups[-1] if shown.followups else shown.response


async def test_hierarchy_and_permissions_are_checked_before_anything_happens(
    world: World, sam: MemberActor
):
    refused = await sam.slash(world.general, "mod warn", member=sam, rule=rule(world), reason="x")
    assert "yourself" in read(refused)
    world.env.backend.add_member_role(world.guild.id, world.ana.id, world.staff_role.id)
    refused = await sam.slash(
        world.general, "mod warn", member=world.ana, rule=rule(world), reason="x"
    )
    assert "not below yours" in read(refused)
    refused = await sam.slash(
        world.general, "mod warn", member=world.ben, rule="no-such", reason="x"
    )
    assert "no such rule" in read(refused)
    await world.desk.guilds.save(world.guild.id, roles={Capability.MODERATOR: frozenset()})
    refused = await sam.slash(
        world.general, "mod warn", member=world.ben, rule=rule(world), reason="x"
    )
    assert "K-" not in read(refused)
    assert len(world.env.errors) == 4
    assert (await world.desk.cases.search(world.guild.id, Search())).total == 0


async def test_a_lock_ends_by_itself_after_downtime_and_restores_what_was(
    world: World, sam: MemberActor, clock: StandingClock
):
    await sam.slash(world.general, "mod lock", rule=rule(world), reason="Too hot", duration="30m")
    case = await latest(world)
    assert case.state is State.ACTIONED
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    assert channel.overwrites_for(channel.guild.default_role).send_messages is False
    await world.restart()
    clock.move(days=2)
    await world.desk.cases.look()
    await delivered(world)
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    assert channel.overwrites_for(channel.guild.default_role).send_messages is None
    assert (await latest(world)).state is State.EXPIRED


async def test_reports_are_private_joined_and_answered(world: World, sam: MemberActor):
    rude = await world.ben.send(world.general, "You are all fools")
    for one in (world.ana, world.hana):
        form = await one.context_menu(world.general, "Report to moderators", rude)
        shown = await one.submit_modal(form, {"words": "That hurts"})
        assert shown.ephemeral
    assert "Others told us" in read(shown)
    case = await latest(world)
    assert len(case.reports) == 2
    card = world.staff_channel.history()[-1]
    assert "2 reports" in read(card)
    assert f"<@{world.ana.id}>" not in read(card)
    assert "Decide" in labels(card)
    form = await sam.click(card, label="Decide")
    await sam.submit_modal(
        form, {"act": ["warn"], "rule": [rule(world)], "reason": "Be kind", "length": ""}
    )
    assert (await latest(world)).state is State.ACTIONED
    assert any("acted" in one for one in letters(world, world.ana))
    assert any("You got a warning" in one for one in letters(world, world.ben))
    assert not any("That hurts" in one for one in letters(world, world.ben))
    assert labels(world.staff_channel.history()[-1])[:1] == ["Lift"]


async def test_what_is_done_by_hand_is_a_case(world: World, sam: MemberActor):
    record = world.env.backend.record_audit_log
    record(
        world.guild.id,
        discord.AuditLogAction.ban.value,
        target_id=world.ben.id,
        user_id=sam.id,
        reason="spam",
    )
    await world.env.settle()
    case = await latest(world)
    assert (case.act, case.by, case.subject, case.reason) == (
        Act.BAN,
        sam.id,
        world.ben.id,
        "spam",
    )
    record(
        world.guild.id, discord.AuditLogAction.unban.value, target_id=world.ben.id, user_id=sam.id
    )
    await world.env.settle()
    assert (await latest(world)).state is State.LIFTED


async def test_a_role_taken_by_hand_is_a_case_until_it_is_given_back(
    world: World, sam: MemberActor
):
    helper = world.guild.create_role("Helpers")
    backend, kept = world.env.backend, [{"id": str(helper.id), "name": "Helpers"}]
    action = discord.AuditLogAction.member_role_update.value
    who = {"target_id": world.ben.id, "user_id": sam.id}
    backend.record_audit_log(
        world.guild.id, action, changes=[{"key": "$remove", "new_value": kept}], **who
    )
    await world.env.settle()
    case = await latest(world)
    assert (case.act, case.role_id, case.subject) == (Act.ROLE, helper.id, world.ben.id)
    assert not letters(world, world.ben)
    backend.record_audit_log(
        world.guild.id, action, changes=[{"key": "$add", "new_value": kept}], **who
    )
    await world.env.settle()
    assert (await latest(world)).state is State.LIFTED


async def test_what_discord_refuses_stays_open_until_it_is_tried_again(
    world: World, sam: MemberActor
):
    desk_role = next(
        one for one in world.env.backend.get_guild(world.guild.id).roles.values() if one.managed
    )
    before = desk_role.permissions
    order = Order(Act.TIMEOUT, rule(world), "why", subject=world.ben.id, minutes=60)
    world.env.backend.edit_role(world.guild.id, desk_role.id, {"permissions": _LITTLE})
    await world.desk.cases.act(world.guild.id, sam.id, order, intake="x")
    case = await latest(world)
    assert case.state is State.OPEN
    assert "403" in case.trouble
    assert any("could not be done" in read(one) for one in world.staff_channel.history())
    world.env.backend.edit_role(world.guild.id, desk_role.id, {"permissions": before})
    opened = await sam.slash(world.staff_channel, "mod show", ref=case.reference)
    await sam.click(message(opened), label="Try again")
    case = await latest(world)
    assert (case.state, case.trouble) == (State.ACTIONED, "")


async def test_purge_shows_first_and_deletes_nothing_written_since(
    world: World, sam: MemberActor, clock: StandingClock
):
    clock.now = world.env.backend.clock.now()
    for number in range(3):
        await world.ben.send(world.general, f"spam {number}")
    shown = await sam.slash(world.general, "mod purge", count=10, member=world.ben)
    assert "3 messages would be deleted" in read(shown)
    await world.ben.send(world.general, "later")
    form = await sam.click(message(shown), label="Delete these messages")
    await sam.submit_modal(form, {"rule": [rule(world)], "reason": "spam"})
    case = await latest(world)
    assert case.act is Act.PURGE
    left = [one.content for one in world.general.history() if one.author.id == world.ben.id]
    assert left == ["later"]


async def test_figures_and_log_are_shown_to_moderators(world: World, sam: MemberActor):
    await sam.slash(world.general, "mod warn", member=world.ben, rule=rule(world), reason="Be kind")
    await delivered(world)
    text = read(await sam.slash(world.general, "mod log", member=world.ben))
    assert "1 case" in text
    assert "counts" in text
    text = read(await sam.slash(world.general, "mod figures"))
    assert "Warning: fewer than 5" in text
