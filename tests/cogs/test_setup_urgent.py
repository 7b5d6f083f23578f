"""An admin says what happens when a concern is urgent."""

import discord
import pytest
import simcord
from simcord.actors import MemberActor

from tests.cogs.conftest import World, assert_nobody_is_pinged, read
from tests.cogs.triage import posted


@pytest.fixture
def ola(world: World) -> MemberActor:
    """An admin."""
    role = world.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("ola"), roles=[role])


def latest(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return what somebody was shown last."""
    found = result.followups[-1] if result.followups else result.response
    assert found is not None
    return found


async def test_an_admin_chooses_whom_the_alert_mentions_and_what_people_are_told(
    world: World, ola: MemberActor
) -> None:
    shown = await ola.slash(world.general, "setup")
    opened = await ola.click(latest(shown), label="Urgent concerns")
    assert "Mentioned in the alert: nobody" in read(opened)
    chosen = await ola.select(latest(opened), [world.helper_role])
    assert f"Mentioned in the alert: <@&{world.helper_role.id}>" in read(chosen)
    form = await ola.click(latest(chosen), label="What people are told")
    kept = await ola.submit_modal(form, {"en": "Call https://help.example", "fr": ""})
    assert "Help in English: your own text" in read(kept)
    assert "Help in French: the desk’s text" in read(kept)
    urgent = await world.desk.urgent_lane.of(world.guild.id)
    assert (urgent.role_id, urgent.help) == (
        world.helper_role.id, {"en": "Call https://help.example"},
    )  # fmt: skip
    await ola.click(latest(kept), label="Mention nobody")
    assert (await world.desk.urgent_lane.of(world.guild.id)).role_id is None
    assert_nobody_is_pinged(world)


async def test_nobody_else_chooses_it(world: World) -> None:
    old = posted(world, "cp1:setup:urgent")
    refused = await world.sam.click(old, custom_id="cp1:setup:urgent")
    assert "for admins" in read(refused)
