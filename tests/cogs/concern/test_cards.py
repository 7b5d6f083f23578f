"""No card for reporters exceeds a limit or lets anybody's words act, whatever they are (20, 21)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.model import (
    Case,
    CloseReason,
    Consent,
    Delivery,
    Direction,
    Kind,
    Letter,
    News,
    OwnConcern,
    State,
    Told,
)
from bot.platform.cards import Card
from bot.words import Words
from cogs.concern import cards, news_cards
from tests.bot.platform.corpus import HOSTILE
from tests.bot.platform.test_cards import check, texts
from tests.bot.platform.test_inert import ACTED_ON
from tests.conftest import ROOT

WORDS = Words.load(ROOT / "config" / "locale")
NOW = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
GUILD, REFERENCE = 10_000_000_000_000_001, "C-7K4Q-2M"

tongues = st.sampled_from([WORDS.tongue(language) for language in WORDS.languages])
words = st.one_of(
    st.text(max_size=80),
    st.sampled_from(HOSTILE),
    st.builds(lambda piece: (piece * 4000)[:4000], st.one_of(st.text("*_`<>@ ", min_size=1))),
)
servers = st.builds(cards.Server, words.map(lambda text: text[:100]), st.booleans())
reasons = st.sampled_from(CloseReason)
written = st.builds(
    Letter,
    id=st.integers(1, 9),
    direction=st.sampled_from(Direction),
    text=words,
    at=st.just(NOW),
    by=st.none(),
    delivery=st.sampled_from(Delivery),
)
owned = st.builds(
    OwnConcern,
    guild_id=st.just(GUILD),
    reference=st.just(REFERENCE),
    kind=st.sampled_from(Kind),
    state=st.sampled_from(State),
    close_reason=reasons,
    consent=st.sampled_from(Consent),
    what=words,
    link=words.map(lambda text: text[:500]),
    wish=words.map(lambda text: text[:1000]),
    raised_at=st.just(NOW),
    changed_at=st.just(NOW),
    letters=st.lists(written, max_size=30).map(tuple),
)
cases = st.builds(
    Case,
    guild_id=st.just(GUILD),
    reference=st.just(REFERENCE),
    kind=st.sampled_from(Kind),
    state=st.sampled_from(State),
    close_reason=reasons,
    consent=st.sampled_from(Consent),
    what=words,
    link=words,
    wish=words,
    about=st.just(""),
    erased=st.just(False),
    raised_at=st.just(NOW),
    changed_at=st.just(NOW),
    claimed_by=st.none(),
    version=st.just(1),
    letters=st.just(()),
    events=st.just(()),
)


@given(st.data())
def test_no_card_exceeds_a_limit_whatever_was_typed(data: st.DataObject) -> None:
    t, server = data.draw(tongues), data.draw(servers)
    case, own = data.draw(cases), data.draw(owned)
    letter = data.draw(written)
    listed = [own] * data.draw(st.integers(1, cards.PAGE))

    check(cards.receipt_card(t, case, server, 90))
    check(cards.letter_card(t, case, letter, server))
    for told in Told:
        news = News(1, told, case.raised_at, Delivery.PENDING, {"reason": "resolved"})
        check(news_cards.news_card(t, case, news, cards.named(server)))
    check(cards.own_card(t, own, server))
    check(cards.own_card(t, own, server, alone=True))
    check(cards.list_card(t, listed, 1, 30))
    check(cards.waiting_card(t, GUILD, REFERENCE))
    check(cards.none_card(t))


@given(owned, servers)
def test_everything_that_was_said_is_on_the_card_or_in_its_file(
    own: OwnConcern, server: cards.Server
) -> None:
    card = cards.own_card(WORDS.english, own, server)

    if not card.attachments:
        return
    whole = card.attachments[0].text
    for text in (own.what, own.link, own.wish, *(letter.text for letter in own.letters)):
        assert text.encode("utf-8", "replace").decode() in whole


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_anybody_wrote_acts(hostile: str) -> None:
    letter = Letter(1, Direction.TO_REPORTER, hostile, NOW, None, Delivery.MAILBOX)
    own = OwnConcern(
        GUILD,
        REFERENCE,
        Kind.OTHER,
        State.READ,
        None,
        Consent.COUNT,
        hostile,
        hostile,
        hostile,
        NOW,
        NOW,
        (letter,),
    )

    for text in _said(cards.own_card(WORDS.english, own, cards.Server("x"))):
        assert not ACTED_ON.search(text)


def _said(card: Card) -> list[str]:
    """Return what people wrote, as the card shows it, line by line."""
    (middle,) = texts(card)[1:-1]
    blocks = middle.split("**Staff, March 13, 2026**\n")[-1].partition("\n\n**What you allowed**")
    labels = ("**What you wrote**", "**Your link**", "**What you would like**")
    return [line for line in blocks[0].split("\n") if line not in labels]
