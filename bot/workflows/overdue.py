"""Telling staff, by itself, what is overdue and what the day brings."""

from bot.concerns.clockwork import Clockwork
from bot.guilds import Guilds

JOB = "overdue"


class Overdue:
    """Looks at every server's service clocks now and then."""

    def __init__(self, clockwork: Clockwork, guilds: Guilds) -> None:
        self._clockwork = clockwork
        self._wound: set[int] = set()
        self._guilds = guilds

    async def look(self) -> None:
        """Tell what is overdue, and post the digests that are due.

        A server without a staff channel is told once it has chosen one.
        """
        for setup in await self._guilds.all():
            if setup.staff_channel_id is not None:
                if setup.guild_id not in self._wound:
                    await self._clockwork.wind_up(setup.guild_id)
                    self._wound.add(setup.guild_id)
                await self._clockwork.escalate(setup.guild_id)
                await self._clockwork.digest(setup.guild_id)
