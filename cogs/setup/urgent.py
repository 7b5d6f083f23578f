"""/setup for urgent concerns: whom the alert mentions, and what the person is told at once."""

import discord

from bot.guilds.model import Capability
from bot.guilds.urgent import HELP_LIMIT, Urgent
from bot.platform import errors
from bot.platform.cards import Button, Card, Part, RoleMenu, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge_turn, tongue, turn
from bot.words import Tongue
from cogs.setup.choose import check

_LANGUAGES = ("en", "fr")


class UrgentSetup(DeskCog):
    """Asks admins what is to happen when a concern is urgent."""

    @on_button("setup", "urgent", requires=Capability.ADMIN)
    async def urgent(self, interaction: DeskInteraction) -> None:
        """Show what is chosen, and offer to change it."""
        await acknowledge_turn(interaction)
        guild = _guild(interaction)
        await self._show(interaction, guild, await self.desk.urgent_lane.of(guild.id))

    @on_menu("setup", "alert", requires=Capability.ADMIN)
    async def alert(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Mention this role from now on."""
        guild, chosen = _guild(interaction), next(iter(values), "")
        role = guild.get_role(int(chosen)) if chosen.isdecimal() else None
        if role is None:
            raise Refused("error.stale")
        check(guild, None, [role])
        await acknowledge_turn(interaction)
        await self._show(interaction, guild, await self.desk.urgent_lane.mention(guild.id, role.id))

    @on_button("setup", "alert-nobody", requires=Capability.ADMIN)
    async def nobody(self, interaction: DeskInteraction) -> None:
        """Mention nobody from now on."""
        await acknowledge_turn(interaction)
        guild = _guild(interaction)
        await self._show(interaction, guild, await self.desk.urgent_lane.mention(guild.id, None))

    @on_button("setup", "help", requires=Capability.ADMIN)
    async def help(self, interaction: DeskInteraction) -> None:
        """Open the form of what people are told, in each language."""
        t, guild = tongue(interaction), _guild(interaction)
        urgent = await self.desk.urgent_lane.of(guild.id)
        await open_form(
            interaction,
            t("setup.urgent.form"),
            custom_id("setup", "help"),
            [
                TextField(
                    language,
                    t(f"setup.urgent.in_{language}"),
                    description=t("setup.urgent.in.note"),
                    value=urgent.told(language),
                    paragraph=True,
                    required=False,
                    limit=HELP_LIMIT,
                )
                for language in _LANGUAGES
            ],
        )

    @on_form("setup", "help", requires=Capability.ADMIN)
    async def helped(self, interaction: DeskInteraction, form: Form) -> None:
        """Tell people this from now on; what could not be kept comes back."""
        guild = _guild(interaction)
        try:
            await acknowledge_turn(interaction)
            texts = {language: form.text(language) for language in _LANGUAGES}
            urgent = await self.desk.urgent_lane.tell(guild.id, texts)
        except Exception as error:
            await errors.answer(interaction, error, where="setup:help", typed=form.typed())
            return
        await self._show(interaction, guild, urgent)

    async def _show(
        self, interaction: DeskInteraction, guild: discord.Guild, urgent: Urgent
    ) -> None:
        await turn(interaction, urgent_card(tongue(interaction), guild, urgent))


def urgent_card(t: Tongue, guild: discord.Guild, urgent: Urgent) -> Card:
    """Show what happens when a concern is urgent, and what is in the way of it."""
    role = None if urgent.role_id is None else guild.get_role(urgent.role_id)
    named = t("setup.urgent.nobody") if role is None else role.mention
    lines = [t("setup.urgent.role", role=named)]
    lines += [
        t(f"setup.urgent.{'own' if urgent.told(language) else 'usual'}_{language}")
        for language in _LANGUAGES
    ]
    faults = []
    if urgent.role_id is not None and role is None:
        faults.append(t("setup.urgent.role_gone"))
    if role is not None and not (role.mentionable or guild.me.guild_permissions.mention_everyone):
        faults.append(t("setup.urgent.not_mentionable", role=role.mention))
    buttons = [Button(t("setup.urgent.texts"), custom_id("setup", "help"))]
    if urgent.role_id is not None:
        buttons.append(Button(t("setup.urgent.drop"), custom_id("setup", "alert-nobody")))
    rows: list[Row] = [RoleMenu(t("setup.urgent.choose"), custom_id("setup", "alert")), buttons]
    parts = [Part(t("setup.part.chosen"), lines)]
    if faults:
        parts.append(Part(t("setup.part.faults"), faults))
    return Card(
        kind=t("setup.kind"),
        title=t("setup.urgent.title"),
        body=t("setup.urgent.body"),
        parts=parts,
        tone=Tone.UNSURE if faults else Tone.STAFF,
        rows=rows,
    )


def _guild(interaction: DeskInteraction) -> discord.Guild:
    if interaction.guild is None:
        raise Refused("error.server_only")
    return interaction.guild
