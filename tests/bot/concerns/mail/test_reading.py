"""Reading e-mail: what real programs write is read, and what machines send is told apart."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.mail.html import text_of_html
from bot.concerns.mail.message import address_of, read_mail
from bot.concerns.mail.quoting import answer_of, marker
from bot.concerns.mail.recognize import Machine, recognize
from tests.bot.concerns.mail import corpus
from tests.bot.concerns.mail.corpus import HTML, PHOTO, STORY, TEXT, multipart, part, plain

LINE = marker("Please write above this line", "C-7K4Q-2M")


def test_a_plain_message_says_who_wrote_what():
    mail = read_mail(plain(subject="Re: AW: My photo [C-7K4Q-2M]"))
    assert str(mail.sender) == "ana@example.org"
    assert (mail.subject, mail.text) == ("My photo [C-7K4Q-2M]", STORY)
    assert (mail.message_id, mail.tokens) == ("one@example.org", ("C-7K4Q-2M",))
    assert "ana@" not in repr(mail)


def test_attachments_are_counted_by_type_and_text_beside_them_is_read():
    mail = read_mail(multipart("multipart/mixed", TEXT, PHOTO, part("application/pdf", b"%PDF")))
    assert (mail.text, mail.attachments) == (STORY, ("image/jpeg", "application/pdf"))


def test_of_alternatives_the_plain_one_is_read_unless_it_is_empty():
    html = part("text/html; charset=utf-8", HTML.encode())
    assert read_mail(multipart("multipart/alternative", TEXT, html)).text == STORY
    empty = part("text/plain", b" \n")
    assert "a face" in read_mail(multipart("multipart/alternative", empty, html)).text


def test_html_alone_is_read_out_without_what_nobody_sees():
    text = text_of_html(HTML)
    assert text == (
        "They trained on my\u00a0photo.\n\n- a face\n- a name\n\n"
        "See the page <https://photos.example/1>."
    )


@pytest.mark.parametrize("bad", ["<div>" * 100_000 + "x", "<b><p>" * 20_000 + "x", "<" * 500_000])
def test_html_that_is_nested_beyond_reason_costs_no_time(bad: str):
    text_of_html(bad)  # the suite's own time limit is the measure: a parser alone takes minutes


@pytest.mark.parametrize(
    "headers",
    [
        b'From: "' + b'"\\' * 50_000,
        b"From: ana@example.org\r\nContent-Type: text/plain; " + b"a*0=x; " * 20_000,
        b"From: ana@example.org\r\nSubject: " + b"=?utf-8?q?a?= " * 20_000,
    ],
    ids=["quotes", "parameters", "words"],
)
def test_headers_that_are_long_beyond_reason_cost_no_time(headers: bytes):
    begun = time.process_time()
    recognize(read_mail(headers + b"\r\n\r\nHello"))
    assert time.process_time() - begun < 2


def test_who_wrote_is_not_read_out_of_a_piece_of_what_was_said():
    line = b"From: ana@example.org" + b" " * 5000 + b", eve@example.net\r\n\r\nHello"
    assert read_mail(line).sender is None


def test_encodings_are_read_as_they_are_and_not_as_they_say():
    assert read_mail(corpus.japanese()).text == "写真が使われました。"
    assert read_mail(corpus.japanese()).subject == "写真"
    assert read_mail(corpus.mislabeled()).text == "“My photo” – café"
    unknown = plain(kind=b"Content-Type: text/plain; charset=x-nobody-knows\r\n")
    assert read_mail(unknown).text == STORY


def test_flowing_paragraphs_are_put_together():
    kind = b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
    text = "A long line \nthat goes on.\n\n> quoted \n> too\n-- \nAna"
    assert read_mail(plain(text, kind=kind)).text == (
        "A long line that goes on.\n\n> quoted too\n-- \nAna"
    )


def test_encrypted_and_signed_are_told_apart():
    sealed = part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"\x30\x80")
    signature = part("application/pkcs7-signature; name=smime.p7s", b"\x30")
    assert read_mail(multipart("multipart/mixed", sealed)).encrypted
    signed = read_mail(multipart("multipart/signed", TEXT, signature))
    assert (signed.text, signed.attachments, signed.encrypted) == (STORY, (), False)


@pytest.mark.parametrize(
    "sender",
    [
        b"",
        b"From: nobody\r\n",
        b"From: a@example.org, b@example.org\r\n",
        b"From: a@example.org\r\nFrom: b@example.org\r\n",
        b"From: =?utf-8?q?a=40b.example?=\r\n",
    ],
)
def test_who_cannot_be_told_for_sure_is_nobody(sender: bytes):
    assert read_mail(plain(sender=sender)).sender is None


def test_addresses_are_compared_in_one_form():
    assert address_of("ANA@Bücher.example") == address_of("ana@xn--bcher-kva.example")
    for bad in ("", "ana", "a@b@c", "a b@c.example", "a\n@b.example", "<a@b.example>"):
        assert address_of(bad) is None


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        (b"Auto-Submitted: auto-replied (vacation)\r\n", Machine.AUTO),
        (b"Auto-Submitted: auto-generated\r\n", Machine.AUTO),
        (b"Precedence: auto_reply\r\n", Machine.AUTO),
        (b"X-Autoreply: yes\r\n", Machine.AUTO),
        (b"Return-Path: <>\r\n", Machine.AUTO),
        (b"Precedence: bulk\r\n", Machine.LIST),
        (b"List-Id: Friends <friends.lists.example>\r\n", Machine.LIST),
        (b"Auto-Submitted: no\r\n", None),
        (b"X-Auto-Response-Suppress: All\r\n", None),
        (b"X-Mailer: Some program\r\n", None),
    ],
)
def test_machines_are_told_from_people(headers: bytes, machine: Machine | None):
    found = recognize(read_mail(plain(headers=headers)))
    assert (found.machine if found else None) == machine


def test_a_bounce_names_the_letter_and_a_delay_names_none():
    failed = recognize(read_mail(corpus.bounce("C-7K4Q-2M.letter-1.x@desk.example")))
    assert failed is not None
    assert "C-7K4Q-2M.letter-1.x@desk.example" in failed.failed
    late = recognize(read_mail(corpus.bounce("a@b", action="delayed")))
    assert late is not None
    assert late.failed == ()


@pytest.mark.parametrize(
    "text",
    [
        f"Thank you.\n\nOn Fri, 13 Mar 2026, Desk <desk@desk.example>\nwrote:\n\n> {LINE}\n> Old\n",
        f"Thank you.\n\nLe 13 mars 2026 à 10:00, Desk a écrit :\n> {LINE}\n> Old\n>\n> Older\n",
        f"Thank you.\n\n-----Original Message-----\nFrom: Desk\nSent: 13\n\n{LINE}\n\nOld\n",
        f"Thank you.\n\n______________\nVon: Desk\nGesendet: x\nBetreff: z\n\n{LINE}\nOld",
        f"Am 13.03.2026 um 10:00 schrieb Desk:\n> {LINE}\n> Old\n\nThank you.",
        "Thank you.\n\n2026-03-13 10:00, desk@desk.example:\n> Old without its line\n",
    ],
)
def test_of_an_answer_the_desks_own_letter_is_left_out(text: str):
    assert answer_of(text) == "Thank you."


@pytest.mark.parametrize(
    "text",
    [
        f"> {LINE}\n> Was it you?\nYes.\n> And when?\nIn May.",
        "> They said this to me\n\nand I answered:\n> and then this",
        "------ Forwarded message ------\nFrom: S <s@example.org>\nSubject: Threat\n\nPay.",
        f"{LINE}\n\nOld\n\nmy words below all of it",
    ],
)
def test_whatever_is_not_surely_the_desks_own_stays(text: str):
    assert answer_of(text) == text


@given(
    st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                b"From: ",
                b"a@b.example",
                b"\r\n",
                b"\n",
                b"Content-Type: multipart/mixed; boundary=x",
                b"--x",
                b"--x--",
                b"=?utf-8?b?/w==?=",
                b"charset=\xff",
                b"Content-Disposition: attachment; filename*=x''%ff",
                b"Subject: \x00",
                b"Content-Type: message/rfc822",
                b"References: <",
                b">",
                b"base64",
                b"\xff",
            ]
        ),
        max_size=30,
    ).map(b"".join)
)
def test_nothing_that_comes_raises(raw: bytes):
    mail = read_mail(raw)
    recognize(mail)
    answer_of(mail.text)
