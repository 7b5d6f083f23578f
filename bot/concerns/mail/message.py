"""Reading one e-mail message: who wrote, what, and what it answers.

Made of Python's own parser (`email.policy.default`), which keeps what is broken apart from what is
not; nothing that a message can hold raises here.
"""

import contextlib
import email.policy
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

from bot.concerns.mail.decoding import text_of, unflowed
from bot.concerns.mail.html import text_of_html
from bot.store.people import Address

_LONG_HEADERS = frozenset({"references", "in-reply-to"})
_MOST_LONG = 16_000
_MOST_HEADER = 4_000
"""Characters of a header. Reading one takes the square of its length, and nobody writes longer."""


class _Bounded(email.policy.EmailPolicy):
    """Cuts headers that are longer than anybody's, in every part of a message."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: _MOST_LONG if name.lower() in _LONG_HEADERS else _MOST_HEADER]


_POLICY = _Bounded(refold_source="none")
_ID = re.compile(r"<([^<>\s]{3,250})>")
_TOKEN = re.compile(r"\bC-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}\b", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:(?:re|aw|sv|antw|tr|fwd?|wg|vs|ref|rv)(?:\[\d+\])?\s*[:：]\s*)+", re.I)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_NAMED = re.compile(r"[^<>,;:]*<\s*([^<>\s]+)\s*>")
_SPACES = re.compile(r"\s+")
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_SEALED = frozenset(
    {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
)
_MOST_PARTS = 500
_MOST_IDS = 50
SUBJECT_LIMIT = 200


@dataclass(frozen=True)
class Mail:
    """A message as the desk understands it."""

    digest: str
    """Names the message and its content, whichever way it came."""
    sender: Address | None
    """Who wrote, if exactly one address says so."""
    subject: str
    text: str
    """What is to be read, with whatever it quotes."""
    references: tuple[str, ...]
    """The ids of the messages that it answers, without angle brackets."""
    message_id: str
    tokens: tuple[str, ...]
    """The references of concerns in its subject, as they are written on paper."""
    attachments: tuple[str, ...]
    """The types of what is attached."""
    encrypted: bool
    language: str
    message: Message = field(repr=False)
    files: tuple[bytes, ...] = field(default=(), repr=False)
    """What is attached, in the same order, as it came."""


def read_mail(raw: bytes) -> Mail:
    """Read a message; what is broken in it is left out, and never a trouble."""
    message = BytesParser(policy=_POLICY).parsebytes(raw)
    parts = list(_parts(message))
    text, attached, encrypted = _content(parts)
    subject = header(message, "Subject")
    message_id = next(iter(_ids(header(message, "Message-ID"))), "")
    answered = f"{header(message, 'References')} {header(message, 'In-Reply-To')}"
    return Mail(
        digest=_digest(message_id, raw),
        sender=_sender(message),
        subject=_PREFIX.sub("", subject)[:SUBJECT_LIMIT].strip(),
        text=text,
        references=tuple(dict.fromkeys(_ids(answered)))[-_MOST_IDS:],
        message_id=message_id,
        tokens=tuple(dict.fromkeys(one.upper() for one in _TOKEN.findall(subject))),
        attachments=tuple(one.get_content_type() for one in attached),
        encrypted=encrypted,
        language=header(message, "Content-Language")[:12],
        message=message,
        files=tuple(_bytes(one) for one in attached),
    )


def header(message: Message, name: str) -> str:
    """Return a header as one line of text; "" if there is none, or it cannot be read at all."""
    try:
        value = str(message.get(name, ""))
    except Exception:
        # The standard library's header parser raises IndexError and others on broken ones.
        value = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "")
    line = _SPACES.sub(" ", value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return "".join(one for one in line if one.isprintable()).strip()


def address_of(text: str) -> Address | None:
    """Return an address in the form the desk compares; None if it is none.

    Upper and lower case do not matter, as in practice no provider tells them apart.
    """
    plain = unicodedata.normalize("NFC", text.strip())
    if not _ADDRESS.fullmatch(plain):
        return None
    local, _, domain = plain.rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    whole = f"{local}@{domain}".lower()
    return Address(whole) if whole.isprintable() else None


def _sender(message: Message) -> Address | None:
    """Return who wrote, if the message says so once and plainly; stricter than RFC 5322 is.

    What one parser reads as one address and the next as another (CVE-2023-27043) is nobody's.
    """
    lines = [str(v) for k, v in message.raw_items() if k.lower() == "from"]
    if len(lines) != 1 or len(lines[0]) >= _MOST_HEADER:
        return None
    plain = _COMMENT.sub(" ", _QUOTED.sub(" ", _SPACES.sub(" ", lines[0]))).strip()
    if "<" not in plain and ">" not in plain:
        return address_of(plain)
    found = _NAMED.fullmatch(plain)
    return None if found is None else address_of(found[1])


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, in order; what is attached as a message stays whole."""
    waiting, count = [message], 0
    while waiting and count < _MOST_PARTS:
        part = waiting.pop(0)
        count += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            chosen = [one for one in inner if isinstance(one, Message)]
            if part.get_content_subtype() == "alternative":
                chosen = _best(chosen)
            waiting[:0] = chosen
        else:
            yield part


def _best(parts: list[Message]) -> list[Message]:
    """Return the alternative to read: text if it says anything, else what has the HTML in it."""
    plain = [one for one in parts if one.get_content_type() == "text/plain"]
    if plain and text_of(plain[0]).strip():
        others = [one for one in parts if one.get_content_type() == "text/calendar"]
        return [plain[0], *others]
    rest = [one for one in parts if one not in plain]
    return rest[-1:] or plain


def _content(parts: list[Message]) -> tuple[str, list[Message], bool]:
    texts: list[str] = []
    attachments: list[Message] = []
    encrypted = False
    for part in parts:
        kind = part.get_content_type()
        if kind in _SEALED and part.get_param("smime-type") != "signed-data":
            encrypted = True
        elif kind in _SIGNATURES:
            continue
        elif kind in ("text/plain", "text/html") and not _attached(part):
            texts.append(_read(part, kind))
        else:
            attachments.append(part)
    return "\n\n".join(text for text in texts if text), attachments, encrypted


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:
        # Broken parameters; then it is whatever can be read.
        return False


def _read(part: Message, kind: str) -> str:
    text = text_of(part)
    if kind == "text/html":
        return text_of_html(text)
    if str(part.get_param("format") or "").lower() == "flowed":
        text = unflowed(text, delsp=str(part.get_param("delsp") or "").lower() == "yes")
    return text.strip("\n")


def _ids(text: str) -> list[str]:
    return _ID.findall(text)


def _digest(message_id: str, raw: bytes) -> str:
    """Return what names a message: its id and its body, not the traces of how it came."""
    unix = raw.replace(b"\r\n", b"\n")
    body = unix.partition(b"\n\n")[2].strip()
    return hashlib.sha256(message_id.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def raw_text(raw: bytes) -> str:
    """Return a whole message as text to keep; every byte can be had back with `latin-1`."""
    return raw.decode("latin-1")
