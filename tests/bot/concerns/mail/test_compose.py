"""What goes out: nobody's words can add a header, and the same letter is the same message."""

import email
import email.policy
from datetime import UTC, datetime

import pytest

from bot.concerns.mail.compose import Outgoing, compose
from bot.words import Words
from tests.conftest import ROOT

WORDS = Words.load(ROOT / "config" / "locale")
AT = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
HEADERS = {
    *("auto-submitted", "content-language", "content-transfer-encoding", "content-type", "date"),
    *("from", "message-id", "mime-version", "subject", "to", "x-auto-response-suppress"),
}
NASTY = [
    "Desk\r\nBcc: eve@example.net",
    "Desk\nX: y",
    "\u2028Bcc: eve@example.net",
    'a" <eve@example.net>, "b',
    "\x00\x0b\x85",
    "写真" * 200,
    "\ud800",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_subject_or_id_adds_a_header(nasty: str):
    letter = Outgoing(
        to="ana@example.org",
        reference="C-7K4Q-2M",
        message_id="C-7K4Q-2M.letter-1.x@desk.example",
        subject=nasty.encode("utf-8", "replace").decode(),
        body=nasty,
        automatic=True,
        answers=nasty,
    )
    name = nasty.encode("utf-8", "replace").decode()
    sent = compose(WORDS.tongue("fr"), letter, sender="desk@desk.example", name=name, at=AT)
    raw = sent.as_bytes()
    again = compose(WORDS.tongue("fr"), letter, sender="desk@desk.example", name=name, at=AT)
    assert raw == again.as_bytes()
    got = email.message_from_bytes(raw, policy=email.policy.default)
    assert {key.lower() for key in got} == HEADERS
    assert len(got) == len(HEADERS)
    assert [one.addr_spec for one in got["From"].addresses] == ["desk@desk.example"]
    assert [one.addr_spec for one in got["To"].addresses] == ["ana@example.org"]
    assert got["Content-Language"] == "fr"
