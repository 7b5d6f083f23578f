"""What a server told the desk about itself: its staff channel, and which roles may do what."""

from bot.guilds.model import Capability, GuildSetup
from bot.guilds.service import Guilds

__all__ = ["Capability", "GuildSetup", "Guilds"]
