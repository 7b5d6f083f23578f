"""What could lead to somebody is found and hidden, however it is written."""

import itertools
import re
import time

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.concerns.briefs.redaction import (
    WORDS,
    Hidden,
    Mark,
    find,
    hidden,
    merged,
    occurrences,
    prepared,
)

words = st.text(
    st.characters(codec="utf-8", exclude_characters="@"), max_size=60
)  # anything around it
_name = st.from_regex(r"[a-z0-9](?:[a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True)
_domain = st.from_regex(r"[a-z0-9]{1,12}(?:-[a-z0-9]{1,8})?(?:\.[a-z]{2,8}){1,3}", fullmatch=True)


def shown(text: str) -> str:
    """Return a text as a brief would show it if nobody corrected the marks."""
    text = prepared(text)
    return hidden(text, find(text))


@given(words, _name, _domain, st.sampled_from(["@", "＠", "﹫", " (at) ", "[at]", " AT "]), words)
@example("", "ana", "example.org", "@", "")
@example("mail:", "a.b+c", "x.co.uk", "＠", ".")
def test_no_email_address_survives(before: str, name: str, domain: str, at: str, after: str):
    spelled = at.strip("@＠﹫") != ""
    address = f"{name}{at}{domain.replace('.', ' dot ') if at == ' AT ' else domain}"
    said = shown(f"{before} {address} {after}")
    assert address not in said
    assert f"{name}@{domain}" not in said
    if not spelled:
        assert re.search(r"[@＠﹫]\w", said) is None


@given(words, st.from_regex(r"[\w.]{2,32}", fullmatch=True), words)
def test_no_handle_survives(before: str, handle: str, after: str):
    said = shown(f"{before} @{handle} {after}")
    assert re.search(r"[@＠﹫]\w", said) is None


@given(st.text(max_size=200))
def test_of_any_text_nothing_is_left_to_find_in_what_is_shown(text: str):
    said = shown(text)
    assert "@" not in said or re.search(r"@\w", said) is None
    for kind in (Hidden.EMAIL, Hidden.MENTION, Hidden.IBAN, Hidden.CARD, Hidden.IP):
        assert kind not in {mark.kind for mark in find(said)}


FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_no_phone_number_of_any_country_survives(region: str):
    for sort in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        number = phonenumbers.example_number_for_type(region, sort)
        if number is None:
            continue
        forms = [phonenumbers.format_number(number, one) for one in FORMATS]
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        if sum(map(str.isdigit, national)) >= 7:
            forms.append(national)
        for form in forms:
            said = shown(f"You can reach me: {form}, in the evening.")
            assert len(re.sub(r"\D", "", said)) < 4, (form, said)


@given(words, st.from_regex(r"[1-9][0-9]{6,18}[1-9]", fullmatch=True), st.sampled_from(" -./"))
def test_no_long_number_survives_in_groups_or_other_digits(before: str, digits: str, gap: str):
    for form in (
        digits,
        digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ):
        assert form not in shown(f"x: {form} !")
    grouped = gap.join(digits[place : place + 3] for place in range(0, len(digits), 3))
    said = shown(f"x: {grouped} !")
    if re.fullmatch(r"\d{3}[/-]\d{3}[/-]\d{2,4}", grouped) is None:
        assert grouped not in said


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<@123456789012345678> and <@&5> in <#7>", "[mention removed] and [mention removed] in "),
        ("I am 123456789012345678 there", "I am [mention removed] there"),
        ("see https://www.flickr.com/photos/ana/1 now", "see [link removed] now"),
        ("see flic.kr/p/abc now", "see [link removed] now"),
        ("see https://farm1.staticflickr.com/1/2_b.jpg.", "see [link removed]"),
        ("instagram.com/ana.k?x=1 it is", "[link removed] it is"),
        ("http://example.org/me/face.JPG it is", "[link removed] it is"),
        ("https://creativecommons.org/faq/ stays", "https://creativecommons.org/faq/ stays"),
        ("from 192.168.10.254 and 2001:db8::8a2e:370:7334", "from [network address removed] and "),
        ("at 10:30:15 on 2019-03-13", "at 10:30:15 on 2019-03-13"),
        ("GB82 WEST 1234 5698 7654 32 please", "[bank account removed] please"),
        ("card 4111-1111-1111-1111 please", "card [card number removed] please"),
        ("one million is 1 000 000 or 1000000", "one million is 1 000 000 or 1000000"),
        ("call me on 5551234", "call me on [phone number removed]"),
        ("I live at 12 Elm Street, Apt 4 now", "I live at [address removed] now"),
        ("Hauptstraße 5a, 12 rue de la Paix", "[address removed], [address removed]"),
        ("Calle Mayor 12 and SW1A 2AA", "[address removed] and [address removed]"),
        ("12 photos on the way to Main Street", "12 photos on the way to "),
        ("ana#1234 or u/ana_k", "[account removed] or [account removed]"),
        ("a\u200bna@exa\u200bmple.org", "[e-mail address removed]"),
    ],
)
def test_what_is_hidden_and_what_stays(text: str, left: str):
    assert shown(text).startswith(left)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sunny_ana on Instagram",
        "on Flickr as sunny",
        "my Flickr name is sunny",
        "insta: sunny.k",
        "username sunny88",
        "my handle: sunny",
        "write me on Signal sunny.42",
        "https://sunny-photography.example/portfolio",
        "see sunny-k.de, there",
        "https://bit.ly/sunny",
        "hxxps://flickr[.]com/photos/sunny",
        "flickr dot com slash photos slash sunny",
        "Photo by Sunny",
        "the photographer is Sunny",
        "Hello, I am Sunny. It hurts.",
        "It hurts.\nsigned,\nsunny",
    ],
)
def test_accounts_and_pages_that_lead_to_somebody_are_hidden_without_an_at(text: str):
    assert "sunny" not in shown(text).casefold()


