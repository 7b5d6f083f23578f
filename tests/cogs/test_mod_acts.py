"""Every act of moderators on Discord, and what goes wrong in the middle of one."""

from datetime import timedelta

import discord
import pytest
import simcord
from simcord.actors import MemberActor

from bot.moderation.cases.log import Search
from bot.moderation.cases.model import Act, Case, Order, State, Told
from bot.platform.client import DeskClient
from tests.cogs.conftest import World, labels, read
from tests.cogs.test_mod import latest, letters, message, moderators, rule, sam
from tests.cogs.triage import delivered
from tests.conftest import StandingClock

__all__ = ["sam"]

Everything = Search()


def member(world: World, who: MemberActor) -> bool:
    """Say whether somebody is in the server."""
    return who.id in world.env.backend.get_guild(world.guild.id).members


def bans(world: World) -> list[str]:
    """Return the requests that banned or unbanned, in order."""
    path = f"/guilds/{world.guild.id}/bans/"
    return [one.method for one in world.env.http_requests if path in one.path]


async def acted(world: World, sam: MemberActor, what: str, **options: object) -> Case:
    """Act on Ben by a command, and return the case once all is done."""
    await sam.slash(
        world.general,
        f"mod {what}",
        rule=rule(world),
        reason="Be kind",
        member=world.ben,
        **options,
    )
    return await latest(world)


@pytest.mark.parametrize("what", ["notice", "warn"])
async def test_a_notice_and_a_warning_are_told_and_nothing_else_happens(
    world: World, sam: MemberActor, what: str
):
    case = await acted(world, sam, what)
    assert (case.state, case.told) == (State.ACTIONED, Told.YES)
    (letter,) = letters(world, world.ben)
    assert "Be kind" in letter
    assert world.desk.rules.ruleset.rules[0].title in letter
    assert member(world, world.ben)


async def test_a_note_is_for_moderators_alone(world: World, sam: MemberActor):
    assert (await acted(world, sam, "note")).act is Act.NOTE
    assert letters(world, world.ben) == []


async def test_a_kick_is_told_before_it_happens(world: World, sam: MemberActor):
    case = await acted(world, sam, "kick")
    assert (case.state, case.told) == (State.ACTIONED, Told.YES)
    assert not member(world, world.ben)
    order = [one.path for one in world.env.http_requests if one.method in ("POST", "DELETE")]
    told = next(at for at, path in enumerate(order) if path == "/users/@me/channels")
    gone = next(at for at, path in enumerate(order) if path.endswith(f"/members/{world.ben.id}"))
    assert told < gone
    assert case.code in letters(world, world.ben)[0]


