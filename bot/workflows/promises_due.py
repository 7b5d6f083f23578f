"""Once a day: every server's promises are taken up, and those whose day has passed run late."""

from bot.guilds import Guilds
from bot.promises.service import Promises
from bot.store.daily import Turn

JOB = "promises"


class PromisesDue:
    """Looks at what is due, in every server that was set up."""

    def __init__(self, promises: Promises, guilds: Guilds) -> None:
        self._promises = promises
        self._guilds = guilds

    async def day(self, _turn: Turn) -> None:
        """Tell staff what runs late (`bot.store.daily.Job`)."""
        for setup in await self._guilds.all():
            await self._promises.take_up(setup.guild_id)
        await self._promises.run_late()
