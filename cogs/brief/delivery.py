"""What reporters are asked for briefs: how they want to be named."""

from bot.concerns.briefs.model import NAME_LIMIT
from bot.concerns.briefs.review import ASK_NAME
from bot.concerns.model import Case
from bot.concerns.troubles import NoSuchConcern
from bot.platform.cards import Button, Card, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, reply, tongue
from bot.platform.mail import guild_tongue, write_to
from bot.store.outbox import Parcel
from cogs._typed import number
from cogs.brief.told import telling
from cogs.concern.delivery import server_of
from cogs.triage.told import reference_of


class BriefLetters(DeskCog):
    """Writes to reporters about briefs."""

    async def cog_load(self) -> None:
        """Take on these letters among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(ASK_NAME, self.ask_name)

    async def ask_name(self, parcel: Parcel) -> None:
        """Ask a reporter how they want to be named; until they say, they are not."""
        case = await self._case(parcel)
        if case is None:
            return
        t = guild_tongue(self.client, parcel.guild_id)
        press = custom_id("brief", "name", parcel.guild_id, case.reference)
        card = Card(
            kind=t("concern.naming.kind"),
            title=case.reference,
            body=t("concern.naming.body", server=self._server(parcel.guild_id)),
            tone=Tone.UNSURE,
            rows=[[Button(t("concern.naming.button"), press)]],
        )
        await self._write(parcel, case, card)

    @on_button("brief", "name")
    async def name(self, interaction: DeskInteraction, guild_id: str, reference: str) -> None:
        """Open the form for a name. It works in direct messages, and for years."""
        t = tongue(interaction)
        field = TextField("name", t("concern.naming.name"), limit=NAME_LIMIT)
        press = custom_id("brief", "named", guild_id, reference)
        await open_form(interaction, t("concern.naming.title"), press, [field])

    @on_form("brief", "named")
    async def named(
        self, interaction: DeskInteraction, form: Form, guild_id: str, reference: str
    ) -> None:
        """Keep how a person wants to be named."""
        t = tongue(interaction)
        await acknowledge(interaction)
        name = " ".join(form.text("name").split())
        with telling(t):
            await self.desk.briefs.name(
                number(guild_id), interaction.user.id, reference_of(reference), name
            )
        shown = inert(name, limit=2 * NAME_LIMIT)
        await reply(interaction, Card(body=t("concern.naming.done", name=shown)))

    async def _case(self, parcel: Parcel) -> Case | None:
        try:
            case = await self.desk.triage.case(parcel.guild_id, parcel.payload["reference"])
        except NoSuchConcern:
            return None
        return None if case.erased else case

    async def _write(self, parcel: Parcel, case: Case, card: Card) -> None:
        recipient = await self.desk.triage.reporter(case.guild_id, case.reference)
        await write_to(self.client, recipient, card, once=parcel.key)

    def _server(self, guild_id: int) -> str:
        unnamed = guild_tongue(self.client, guild_id)("concern.server")
        return inert(server_of(self.client, guild_id, unnamed).name, limit=200)
