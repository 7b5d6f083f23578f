"""What the outbox brings by e-mail: receipts, replies and news, for people who wrote by e-mail."""

import json
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.mail.compose import Outgoing, compose, one_line
from bot.concerns.mail.model import Recipient
from bot.concerns.model import REOPEN_DAYS, Case, Delivery, Told
from bot.concerns.relay import Carried
from bot.concerns.troubles import NoSuchConcern
from bot.platform.client import DeskClient
from bot.platform.courier import Finish, Handler, TryLater, Undeliverable
from bot.platform.mail import guild_tongue
from bot.store.outbox import Parcel
from bot.vault import KeyTrouble
from bot.web.mail.smtp import NotNow, Rejected, Sender
from bot.words import Tongue
from cogs.concern.news import overtaken
from cogs.concern.news_cards import sentence

log = structlog.stdlib.get_logger(__name__)

_LANE = "person:"
_FIRST = timedelta(seconds=30)
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class _Said:
    """What a letter says."""

    what: str
    subject: str
    body: str
    automatic: bool = True
    finish: Finish | None = None


class MailDeliveries:
    """Performs, by e-mail, what the ledger posts for reporters."""

    def __init__(self, client: DeskClient) -> None:
        self._client = client
        self._desk = client.desk
        self._sender = Sender(self._desk.settings)

    def register(self) -> None:
        """Tell the courier."""
        self._client.courier.instead = self.instead

    async def instead(self, parcel: Parcel) -> Handler | None:
        """Take what is for somebody who is known by an e-mail address."""
        number = parcel.lane.removeprefix(_LANE)
        if number == parcel.lane or not number.isdecimal():
            return None
        return self.deliver if await self._desk.mail.is_by_mail(int(number)) else None

    async def deliver(self, parcel: Parcel) -> Finish | None:
        """Write a letter and hand it to the mail server.

        Raises:
            TryLater: the mail server cannot take it now.
            Undeliverable: it refuses it, or there is none.
        """
        recipient = await self._desk.mail.recipient(int(parcel.lane.removeprefix(_LANE)))
        case = await self._case(parcel)
        if recipient is None or case is None:
            return None
        answers, language = self._address(parcel)
        if language and parcel.kind == effects.RECEIPT:
            await self._desk.news.reporter_speaks(case.guild_id, case.reference, language)
        language = language or recipient.locale
        t = self._desk.words.tongue(language) if language else self._tongue(parcel.guild_id)
        said = await self._said(t, parcel, case)
        if said is None:
            return None
        if not said.body:
            return said.finish
        if not self._sender.ready:
            raise Undeliverable("no mail server is set (mail.smtp.host and mail.address)")
        await self._send(t, parcel, case, recipient, said, answers)
        log.info("mail.sent", reference=case.reference, kind=parcel.kind)
        return said.finish

    async def _send(
        self,
        t: Tongue,
        parcel: Parcel,
        case: Case,
        recipient: Recipient,
        said: _Said,
        answers: str,
    ) -> None:
        mail = self._desk.settings.mail
        domain = mail.address.partition("@")[2]
        letter = Outgoing(
            to=str(recipient.address),
            reference=case.reference,
            message_id=self._desk.mail.message_id(case.guild_id, case.reference, said.what, domain),
            subject=said.subject,
            body=said.body,
            automatic=said.automatic,
            answers=answers,
        )
        try:
            message = compose(
                t,
                letter,
                sender=mail.address,
                name=self._desk.settings.operator.name,
                at=parcel.created_at,
            )
        except (ValueError, IndexError):
            raise Undeliverable("the address cannot stand in a letter") from None
        try:
            await self._sender.send(message, letter.to)
        except NotNow as error:
            wait = min(_FIRST * 2 ** max(parcel.attempts - 1, 0), _LONGEST)
            raise TryLater(str(error), wait) from None
        except Rejected as error:
            if parcel.kind == effects.LETTER:
                await self._desk.mail.not_delivered(
                    case.guild_id, case.reference, int(parcel.payload["letter"])
                )
            raise Undeliverable(str(error)) from None

    async def _said(self, t: Tongue, parcel: Parcel, case: Case) -> _Said | None:
        """Return what a letter says; None if there is nothing to say any more."""
        server = self._server(t, parcel.guild_id)
        match parcel.kind:
            case effects.RECEIPT:
                return await self._receipt(t, case, server)
            case effects.LETTER | effects.LETTER_CHANGED:
                return self._letter(t, parcel, case, server)
            case effects.NEWS:
                return await self._news(t, parcel, case, server)
            case effects.ADDED:
                body = [t("mail.added.body"), *_attached(t, case)]
                said = "\n\n".join(body)
                return _Said(_what("added", parcel), t("mail.receipt.subject"), said)
            case effects.DONE:
                what = str(parcel.payload.get("what", ""))
                key = "mail.withdrawn.body" if what == "withdrawn" else "mail.added.body"
                body_ = t(key, server=server) if what == "withdrawn" else t(key)
                return _Said(_what("done", parcel), t("mail.receipt.subject"), body_)
        raise Undeliverable(f"there are no words by e-mail for {parcel.kind}")

    async def _receipt(self, t: Tongue, case: Case, server: str) -> _Said:
        days = await self._desk.clockwork.reply_days(case.guild_id, case.raised_at)
        body = [
            t("mail.receipt.body", server=server, reference=case.reference, days=days),
            *_attached(t, case),
            t("mail.receipt.consent", server=server),
            t("mail.receipt.withdraw"),
        ]
        return _Said("receipt-1", t("mail.receipt.subject"), "\n\n".join(body))

    def _letter(self, t: Tongue, parcel: Parcel, case: Case, server: str) -> _Said | None:
        """Return a letter of staff's, or, if it was changed since it was sent, that it was."""
        letter = next(
            (one for one in case.letters if one.id == int(parcel.payload["letter"])), None
        )
        if letter is None:
            return None
        carried = Carried(case, letter, 0, None)
        subject = t("mail.letter.subject", server=server)
        changed = parcel.kind == effects.LETTER_CHANGED
        if letter.taken_back:
            said = t("mail.letter.taken_back") if letter.shown else ""
            return self._brought(carried, Delivery.TAKEN_BACK, parcel, subject, said)
        if changed and (not letter.shown or letter.shown >= letter.revision):
            return None
        parts = [
            t("mail.letter.edited") if changed else "",
            letter.text,
            letter.signature,
            t("mail.letter.more"),
        ]
        body = "\n\n".join(part for part in parts if part)
        return self._brought(carried, Delivery.DELIVERED, parcel, subject, body)

    def _brought(
        self, carried: Carried, how: Delivery, parcel: Parcel, subject: str, body: str
    ) -> _Said:
        async def finish(session: AsyncSession) -> None:
            await self._desk.triage.brought(session, carried, how, None)

        revision = carried.letter.revision
        number = f"letter-{carried.letter.id}"
        what = number if parcel.kind == effects.LETTER else f"{number}x{revision}"
        return _Said(what, subject, body, automatic=False, finish=finish)

    async def _news(self, t: Tongue, parcel: Parcel, case: Case, server: str) -> _Said | None:
        news_id = int(parcel.payload["news"])
        news = await self._desk.mail.news(parcel.guild_id, news_id)
        if news is None:
            return None
        guild_id, reference = case.guild_id, case.reference

        def recorded(how: Delivery | None) -> Finish:
            async def finish(session: AsyncSession) -> None:
                await self._desk.news.delivered(session, guild_id, reference, news_id, how)

            return finish

        if overtaken(news, case):
            return _Said("", "", "", finish=recorded(None))
        body = [sentence(t, reference, news, server)]
        if news.what is Told.CLOSED:
            body.append(t("mail.closed.more", days=REOPEN_DAYS))
        subject = t("mail.news.subject")
        done = recorded(Delivery.DELIVERED)
        return _Said(f"news-{news_id}", subject, "\n\n".join(body), finish=done)

    async def _case(self, parcel: Parcel) -> Case | None:
        try:
            case = await self._desk.triage.case(
                parcel.guild_id, str(parcel.payload.get("reference", ""))
            )
        except NoSuchConcern:
            return None
        return None if case.erased else case

    def _address(self, parcel: Parcel) -> tuple[str, str]:
        """Return the id of the message that a letter answers, and its language."""
        if parcel.sealed is None:
            return "", ""
        try:
            answers, language = json.loads(self._desk.vault.unseal(parcel.sealed))
        except (KeyTrouble, ValueError):
            return "", ""
        return str(answers), str(language)

    def _tongue(self, guild_id: int) -> Tongue:
        return guild_tongue(self._client, guild_id)

    def _server(self, t: Tongue, guild_id: int) -> str:
        guild = self._client.get_guild(guild_id)
        return one_line(t("concern.server") if guild is None else guild.name)


def _attached(t: Tongue, case: Case) -> list[str]:
    """Return that what was attached to the latest message was not kept, if anything was."""
    counts = [event.detail for event in case.events if event.what in ("raised", "wrote")]
    count = counts[-1].get("attachments", "0") if counts else "0"
    return [t.plural("mail.attached", int(count))] if count.isdigit() and int(count) else []


def _what(kind: str, parcel: Parcel) -> str:
    return f"{kind}-{parcel.id}"