@pytest.mark.parametrize(
    "text",
    [
        "my name is Ana",
        "I'm Ana Kowalska and I am angry",
        "They took a photo of Ana Kowalska there",
        "write to Mrs. Kowalska please",
        "my daughter Ana is six. Ana's face is in it.",
        "It hurts.\nRegards,\nAna",
        "It hurts.\n- Ana",
        "ich heiße Ana",
        "Photo by Ana K. Kowalska",
    ],
)
def test_names_that_are_introduced_signed_or_look_like_names_are_hidden(text: str):
    said = shown(text)
    assert "Ana" not in said
    assert "Kowalska" not in said


@pytest.mark.parametrize(
    "text",
    [
        "Creative Commons and Flickr should ask IBM about Diversity in Faces.",
        "My photos were used. They are under CC BY. I am not happy. Please ask.",
        "Is it Fair Use in the United States?",
        "My Flickr account is gone. Flickr: they sold it under CC BY 2.0 on Flickr.",
        "See https://www.nytimes.com/2019/a.html and creativecommons.org/faq, e.g. node.js there.",
    ],
)
def test_bodies_and_sentences_are_not_taken_for_people(text: str):
    assert shown(text) == text


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90))))
def test_marks_are_merged_into_what_covers_the_same(text: str, spans: list[tuple[int, int]]):
    marks = [Mark(min(span), max(span), Hidden.OTHER) for span in spans]
    once = merged(marks)
    covered = {place for mark in marks for place in range(mark.start, mark.end)}
    assert {place for mark in once for place in range(mark.start, mark.end)} == covered
    assert all(a.end <= b.start for a, b in itertools.pairwise(once))
    assert merged(once) == once
    left = [character for place, character in enumerate(text) if place not in covered]
    assert hidden(text, marks).replace(WORDS[Hidden.OTHER], "") == "".join(left) or "[" in text


def test_words_a_person_names_are_found_wherever_they_stand():
    text = "The Rook club met. ROOK is small; rookie is not."
    assert [text[a:b] for a, b in occurrences(text, " Rook ")] == ["Rook", "ROOK", "rook"]
    assert list(occurrences(text, "  ")) == []


@given(st.text(max_size=300))
def test_what_is_prepared_has_nothing_unseen_and_stays_as_it_is(text: str):
    once = prepared(text)
    assert prepared(once) == once
    assert "\u200b" not in once


@pytest.mark.parametrize("unit", [".", "a.", "a-", "a", "1", "www.", "a dot "])
def test_no_text_takes_long(unit: str):
    begun = time.process_time()
    find(unit * (4000 // len(unit)))
    assert time.process_time() - begun < 3
