"""The desk's letters by e-mail: plain text, no tracking, nothing of what the person wrote.

A header is made by Python's `email.policy.SMTP`, which refuses a line break in a value; what goes
into one here is the desk's own anyway: a reference, an id, the name of a server without controls.
"""

import email.policy
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime

from bot.concerns.mail.quoting import marker
from bot.words import Tongue

_NAME = 80
_POLICY = email.policy.SMTP.clone(max_line_length=78)
_ID_SAFE = frozenset("@.-_+=$%!#&'*/?^`{|}~[]:")


@dataclass(frozen=True)
class Outgoing:
    """One letter: to whom, about which concern, and what it says."""

    to: str = field(repr=False)
    reference: str
    message_id: str
    subject: str
    body: str = field(repr=False)
    automatic: bool
    """Nobody wrote it: what answers mail by itself must not answer it (RFC 3834)."""
    answers: str = ""
    """The id of the message that it answers."""


def compose(t: Tongue, letter: Outgoing, *, sender: str, name: str, at: datetime) -> EmailMessage:
    """Return a letter as the mail server gets it. The same letter is the same message each time."""
    message = EmailMessage(_POLICY)
    local, _, domain = sender.partition("@")
    message["From"] = Mailbox(one_line(name)[:_NAME], local, domain)
    to_local, _, to_domain = letter.to.rpartition("@")
    message["To"] = Mailbox("", to_local, to_domain)
    message["Subject"] = one_line(f"{letter.subject} [{letter.reference}]")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.message_id}>"
    if _is_id(letter.answers):
        message["In-Reply-To"] = f"<{letter.answers}>"
        message["References"] = f"<{letter.answers}>"
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    text = "\n\n".join(
        (marker(t("mail.above"), letter.reference), letter.body, f"-- \n{one_line(name)}")
    )
    message.set_content(text.encode("utf-8", "replace").decode(), cte="quoted-printable")
    message["Content-Language"] = t.language  # `set_content` clears what begins with Content-
    return message


def one_line(text: str) -> str:
    """Return text as it can stand in a header: no line breaks, nothing invisible."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def _is_id(text: str) -> bool:
    return (
        3 <= len(text) <= 250
        and text.count("@") == 1
        and all(one.isascii() and (one.isalnum() or one in _ID_SAFE) for one in text)
    )
