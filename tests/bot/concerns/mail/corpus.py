"""E-mail of the shapes that really come, in words of our own. Each is a function of nothing."""

import base64

FROM = b"From: Ana Example <Ana@Example.org>\r\n"
TO = b"To: desk@desk.example\r\nDate: Fri, 13 Mar 2026 09:00:00 +0000\r\n"
STORY = "They trained on my photo."


def plain(
    text: str = STORY,
    *,
    subject: str = "My photo",
    id_: str = "one@example.org",
    headers: bytes = b"",
    sender: bytes = FROM,
    kind: bytes = b"Content-Type: text/plain; charset=utf-8\r\n",
) -> bytes:
    """Return a short message as most programs write it."""
    return (
        sender
        + TO
        + f"Subject: {subject}\r\nMessage-ID: <{id_}>\r\nMIME-Version: 1.0\r\n".encode()
        + kind
        + headers
        + b"\r\n"
        + text.replace("\n", "\r\n").encode()
        + b"\r\n"
    )


def multipart(kind: str, *parts: bytes, headers: bytes = b"") -> bytes:
    """Return a message of several parts."""
    head = FROM + TO + b"Subject: My photo\r\nMessage-ID: <multi@example.org>\r\n" + headers
    body = b"".join(b"--BOUND\r\n" + part + b"\r\n" for part in parts)
    return (
        head
        + f'MIME-Version: 1.0\r\nContent-Type: {kind}; boundary="BOUND"\r\n\r\n'.encode()
        + b"A program too old for this shows these words.\r\n"
        + body
        + b"--BOUND--\r\n"
    )


def part(kind: str, content: bytes, *headers: str) -> bytes:
    """Return one part, in base 64."""
    lines = "".join(f"{one}\r\n" for one in headers)
    return (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{lines}\r\n".encode()
        + base64.encodebytes(content)
    )


TEXT = part("text/plain; charset=utf-8", STORY.encode())
PHOTO = part(
    "image/jpeg",
    b"\xff\xd8\xff\xe0 no real one",
    'Content-Disposition: attachment; filename="me.jpg"',
)
HTML = (
    "<html><head><style>p{color:red}</style></head><body>"
    '<div style="display:none">Preheader that nobody sees</div>'
    "<p>They trained on <b>my&nbsp;photo</b>.</p><ul><li>a face</li><li>a name</li></ul>"
    '<p>See <a href="https://photos.example/1">the page</a>.<script>track()</script></p>'
    "</body></html>"
)


def japanese() -> bytes:
    """ISO-2022-JP, as programs in Japan still write."""
    return (
        plain(
            "",
            kind=b"Content-Type: text/plain; charset=ISO-2022-JP\r\n",
            subject="=?ISO-2022-JP?B?GyRCPEw/PxsoQg==?=",
        ).rstrip()
        + b"\r\n\r\n"
        + "写真が使われました。".encode("iso2022_jp")
    )


def mislabeled() -> bytes:
    """Windows-1252 that calls itself ASCII."""
    raw = plain("QUOTED", kind=b"Content-Type: text/plain; charset=us-ascii\r\n")
    return raw.replace(b"QUOTED", "“My photo” – café".encode("cp1252"))


def bounce(message_id: str, action: str = "failed") -> bytes:
    """A report that a letter did not arrive (RFC 3464)."""
    return (
        b"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
        + TO
        + b"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        b"Message-ID: <dsn-1@mx.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain\r\n\r\nYour letter could not be delivered.\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        + f"Final-Recipient: rfc822; a@b.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n".encode()
        + b"\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        + f"From: desk@desk.example\r\nMessage-ID: <{message_id}>\r\n".encode()
        + b"\r\n--B--\r\n"
    )