async def broken(world: World, sam: MemberActor, order: Order, method: str) -> Case:
    """Act while Discord fails in the middle of it; return the case as it stands then."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    world.env.inject_error(method, "/guilds/*/bans/*", status=503, times=1)
    case = await world.desk.cases.act(world.guild.id, sam.id, order, intake="x")
    # Not `settle`: it would wait for the courier's next try.
    await client.courier.rest()
    return await world.desk.cases.case(world.guild.id, case.reference)


async def mended(world: World, clock: StandingClock) -> Case:
    """Start the desk anew, later, with Discord back; return the case."""
    world.env.backend.faults.clear()
    clock.move(minutes=30)
    await world.restart()
    return await latest(world)


async def test_a_softban_deletes_and_lets_come_back_also_when_it_breaks_in_the_middle(
    world: World, sam: MemberActor, clock: StandingClock
):
    order = Order(Act.SOFTBAN, rule(world), "Spam", subject=world.ben.id)
    case = await broken(world, sam, order, "DELETE")
    assert case.state is State.OPEN  # banned, and not let back yet
    assert world.guild.get_ban(world.ben) is not None
    case = await mended(world, clock)
    assert case.state is State.ACTIONED
    assert world.guild.get_ban(world.ben) is None
    assert not member(world, world.ben)
    assert len(letters(world, world.ben)) == 1
    assert bans(world)[-1] == "DELETE"


async def test_a_ban_with_deletion_outlives_discord_being_away(
    world: World, sam: MemberActor, clock: StandingClock
):
    order = Order(Act.BAN, rule(world), "Spam", subject=world.ben.id, seconds=2 * 86_400)
    case = await broken(world, sam, order, "PUT")
    assert case.state is State.OPEN  # never "banned" before Discord said so
    assert world.guild.get_ban(world.ben) is None
    case = await mended(world, clock)
    assert (case.state, case.told) == (State.ACTIONED, Told.YES)
    assert world.guild.get_ban(world.ben) is not None
    asked = [one.params for one in world.env.http_requests if "/bans/" in one.path]
    assert {one["delete_message_seconds"] for one in asked} == {172_800}
    assert len(letters(world, world.ben)) == 1  # told once, however often it was tried


async def test_a_ban_for_a_while_that_ends_while_the_desk_is_down(
    world: World, sam: MemberActor, clock: StandingClock
):
    case = await acted(world, sam, "ban", duration="2h")
    assert world.guild.get_ban(world.ben) is not None
    await world.restart()
    clock.move(hours=3)
    await world.desk.cases.look()
    assert (await latest(world)).state is State.EXPIRED
    assert world.guild.get_ban(world.ben) is None
    await world.desk.cases.look()
    await delivered(world)
    assert bans(world).count("DELETE") == 1
    assert case.until == clock() - timedelta(hours=1)


async def test_a_role_is_taken_for_a_while_and_given_back(
    world: World, sam: MemberActor, clock: StandingClock
):
    role = world.guild.create_role("Posters")
    world.env.backend.add_member_role(world.guild.id, world.ben.id, role.id)
    await moderators(world, sam)  # whose role is above that one now
    case = await acted(world, sam, "role", role=role, duration="1h")
    assert case.state is State.ACTIONED
    held = world.env.backend.get_guild(world.guild.id).members[world.ben.id]
    assert role.id not in held.role_ids
    clock.move(hours=2)
    await world.desk.cases.look()
    await delivered(world)
    assert role.id in held.role_ids


async def test_slow_mode_ends_and_what_somebody_set_meanwhile_stays(
    world: World, sam: MemberActor, clock: StandingClock
):
    async def slow(seconds: int, by_hand: int | None) -> int:
        await sam.slash(
            world.general,
            "mod slow",
            seconds=seconds,
            rule=rule(world),
            reason="Too fast",
            duration="10m",
        )
        await delivered(world)
        channel = world.env.bot.get_channel(world.general.id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.slowmode_delay == seconds
        if by_hand is not None:
            await channel.edit(slowmode_delay=by_hand)
        clock.move(minutes=11)
        await world.desk.cases.look()
        await delivered(world)
        return channel.slowmode_delay

    assert await slow(30, None) == 0
    assert await slow(30, 120) == 120


async def test_a_lock_that_somebody_opened_by_hand_is_left_as_it_is(
    world: World, sam: MemberActor, clock: StandingClock
):
    await sam.slash(world.general, "mod lock", rule=rule(world), reason="Hot", duration="10m")
    await delivered(world)
    channel = world.env.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    everybody = channel.guild.default_role
    await channel.set_permissions(everybody, send_messages=True)
    clock.move(minutes=11)
    await world.desk.cases.look()
    await delivered(world)
    assert channel.overwrites_for(everybody).send_messages is True


async def test_a_purge_in_a_thread_leaves_what_is_pinned_and_what_is_gone(
    world: World, sam: MemberActor, clock: StandingClock
):
    clock.now = world.env.backend.clock.now()
    thread = simcord.builders.ChannelHandle(
        world.env,
        world.guild,
        world.env.backend.create_thread(world.general.id, "Talk", world.ana.id),
    )
    first = await world.ben.send(thread, "keep me")
    sent = [await world.ben.send(thread, f"spam {number}") for number in range(3)]
    client = world.env.bot
    found = client.get_channel(thread.id)
    assert isinstance(found, discord.Thread)
    await found.get_partial_message(first.id).pin()
    shown = await sam.slash(thread, "mod purge", count=10, member=world.ben)
    assert "3 messages would be deleted" in read(shown)
    await world.ben.delete(sent[1])  # its author was faster
    form = await sam.click(message(shown), label="Delete these messages")
    await sam.submit_modal(form, {"rule": [rule(world)], "reason": "spam"})
    assert (await latest(world)).state is State.ACTIONED
    assert [one.content for one in thread.history() if one.author.id == world.ben.id] == ["keep me"]


async def test_messages_that_are_two_weeks_old_are_not_offered(
    world: World, sam: MemberActor, clock: StandingClock
):
    clock.now = world.env.backend.clock.now()
    await world.ben.send(world.general, "long ago")
    clock.move(days=15)
    refused = await sam.slash(world.general, "mod purge", count=10)
    assert len(world.env.errors) == 1
    assert "no messages" in read(refused).lower()


async def test_the_menus_of_a_message_and_of_a_member_open_the_form(world: World, sam: MemberActor):
    rude = await world.ben.send(world.general, "You fool")
    form = await sam.context_menu(world.general, "Moderate", rude)
    typed = {"act": ["timeout"], "rule": [rule(world)], "reason": "Be kind", "length": ""}
    refused = await sam.submit_modal(form, typed)
    assert "needs a length" in read(refused)
    assert "Be kind" in read(refused)  # what was typed is handed back
    form = await sam.context_menu(world.general, "Moderate", rude)
    await sam.submit_modal(form, {**typed, "length": "1h"})
    case = await latest(world)
    assert (case.act, case.state) == (Act.TIMEOUT, State.ACTIONED)
    assert case.evidence == "You fool"
    form = await sam.context_menu(world.general, "Moderate", world.ana)
    await sam.submit_modal(form, {**typed, "act": ["warn"]})
    assert (await latest(world)).subject == world.ana.id


async def test_two_moderators_at_once_act_once(world: World, sam: MemberActor):
    await moderators(world, sam, world.hana)
    await sam.slash(world.general, "mod warn", member=world.ben, rule=rule(world), reason="Kind")
    late = await world.hana.slash(
        world.general, "mod ban", member=world.ben, rule=rule(world), reason="Out"
    )
    assert len(world.env.errors) == 1
    assert f"<@{sam.id}>" in read(late)
    assert (await latest(world)).act is Act.WARN
    assert world.guild.get_ban(world.ben) is None


async def test_whoever_left_can_be_banned_and_not_kicked(world: World, sam: MemberActor):
    world.guild.remove_member(world.ben)
    refused = await sam.slash(
        world.general, "mod kick", member=world.ben.user, rule=rule(world), reason="Out"
    )
    assert len(world.env.errors) == 1
    assert "not in the server any more" in read(refused)
    await sam.slash(world.general, "mod ban", member=world.ben.user, rule=rule(world), reason="Out")
    assert (await latest(world)).state is State.ACTIONED
    assert world.guild.get_ban(world.ben) is not None


async def test_whoever_leaves_before_the_kick_is_a_case_that_is_done(
    world: World, sam: MemberActor
):
    client = world.env.bot
    assert isinstance(client, DeskClient)
    await client.courier.stop()
    order = Order(Act.KICK, rule(world), "why", subject=world.ben.id)
    await world.desk.cases.act(world.guild.id, sam.id, order, intake="x")
    world.guild.remove_member(world.ben)
    await world.restart()
    case = await latest(world)
    assert case.state is State.ACTIONED
    assert labels(world.staff_channel.history()[-1])


async def test_closed_direct_messages_do_not_stop_an_act(world: World, sam: MemberActor):
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    case = await acted(world, sam, "timeout", duration="1h")
    assert (case.state, case.told) == (State.ACTIONED, Told.SHUT)


async def test_what_was_done_by_hand_while_the_desk_was_away_is_caught_up_once(
    world: World, sam: MemberActor, clock: StandingClock
):
    record = world.env.backend.record_audit_log
    # When the desk first came, it noted how far the log was by its own clock, which is ahead here.
    ahead = clock() - world.env.backend.clock.now()
    world.env.backend.clock.advance(ahead.total_seconds() + 3_600)
    ban, unban = discord.AuditLogAction.ban.value, discord.AuditLogAction.unban.value
    other = discord.AuditLogAction.channel_update.value
    away = world.env.bot
    assert isinstance(away, DeskClient)
    assert await away.remove_cog("Cases")  # the desk hears of nothing
    for number in range(130):  # more than Discord gives in one page
        record(world.guild.id, other, target_id=1_000 + number, user_id=sam.id)
    record(world.guild.id, ban, target_id=world.ben.id, user_id=sam.id, reason="spam")
    at = world.env.backend.clock.now()
    world.env.backend.clock.advance(60)
    record(world.guild.id, ban, target_id=world.ana.id, user_id=sam.id, reason="spam")
    record(world.guild.id, unban, target_id=world.ana.id, user_id=sam.id)
    await world.env.settle()
    assert (await world.desk.cases.search(world.guild.id, Everything)).total == 0

    world.env.backend.clock.advance(3_600)
    clock.now = world.env.backend.clock.now()
    for _ in range(2):
        await world.restart()
        await delivered(world)
    found = await world.desk.cases.search(world.guild.id, Everything)
    cases = [await world.desk.cases.case(world.guild.id, one.reference) for one in found.lines]
    assert {(one.subject, one.state) for one in cases} == {
        (world.ben.id, State.ACTIONED),
        (world.ana.id, State.LIFTED),
    }
    (bens,) = [one for one in cases if one.subject == world.ben.id]
    assert abs(bens.opened_at - at) < timedelta(seconds=1)
