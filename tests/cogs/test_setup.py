"""An admin makes a server ready for the desk, with one command."""

from dataclasses import dataclass

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle

from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform.client import DeskClient
from tests.cogs.conftest import labels, read
from tests.cogs.triage import deliver, press_together

PRIVATE = discord.PermissionOverwrite(view_channel=False)
INVITED = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, attach_files=True
)
MAKING = INVITED | discord.Permissions(
    manage_channels=True, manage_roles=True, manage_messages=True
)


@dataclass
class NewServer:
    """A server that has just invited the desk."""

    env: simcord.Env
    desk: Desk
    guild: GuildHandle
    general: ChannelHandle
    ola: MemberActor
    ana: MemberActor

    def allow(self, permissions: discord.Permissions) -> None:
        """Give the desk's own role these permissions and no others."""
        role = next(role for role in self.guild.roles.values() if role.name == "TestBot")
        self.env.backend.edit_role(self.guild.id, role.id, {"permissions": permissions.value})

    async def raise_concern(self, number: int = 1) -> str:
        """Raise a concern as Ana."""
        receipt = await self.desk.concerns.raise_(
            guild_id=self.guild.id,
            reporter_id=self.ana.id,
            draft=Draft(Kind.PRIVACY, f"Number {number}"),
            intake=f"test:{number}",
        )
        await deliver(self.env)
        return receipt.reference

    def channel(self, name: str) -> ChannelHandle:
        """Return a channel by name."""
        return self.guild.channels[name]


@pytest.fixture
async def server(simcord_env: simcord.Env, desk: Desk) -> NewServer:
    """Ola owns it, Ana is a member."""
    ola = simcord_env.create_user("ola")
    guild = simcord_env.create_guild("New Shelf", owner=ola)
    general = guild.create_text_channel("general")
    ana = guild.add_member(simcord_env.create_user("ana"))
    server = NewServer(simcord_env, desk, guild, general, MemberActor(simcord_env, guild, ola), ana)
    server.allow(MAKING)
    await simcord_env.settle()
    return server


async def test_one_command_and_one_button_make_a_server_ready(server: NewServer) -> None:
    reference = await server.raise_concern()

    proposal = await server.ola.slash(server.general, "setup")

    text = read(proposal)
    assert proposal.ephemeral
    assert "the desk needs a private staff channel and a staff role" in text
    assert "- Staff channel: not chosen yet" in text
    assert labels(proposal) == [
        "Create staff channel and role",
        "Create the other roles",
        "Urgent concerns",
        "Sessions",
    ]

    done = await server.ola.click(proposal.response, label="Create staff channel and role")
    await deliver(server.env)

    channel, role = server.channel("desk-staff"), server.guild.roles["Desk staff"]
    text = read(done)
    assert "Everything is in place" in text
    assert f"- Staff channel: {channel.mention}" in text
    assert f"- Roles that can read it: {role.mention}" in text
    assert f"- Staff: {role.mention}" in text
    assert "To put right" not in text
    assert labels(done) == ["Create the other roles", "Urgent concerns", "Sessions"]
    assert reference in read(channel.history()[0]), "the card that waited has appeared"
    setup = await server.desk.guilds.get(server.guild.id)
    assert setup.staff_channel_id == channel.id
    assert setup.roles[Capability.STAFF] == {role.id}
    assert role._role.permissions == 0, "the role itself carries no power"


