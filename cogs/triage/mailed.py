"""What a case's card says of a concern that came by e-mail."""

from bot.concerns.model import Case
from bot.ids import read_reference
from bot.platform.inert import inert
from bot.words import Tongue

_TYPES = 200


def mail_lines(t: Tongue, case: Case) -> list[str]:
    """Return that it came by e-mail, what was attached and not kept, and whether letters arrive."""
    lines = [t("triage.card.mail")]
    counts = [event.detail for event in case.events if "attachments" in event.detail]
    total = sum(int(one["attachments"]) for one in counts if one["attachments"].isdigit())
    if total:
        types = dict.fromkeys(kind for one in counts for kind in one["types"].split(", "))
        shown = inert(", ".join(types), limit=_TYPES)
        lines.append(t.plural("triage.card.attached", total, types=shown))
    if any(event.what == "bounced" for event in case.events):
        lines.append(t("triage.card.bounced"))
    return lines


def case_reference(about: str) -> str | None:
    """Return the reference that what a concern is about is, if it is one."""
    return about if about.startswith("C-") and read_reference(about, "C") == about else None
