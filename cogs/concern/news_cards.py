"""How news of a concern reads: as a direct message, and where it waits."""

from collections.abc import Sequence

from bot.concerns.model import REOPEN_DAYS, Case, CloseReason, News, OwnConcern, State, Told
from bot.platform.cards import Button, Card, Part, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue
from cogs import _entries


def news_card(t: Tongue, case: Case, news: News, server: str) -> Card:
    """Bring one piece of news."""
    date = _entries.long_date(t, case.raised_at)
    about = t("concern.news.footer", server=server, date=date)
    body = [sentence(t, case.reference, news, server)]
    buttons = [
        Button(t("concern.button.see"), custom_id("concern", "open", case.guild_id, case.reference))
    ]
    if news.what is Told.CLOSED:
        body.append(t("concern.closed.more", days=REOPEN_DAYS))
        buttons.append(reopen_button(t, case.guild_id, case.reference))
    return Card(
        kind=t(f"concern.told.{news.what}.kind"),
        title=t("concern.letter.title", reference=case.reference),
        body="\n\n".join(body),
        footer=f"{about}\n{t('concern.news.hint')}",
        tone=Tone.ANSWER if news.what is Told.BRIEFED else Tone.PLAIN,
        rows=[buttons],
    )


def waiting_part(t: Tongue, own: OwnConcern, server: str) -> list[Part]:
    """Return what happened that the person was not told yet; nothing if there is none."""
    if not own.unseen:
        return []
    return [Part(t("concern.part.news"), _lines(t, own, server))]


def _lines(t: Tongue, own: OwnConcern, server: str) -> Sequence[str]:
    return [
        f"{_entries.long_date(t, news.at)}: {sentence(t, own.reference, news, server)}"
        for news in own.unseen
    ]


def sentence(t: Tongue, reference: str, news: News, server: str) -> str:
    """Return news as one sentence."""
    if news.what is Told.CLOSED:
        return t(f"concern.reason.{CloseReason(news.detail['reason'])}")
    other = inert(news.detail.get("reference", ""), limit=40)
    return t(f"concern.told.{news.what}", reference=reference, server=server, other=other)


def reopen_button(t: Tongue, guild_id: int, reference: str) -> Button:
    """Open a closed concern again."""
    return Button(t("concern.button.reopen"), custom_id("concern", "reopen", guild_id, reference))


def own_buttons(t: Tongue, own: OwnConcern) -> tuple[list[Button], list[Button]]:
    """Return what a person can do with their own concern: the usual first, then the rest."""

    def button(action: str, label: str) -> Button:
        return Button(t(label), custom_id("concern", action, own.guild_id, own.reference))

    consent = button("consent", "anonymous.button.consent")
    if own.state is not State.CLOSED:
        rest = [consent, button("ask_withdraw", "anonymous.button.withdraw")]
        return [button("write", "concern.button.add")], rest
    first = [reopen_button(t, own.guild_id, own.reference)] if own.what else []
    return first, [] if own.close_reason is CloseReason.WITHDRAWN or not own.what else [consent]
