"""What `commonplace doctor` looks at of the e-mail door."""

import asyncio
import os
from collections.abc import AsyncIterator

from bot.concerns.mail.boxes import BoxTrouble, Maildir
from bot.desk import Desk
from bot.web.mail.hook import SHORTEST_SECRET
from bot.web.mail.smtp import NotNow, Rejected, Sender
from bot.workflows.postbox import NoServer

Looked = tuple[str, bool, str]
"""What was looked at, whether it is fine, and what to do if not."""


async def look_at_mail(desk: Desk) -> AsyncIterator[Looked]:
    """Look at what is set of `mail`; at nothing if nothing is."""
    mail = desk.settings.mail
    if not mail.taken_in and not mail.smtp.host:
        return
    yield "mail address", bool(mail.address), "" if mail.address else "set mail.address"
    if mail.taken_in:
        try:
            await desk.postbox.guild_id()
            yield "mail for which server", True, ""
        except NoServer:
            note = "set mail.guild_id, or run /setup in the one server it is for"
            yield "mail for which server", False, note
    if mail.maildir is not None:
        trouble = await asyncio.to_thread(_maildir, Maildir(mail.maildir), str(mail.maildir))
        yield "maildir", not trouble, trouble
    if mail.mbox is not None:
        fine = os.access(mail.mbox, os.R_OK | os.W_OK)
        fine = fine and os.access(mail.mbox.parent, os.W_OK)
        note = f"{mail.mbox} and its folder must be writable by the user that runs the desk"
        yield "mbox", fine, "" if fine else note
    if mail.hook.enabled:
        secret = desk.settings.mail_hook_secret
        fine = secret is not None and len(secret.get_secret_value()) >= SHORTEST_SECRET
        note = f"set COMMONPLACE_MAIL_HOOK_SECRET to at least {SHORTEST_SECRET} characters"
        yield "mail hook", fine, "" if fine else note
    async for looked in _out(desk):
        yield looked


async def _out(desk: Desk) -> AsyncIterator[Looked]:
    sender = Sender(desk.settings)
    if not desk.settings.mail.smtp.host:
        note = "set mail.smtp.host: whoever writes by e-mail gets no receipt and no answer"
        yield "mail going out", False, note
        return
    try:
        await sender.check()
        yield "mail going out", True, desk.settings.mail.smtp.host
    except (Rejected, NotNow) as error:
        note = f"{error}; see mail.smtp and COMMONPLACE_MAIL_PASSWORD"
        yield "mail going out", False, note


def _maildir(maildir: Maildir, where: str) -> str:
    try:
        maildir.waiting()
    except BoxTrouble as error:
        return str(error)
    folders = [name for name in ("new", "cur") if not os.access(f"{where}/{name}", os.W_OK)]
    return f"{where} must have a writable folder {' and '.join(folders)}" if folders else ""