async def test_the_staff_channel_is_private_and_shows_staff_triage(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.ola.click(proposal.response, label="Create staff channel and role")

    channel = server.channel("desk-staff")
    sam = server.guild.add_member(
        server.env.create_user("sam"), roles=[server.guild.roles["Desk staff"]]
    )

    assert "triage queue" in sam.available_commands(channel)
    assert "triage queue" not in sam.available_commands(server.general)
    assert not server.ana.available_commands(channel)


async def test_running_it_again_changes_nothing(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.ola.click(proposal.response, label="Create staff channel and role")
    before = set(server.guild.channels), set(server.guild.roles)

    stale = await server.ola.click(proposal.response, label="Create the other roles")
    again = await server.ola.slash(server.general, "setup")

    assert labels(again) == ["Urgent concerns", "Sessions"]
    assert "Everything is in place" in read(again)
    assert set(server.guild.channels) == before[0]
    assert set(server.guild.roles) == before[1] | {
        "Desk moderators",
        "Desk hosts",
        "Desk helpers",
        "Desk liaisons",
    }
    assert "Desk hosts" in server.guild.roles
    assert labels(stale) == ["Urgent concerns", "Sessions"]


async def test_what_is_chosen_is_kept_all_of_it(server: NewServer) -> None:
    staff = server.guild.create_role("Librarians")
    host = server.guild.create_role("Hosts")
    channel = server.guild.create_text_channel(
        "back-office",
        overwrites={
            server.guild.default_role: PRIVATE,
            staff: discord.PermissionOverwrite(
                view_channel=True, send_messages=True, manage_messages=True
            ),
            server.guild.me: discord.PermissionOverwrite(view_channel=True),
        },
    )

    done = await server.ola.slash(server.general, "setup", channel=channel, staff=staff, host=host)

    text = read(done)
    assert f"- Staff channel: {channel.mention}" in text
    assert f"- Staff: {staff.mention}" in text
    assert f"- Hosts: {host.mention}" in text
    assert "- Moderators: not chosen yet" in text
    assert "Everything is in place" in text
    setup = await server.desk.guilds.get(server.guild.id)
    assert setup.done


async def test_a_channel_that_everybody_reads_is_refused(server: NewServer) -> None:
    refused = await server.ola.slash(server.general, "setup", channel=server.general)

    assert len(server.env.errors) == 1
    assert f"Everybody in this server can read {server.general.mention}" in read(refused)
    assert not (await server.desk.guilds.get(server.guild.id)).done


async def test_a_permission_that_is_missing_in_the_channel_is_named_and_nothing_is_kept(
    server: NewServer,
) -> None:
    staff = server.guild.create_role("Librarians")
    channel = server.guild.create_text_channel(
        "back-office", overwrites={server.guild.default_role: PRIVATE}
    )

    refused = await server.ola.slash(server.general, "setup", channel=channel, staff=staff)

    assert len(server.env.errors) == 1
    assert f"in {channel.mention} the desk lacks View Channels" in read(refused)
    setup = await server.desk.guilds.get(server.guild.id)
    assert setup.staff_channel_id is None
    assert not setup.roles


async def test_roles_that_nobody_can_be_given_are_refused(server: NewServer) -> None:
    everybody = await server.ola.slash(server.general, "setup", staff=server.guild.default_role)
    own = await server.ola.slash(server.general, "setup", staff=server.guild.roles["TestBot"])

    assert len(server.env.errors) == 2
    assert "The role that everybody has" in read(everybody)
    assert "belongs to an app" in read(own)
    assert not (await server.desk.guilds.get(server.guild.id)).roles


async def test_a_role_above_the_desk_s_own_can_be_chosen(server: NewServer) -> None:
    high = server.guild.create_role("Board")
    server.env.backend.edit_role(server.guild.id, high.id, {"position": 50})

    chosen = await server.ola.slash(server.general, "setup", staff=high)
    done = await server.ola.click(chosen.response, label="Create the staff channel")

    assert f"- Staff: {high.mention}" in read(done)
    assert "Everything is in place" in read(done)


async def test_permissions_to_create_are_named_before_anything_is_made(server: NewServer) -> None:
    server.allow(INVITED)
    before = set(server.guild.channels), set(server.guild.roles)
    proposal = await server.ola.slash(server.general, "setup")

    refused = await server.ola.click(proposal.response, label="Create staff channel and role")

    text = read(refused)
    assert "Nothing was created" in text
    assert "Manage Channels, Manage Messages, Manage Roles" in text
    assert (set(server.guild.channels), set(server.guild.roles)) == before
    others = await server.ola.click(proposal.response, label="Create the other roles")
    assert "To create a role, the desk needs Manage Roles" in read(others)


async def test_when_discord_refuses_half_way_the_next_press_goes_on(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    server.env.inject_error("POST", "/guilds/*/channels", status=400, code=30013)

    refused = await server.ola.click(proposal.response, label="Create staff channel and role")

    assert "#desk-staff (code 30013)" in read(refused)
    role = server.guild.roles["Desk staff"]
    done = await server.ola.click(proposal.response, label="Create staff channel and role")
    assert "Everything is in place" in read(done)
    assert f"- Staff: {role.mention}" in read(done)
    assert list(server.guild.roles).count("Desk staff") == 1


async def test_two_presses_in_the_same_instant_create_one_channel(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")

    await press_together(
        server.env, proposal.response, "Create staff channel and role", server.ola, server.ola
    )

    made = [one.name for one in server.env.backend.channels.values() if one.name == "desk-staff"]
    assert made == ["desk-staff"]
    roles = server.env.backend.get_guild(server.guild.id).roles.values()
    assert [role.name for role in roles].count("Desk staff") == 1


async def test_a_deleted_channel_is_said_and_replaced_and_the_cards_come_again(
    server: NewServer,
) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.ola.click(proposal.response, label="Create staff channel and role")
    first = await server.raise_concern(1)
    server.env.backend.delete_channel(server.channel("desk-staff").id)
    second = await server.raise_concern(2)
    (dead,) = await server.desk.outbox.dead_letters(server.guild.id)
    assert dead.trouble == "staff channel: it was deleted; /setup chooses another"

    seen = await server.ola.slash(server.general, "setup")

    assert "The staff channel was deleted" in read(seen)
    assert "1 message waits until this is put right" in read(seen)
    done = await server.ola.click(seen.response, label="Create the staff channel")
    await deliver(server.env)
    assert "Everything is in place" in read(done)
    assert "1 message that could not be delivered is being tried again" in read(done)
    shown = "\n".join(read(message) for message in server.channel("desk-staff").history())
    assert shown.count(first) == 1
    assert shown.count(second) == 1
    assert not await server.desk.outbox.dead_letters(server.guild.id)


async def test_a_permission_taken_away_is_named_and_what_waited_comes_when_it_is_back(
    server: NewServer,
) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.ola.click(proposal.response, label="Create staff channel and role")
    channel = server.channel("desk-staff")
    backend = server.env.backend
    own = next(one for one in backend.get_channel(channel.id).overwrites if one.type == 1)
    backend.delete_overwrite(channel.id, own.target_id)
    reference = await server.raise_concern()

    seen = await server.ola.slash(server.general, "setup")

    assert f"In {channel.mention} the desk lacks View Channels" in read(seen)
    assert "1 message waits" in read(seen)
    backend.set_overwrite(channel.id, own)
    again = await server.ola.slash(server.general, "setup")
    await deliver(server.env)
    assert "1 message that could not be delivered is being tried again" in read(again)
    assert [reference in read(message) for message in channel.history()] == [True]


async def test_a_deleted_role_is_said_and_can_be_created_again(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.ola.click(proposal.response, label="Create staff channel and role")
    server.env.backend.delete_role(server.guild.id, server.guild.roles["Desk staff"].id)

    seen = await server.ola.slash(server.general, "setup")

    assert "The role chosen for Staff was deleted" in read(seen)
    done = await server.ola.click(seen.response, label="Create the staff role")
    role = server.guild.roles["Desk staff"]
    assert f"{role.mention} cannot use" in read(done)
    let_in = await server.ola.click(done.response, label="Let staff into the channel")
    assert "Everything is in place" in read(let_in)


async def test_only_who_manages_the_server_can_set_it_up(server: NewServer) -> None:
    assert "setup" not in server.ana.available_commands(server.general)
    proposal = await server.ola.slash(server.general, "setup")
    guest = server.env.backend
    stored = guest.create_message(
        server.general.id,
        guest.bot_user.id,
        "x",
        components=[
            {
                "type": 1,
                "components": [
                    {"type": 2, "style": 2, "label": "Go", "custom_id": custom_id}
                    for custom_id in ("cp1:setup:create:needed",)
                ],
            }
        ],
    )
    message = next(one for one in server.general.history() if one.id == stored.id)

    refused = await server.ana.click(message, label="Go")

    assert read(refused).startswith("This is for admins.")
    assert "desk-staff" not in server.guild.channels
    assert proposal.ephemeral


async def test_the_buttons_work_after_a_restart(server: NewServer) -> None:
    proposal = await server.ola.slash(server.general, "setup")
    await server.env.restart_bot(DeskClient(server.desk))

    done = await server.ola.click(proposal.response, label="Create staff channel and role")

    assert "Everything is in place" in read(done)
