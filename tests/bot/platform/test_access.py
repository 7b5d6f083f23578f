"""Permissions are named as Discord names them in English."""

import discord
import pytest

from bot.platform.access import POST_NEEDS, STAFF_CHANNEL_NEEDS, lacking, permission_name


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        ("send_messages", "Send Messages"),
        ("send_messages_in_threads", "Send Messages in Threads"),
        ("view_channel", "View Channels"),
        ("manage_guild", "Manage Server"),
        ("moderate_members", "Timeout Members"),
        ("read_message_history", "Read Message History"),
        ("mention_everyone", "Mention @everyone, @here and All Roles"),
    ],
)
def test_a_permission_has_its_name_from_discords_settings(flag: str, name: str) -> None:
    assert permission_name(flag) == name


def test_what_is_missing_is_listed_and_nothing_else() -> None:
    held = discord.Permissions(view_channel=True, send_messages=True)

    assert lacking(held, POST_NEEDS) == []
    assert sorted(lacking(held, STAFF_CHANNEL_NEEDS)) == ["Attach Files", "Read Message History"]
    assert lacking(discord.Permissions(administrator=True), STAFF_CHANNEL_NEEDS) == []
