"""Handing letters to a mail server (RFC 5321), with aiosmtplib."""

import ssl
from email.message import EmailMessage

import aiosmtplib

from bot.settings import Settings


class Rejected(Exception):
    """The mail server refuses a letter for good. The message holds codes only, no people."""


class NotNow(Exception):
    """The mail server cannot take a letter now. The message holds codes only, no people."""


class Sender:
    """Sends one letter at a time, each over a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._smtp = settings.mail.smtp
        self._from = settings.mail.address
        secret = settings.mail_password
        self._password = None if secret is None else secret.get_secret_value()

    @property
    def ready(self) -> bool:
        """Say whether there is a server to hand letters to, and an address they are from."""
        return bool(self._smtp.host and self._from)

    async def send(self, message: EmailMessage, to: str) -> None:
        """Hand a letter over; when this returns the server has taken it on.

        Raises:
            NotNow: it may later: no connection, no time, or a code that begins with 4.
            Rejected: it never will as it is.
        """
        try:
            async with self._client() as client:
                await client.send_message(message, sender=self._from, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise _sorted(max(codes, default=550), "recipient") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _sorted(error.code, type(error).__name__) from None
        except aiosmtplib.SMTPNotSupported:
            raise Rejected("the mail server lacks what the letter or the login needs") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as error:
            raise NotNow(f"the mail server cannot be reached: {type(error).__name__}") from None

    async def check(self) -> None:
        """Connect, log in, and leave; raises as `send` does."""
        try:
            async with self._client() as client:
                await client.noop()
        except aiosmtplib.SMTPResponseException as error:
            raise Rejected(f"the mail server answered {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as error:
            raise NotNow(f"the mail server cannot be reached: {type(error).__name__}") from None

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._smtp.host,
            port=self._smtp.port,
            timeout=self._smtp.timeout_seconds,
            use_tls=self._smtp.security == "tls",
            start_tls=self._smtp.security == "starttls",
            username=self._smtp.user or None,
            password=self._password if self._smtp.user else None,
        )


def _sorted(code: int, what: str) -> Exception:
    said = f"the mail server answered {code} ({what})"
    if what == "SMTPAuthenticationError" or 400 <= code < 500 or code < 0:
        # A wrong password is the operator's to put right; the letters wait meanwhile.
        return NotNow(said)
    return Rejected(said)
