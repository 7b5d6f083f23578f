"""The real desk on the simulated Discord: its client, its database, its server set up.

The demo has a database and a key of its own (`Settings.for_demo`), so it never meets the data of
a desk that serves the real Discord. What people say in the simulated channels begins anew at
each start; what the desk keeps does not. So the server is set up at the first start, and cards
that ended with an earlier start are posted again as any card that somebody deletes.
"""

from bot.desk import Desk
from bot.guilds.model import Capability, GuildSetup
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.simulator.demo import run_demo
from bot.simulator.world import GENERAL, HELPER, HOST, LIAISON, MODERATOR, STAFF, World
from bot.store.hold import hold
from bot.web.health import HealthServer, PortBusy
from bot.web.public.server import PublicServer


async def demo(settings: Settings, *, port: int, open_browser: bool) -> None:
    """Serve the demo until SIGINT or SIGTERM; what was raised is kept for the next start.

    Raises:
        DemoTrouble: the port is taken.
        DatabaseHeld: another demo runs on the same data.
        KeyTrouble, NewerDatabase, StoreUnavailable, WordsTrouble, KnowledgeFaults: as `Desk.open`.
    """
    settings = settings.for_demo()
    with hold(settings.database_url.get_secret_value()):
        desk = await Desk.open(settings)
        clients: list[DeskClient] = []

        def make_client() -> DeskClient:
            clients.append(DeskClient(desk))
            return clients[-1]

        health = HealthServer(desk, lambda: any(client.is_ready() for client in clients))
        public = PublicServer(desk)
        try:
            async with desk.at_work():
                await run_demo(
                    make_client,
                    port=port,
                    open_browser=open_browser,
                    on_world=lambda world: set_up(desk, world),
                    notes=[
                        f"  Data    {_where(settings)}",
                        *await _health_notes(health, settings),
                        *await _form_notes(public),
                    ],
                )
        finally:
            await public.stop()
            await health.stop()
            await desk.close()


async def set_up(desk: Desk, world: World) -> None:
    """Choose the staff channel and roles as `/setup` would, unless what was chosen is here."""
    sessions = await desk.discussion_setups.of(world.guild_id)
    if sessions.channel_id not in {channel.id for channel in world.channels.values()}:
        await desk.discussion_setups.choose(world.guild_id, world.channels[GENERAL].id)
    setup = await desk.guilds.get(world.guild_id)
    if _fits(world, setup):
        if Capability.LIAISON not in setup.roles:
            # An earlier release's demo had no liaison.
            liaison = {Capability.LIAISON: frozenset({world.roles[LIAISON].id})}
            await desk.guilds.save(world.guild_id, roles=liaison)
        return
    roles = {
        Capability.STAFF: STAFF,
        Capability.MODERATOR: MODERATOR,
        Capability.HOST: HOST,
        Capability.HELPER: HELPER,
        Capability.LIAISON: LIAISON,
    }
    await desk.guilds.save(
        world.guild_id,
        staff_channel_id=world.staff_channel_id,
        roles={what: frozenset({world.roles[name].id}) for what, name in roles.items()},
    )


def _fits(world: World, setup: GuildSetup) -> bool:
    """Say whether everything that was chosen is there; what `/setup` created ended with its run."""
    channels = {channel.id for channel in world.channels.values()}
    roles = {role.id for role in world.roles.values()}
    chosen = frozenset[int]().union(*setup.roles.values())
    return setup.done and setup.staff_channel_id in channels and chosen <= roles


def _where(settings: Settings) -> str:
    return settings.database_url.get_secret_value().partition("///")[2]


async def _health_notes(health: HealthServer, settings: Settings) -> list[str]:
    """Serve the health page where the real desk would; say where, or why not."""
    if not settings.web.enabled:
        return []
    try:
        await health.start()
    except PortBusy:
        return [f"  Health  not served: port {settings.web.port} is taken by another program"]
    return [f"  Health  http://{settings.web.host}:{health.port}/readyz"]


async def _form_notes(public: PublicServer) -> list[str]:
    """Serve the web form; say where, or why not."""
    try:
        await public.start()
    except PortBusy:
        return ["  Form    not served: its port is taken by another program"]
    return [f"  Form    http://127.0.0.1:{public.port}/"]
