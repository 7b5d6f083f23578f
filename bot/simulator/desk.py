"""The real desk on the simulated Discord: its client, its database, its server set up."""

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.simulator.demo import run_demo
from bot.simulator.world import HELPER, HOST, MODERATOR, STAFF, World


async def demo(settings: Settings, *, port: int, open_browser: bool) -> None:
    """Serve the demo until SIGINT or SIGTERM; what was raised is kept for the next start.

    Raises:
        DemoTrouble: the port is taken.
        KeyTrouble, NewerDatabase, StoreUnavailable, WordsTrouble, KnowledgeFaults: as `Desk.open`.
    """
    desk = await Desk.open(settings)
    try:
        async with desk.knowledge_edits.watching():
            await run_demo(
                lambda: DeskClient(desk),
                port=port,
                open_browser=open_browser,
                on_world=lambda world: set_up(desk, world),
            )
    finally:
        await desk.close()


async def set_up(desk: Desk, world: World) -> None:
    """Choose the simulated server's staff channel and roles, as `/setup` would."""
    roles = {
        Capability.STAFF: STAFF,
        Capability.MODERATOR: MODERATOR,
        Capability.HOST: HOST,
        Capability.HELPER: HELPER,
    }
    await desk.guilds.save(
        world.guild_id,
        staff_channel_id=world.staff_channel_id,
        roles={what: frozenset({world.roles[name].id}) for what, name in roles.items()},
    )
