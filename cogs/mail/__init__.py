"""E-mail on Discord's side: letters to people who wrote by e-mail go out with the courier."""

from bot.platform.client import DeskClient
from cogs.mail.delivery import MailDeliveries


async def setup(client: DeskClient) -> None:
    """Say who brings letters to people who have no account here."""
    MailDeliveries(client).register()
