"""Discord's own AutoMod, kept in step with the rules: made, followed, left alone, taken away."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from sqlalchemy import select

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.moderation.cases.records import CaseRow
from bot.moderation.native.model import State
from bot.settings import Settings
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.test_promises import latest
from tests.cogs.triage import delivered
from tests.conftest import ROOT, StandingClock


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The desk reads messages, and acts, by rules of this test's own."""
    rules = tmp_path / "moderation.yaml"
    rules.write_text((ROOT / "config" / "moderation.yaml").read_text("utf-8"), "utf-8")
    lists = rules.with_suffix("")
    lists.mkdir()
    for file in (ROOT / "config" / "moderation").glob("*.txt"):
        (lists / file.name).write_text(file.read_text("utf-8"), "utf-8")
    on = settings.moderation.model_copy(
        update={"read_messages": True, "dry_run": False, "rules": rules}
    )
    return settings.model_copy(update={"moderation": on})


@pytest.fixture
async def ola(world: World) -> MemberActor:
    """Somebody who sets the desk up."""
    role = world.guild.create_role(
        "Admins", permissions=discord.Permissions(manage_guild=True, manage_messages=True)
    )
    await world.desk.guilds.save(
        world.guild.id,
        roles={Capability.ADMIN: frozenset({role.id}), Capability.MODERATOR: frozenset({role.id})},
    )
    return world.guild.add_member(world.env.create_user("ola"), roles=[role])


def rules(world: World) -> dict[str, Any]:
    """Return the AutoMod rules of the server, by name."""
    kept = world.env.backend.get_guild(world.guild.id).auto_mod_rules
    return {one.name: one for one in kept.values()}


async def switched_on(world: World, ola: MemberActor) -> Any:
    """Have AutoMod kept in step, as an admin does."""
    shown = await ola.slash(world.staff_channel, "automod")
    on = await ola.click(latest(shown), label="Make these rules")
    await delivered(world)
    return on


async def test_an_admin_has_rules_made_and_taken_away_and_others_are_left_alone(
    world: World, ola: MemberActor
):
    theirs = {"name": "Ours since 2019", "event_type": 1, "trigger_type": 1, "actions": []}
    world.env.backend.create_auto_mod_rule(world.guild.id, ola.id, theirs)
    shown = await ola.slash(world.staff_channel, "automod")
    assert "What AutoMod would block" in read(shown)
    assert "more than 6 mentions" in read(shown)
    assert "AutoMod would block talk about it as well: slurs, threats" in read(shown)
    on = await switched_on(world, ola)
    assert "kept in step" in read(on)
    made = rules(world)
    assert set(made) == {"Ours since 2019", "Commonplace: mentions", "Commonplace: invites"}
    invites = made["Commonplace: invites"]
    assert "No spam: this is not posted here" in invites.actions[0]["metadata"]["custom_message"]
    assert invites.exempt_roles
    await ola.click(latest(on), label="Take them away")
    await delivered(world)
    assert set(rules(world)) == {"Ours since 2019"}
    assert_nobody_is_pinged(world)


async def test_what_is_blocked_counts_and_the_ladder_climbs(
    world: World, ola: MemberActor, clock: StandingClock
):
    await switched_on(world, ola)
    for _ in range(2):
        await world.ben.send(world.general, "come to https://discord.gg/abcdef")
        await delivered(world)
        clock.move(minutes=5)
    assert world.general.history() == []
    account = await world.desk.guard.account(world.guild.id, 1)
    assert account.counts == {"invites": (2, 0)}
    found = await world.desk.store.read(lambda session: session.scalars(select(CaseRow.act)))
    assert list(found) == ["warn"]
    shown = await ola.slash(world.staff_channel, "rules-dry-run")
    assert "blocked by Discord before anybody saw it" in read(shown)


async def test_an_edit_of_the_rules_is_followed(world: World, ola: MemberActor):
    await switched_on(world, ola)
    file = world.desk.settings.moderation.rules
    text = (
        file.read_text("utf-8")
        .replace("most: 6", "most: 9")
        .replace(
            '    check: invites\n    rule: no-spam\n    mode: "on"',
            '    check: invites\n    rule: no-spam\n    mode: "off"',
        )
    )
    file.write_text(text, "utf-8")
    for _ in range(2):
        await world.desk.rule_edits.look()
    await delivered(world)
    (kept,) = rules(world).values()
    assert kept.name == "Commonplace: mentions"
    assert kept.trigger_metadata["mention_total_limit"] == 9


