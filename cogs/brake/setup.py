"""What admins choose about brakes."""

from dataclasses import replace

from bot.guilds.model import Capability
from bot.moderation.brakes.model import BrakeSetup
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge_turn, tongue, turn
from cogs.brake import show
from cogs.triage.told import guild_of

_NUMBERS = {"people": 2, "slow_seconds": 5, "minutes": 4}
"""The numbers that are asked for, and with how many digits."""


class BrakeSetupCog(DeskCog):
    """Asks admins when a thread is slowed down, and how much."""

    @on_button("brake", "setup", requires=Capability.ADMIN)
    async def show(self, interaction: DeskInteraction) -> None:
        """Show what is chosen, and offer to change it."""
        await acknowledge_turn(interaction)
        await self._show(interaction, await self._of(interaction))

    @on_button("brake", "itself", requires=Capability.ADMIN)
    async def itself(self, interaction: DeskInteraction) -> None:
        """Let a pile-on slow a thread down, or not any more."""
        await acknowledge_turn(interaction)
        setup = await self._of(interaction)
        await self._keep(interaction, replace(setup, by_itself=not setup.by_itself))

    @on_button("brake", "numbers", requires=Capability.ADMIN)
    async def numbers(self, interaction: DeskInteraction) -> None:
        """Open the form of limits."""
        t, setup = tongue(interaction), await self._of(interaction)
        fields = [
            TextField(
                name,
                t(f"brake.setup.{name}"),
                description=t(f"brake.setup.{name}.note"),
                value=str(getattr(setup, name)),
                limit=digits,
            )
            for name, digits in _NUMBERS.items()
        ]
        press = custom_id("brake", "numbered")
        await open_form(interaction, t("storm.setup.numbers"), press, fields)

    @on_form("brake", "numbered", requires=Capability.ADMIN)
    async def numbered(self, interaction: DeskInteraction, form: Form) -> None:
        """Keep the limits."""
        typed = {name: form.text(name).strip() for name in _NUMBERS}
        if not all(one.isdecimal() for one in typed.values()):
            raise Refused("storm.setup.bad")
        await acknowledge_turn(interaction)
        chosen = replace(
            await self._of(interaction),
            people=int(typed["people"]),
            slow_seconds=int(typed["slow_seconds"]),
            minutes=int(typed["minutes"]),
        )
        await self._keep(interaction, chosen)

    async def _of(self, interaction: DeskInteraction) -> BrakeSetup:
        return await self.desk.brakes.setup(guild_of(interaction))

    async def _keep(self, interaction: DeskInteraction, setup: BrakeSetup) -> None:
        chosen = await self.desk.brakes.choose(guild_of(interaction), setup, interaction.user.id)
        await self._show(interaction, chosen)

    async def _show(self, interaction: DeskInteraction, setup: BrakeSetup) -> None:
        t = tongue(interaction)
        blind = setup.by_itself and not self.client.intents.guild_messages
        faults = [t("brake.setup.blind")] if blind else []
        await turn(interaction, show.setup_card(t, setup, faults))