async def test_what_somebody_changed_or_deleted_by_hand_stays_until_it_is_put_back(
    world: World, ola: MemberActor
):
    await switched_on(world, ola)
    backend, made = world.env.backend, rules(world)
    invites, mentions = made["Commonplace: invites"], made["Commonplace: mentions"]
    backend.edit_auto_mod_rule(world.guild.id, invites.id, {"enabled": False})
    backend.delete_auto_mod_rule(world.guild.id, mentions.id)
    await world.env.settle()
    await delivered(world)
    notices = [read(one) for one in world.staff_channel.history()]
    assert len([one for one in notices if "by hand" in one]) == 2
    await world.restart()
    await delivered(world)
    assert set(rules(world)) == {"Commonplace: invites"}
    assert not rules(world)["Commonplace: invites"].enabled
    shown = await ola.slash(world.staff_channel, "automod")
    assert "changed by hand" in read(shown)
    assert "deleted by hand" in read(shown)
    await ola.click(latest(shown), label="Put back what was changed")
    await delivered(world)
    assert set(rules(world)) == {"Commonplace: invites", "Commonplace: mentions"}
    assert rules(world)["Commonplace: invites"].enabled
    native = await world.desk.automods.of(world.guild.id)
    assert {one.state for one in native.kept} == {State.KEPT}


async def test_what_was_changed_while_the_desk_was_away_is_noticed_and_nothing_is_made_twice(
    world: World, ola: MemberActor, desk: Desk
):
    await switched_on(world, ola)
    client = world.env.bot
    assert await client.remove_cog("AutoModWatch")  # the desk hears of nothing
    backend = world.env.backend
    invites = rules(world)["Commonplace: invites"]
    backend.edit_auto_mod_rule(
        world.guild.id, invites.id, {"trigger_metadata": {"keyword_filter": ["x"]}}
    )
    await world.restart()
    await delivered(world)
    native = await desk.automods.of(world.guild.id)
    assert {one.check_id: one.state for one in native.kept} == {
        "mentions": State.KEPT,
        "invites": State.CHANGED,
    }
    assert len(rules(world)) == 2


async def test_a_crash_between_making_and_noting_makes_no_second_rule(
    world: World, ola: MemberActor, clock: StandingClock
):
    world.env.inject_error("POST", "/guilds/*/auto-moderation/rules", status=503, times=1)
    client: Any = world.env.bot
    await world.desk.automods.want(world.guild.id, ola.id, wanted=True)
    await client.courier.rest()  # the first is refused, so nothing is noted
    world.env.backend.faults.clear()
    clock.move(minutes=30)
    await world.restart()
    await delivered(world)
    assert sorted(rules(world)) == ["Commonplace: invites", "Commonplace: mentions"]


async def test_a_permission_that_the_desk_lacks_is_named(world: World, ola: MemberActor):
    desk_role = next(
        one for one in world.env.backend.get_guild(world.guild.id).roles.values() if one.managed
    )
    shown = await ola.slash(world.staff_channel, "automod")
    few = discord.Permissions(view_channel=True, send_messages=True).value
    world.env.backend.edit_role(world.guild.id, desk_role.id, {"permissions": few})
    refused = await ola.click(latest(shown), label="Make these rules")
    assert "Manage Server" in read(refused)
    await world.desk.automods.want(world.guild.id, ola.id, wanted=True)
    await delivered(world)
    shown = await ola.slash(world.staff_channel, "automod")
    assert "lacks Manage Server" in read(shown)
    assert labels(shown) == ["Take them away", "Look again"]


async def test_a_server_with_as_many_rules_as_it_may_have_is_told_so(
    world: World, ola: MemberActor
):
    world.env.inject_error(
        "POST",
        "/guilds/*/auto-moderation/rules",
        status=400,
        code=50035,
        message="Max number of rules of this type exceeded",
        times=1,
    )
    await switched_on(world, ola)
    shown = await ola.slash(world.staff_channel, "automod")
    assert "as many AutoMod rules of that kind as Discord allows" in read(shown)
    assert len(rules(world)) == 1


async def test_what_could_not_be_taken_away_is_said_and_taken_away_later(
    world: World, ola: MemberActor
):
    await switched_on(world, ola)
    backend = world.env.backend
    desk_role = next(one for one in backend.get_guild(world.guild.id).roles.values() if one.managed)
    before = desk_role.permissions
    few = discord.Permissions(view_channel=True, send_messages=True).value
    backend.edit_role(world.guild.id, desk_role.id, {"permissions": few})
    await world.desk.automods.want(world.guild.id, ola.id, wanted=False)
    await delivered(world)
    shown = await ola.slash(world.staff_channel, "automod")
    assert "lacks Manage Server" in read(shown)
    assert len(rules(world)) == 2
    backend.edit_role(world.guild.id, desk_role.id, {"permissions": before})
    await ola.click(latest(shown), label="Look again")
    await delivered(world)
    assert rules(world) == {}
    shown = await ola.slash(world.staff_channel, "automod")
    assert "lacks" not in read(shown)
