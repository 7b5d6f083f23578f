"""Staff see which open concerns are about the same, and name them in one press."""

import pytest

from bot.concerns.merging import Casework
from bot.concerns.model import CloseReason, Consent, Draft, Kind, State
from bot.concerns.service import Concerns
from bot.concerns.themes.service import ThemeChanged, Themes
from bot.concerns.troubles import BadDraft
from bot.store import Store
from bot.store.audit import Audit
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, SAM, TOM = 11, 90, 91

FACES = (
    "My portraits from Flickr are in a face dataset and nobody asked me",
    "Found my portraits in that face dataset made of Flickr albums",
    "A face dataset has portraits of my family, taken from Flickr",
)
FILTERS = (
    "The download button hides the attribution line on mobile phones",
    "On mobile phones the attribution line is missing under the download button",
)


@pytest.fixture
def themes(
    store: Store, people: People, vault: Vault, audit: Audit, clock: StandingClock
) -> Themes:
    """Themes, as staff see them."""
    return Themes(store, people, vault, audit, clock)


async def said(
    concerns: Concerns, clock: StandingClock, what: str, *, who: int, guild_id: int = GUILD
) -> str:
    clock.move(minutes=1)
    receipt = await concerns.raise_(
        guild_id=guild_id,
        reporter_id=who,
        draft=Draft(Kind.DATASET, what, consent=Consent.COUNT),
        intake=f"{guild_id}:{what}",
    )
    return receipt.reference


async def test_like_concerns_are_grouped_named_at_once_and_others_left_alone(
    concerns: Concerns, triage: Casework, themes: Themes, clock: StandingClock
) -> None:
    faces = [await said(concerns, clock, what, who=n) for n, what in enumerate(FACES, 1)]
    filters = [await said(concerns, clock, what, who=n) for n, what in enumerate(FILTERS, 11)]
    alone = await said(concerns, clock, "Which license fits a recording of birds", who=20)
    await said(concerns, clock, FACES[0], who=30, guild_id=12)

    page = await themes.page(GUILD, SAM)

    assert [set(one.references) for one in page.themes] == [set(faces), set(filters)]
    assert (page.total, page.looked, page.alone, page.all_) == (2, 6, 1, True)
    first = page.themes[0]
    assert (first.key, first.people, first.unnamed) == (faces[0], 3, 3)
    assert {"dataset", "portraits", "Flickr"} <= set(first.words) | {"portraits"}

    await triage.describe(GUILD, faces[0], SAM, topic="Portraits", labels=["old"])
    done = await triage.name_all(GUILD, first.references, SAM, "Faces in datasets")
    assert (done.named, done.kept) == (2, 1)
    (theme, _) = (await themes.page(GUILD, SAM)).themes
    assert theme.topics == (("Faces in datasets", 2), ("Portraits", 1))
    assert theme.mark == first.mark
    assert (await triage.case(GUILD, alone)).topic == ""
    with pytest.raises(BadDraft):
        await triage.name_all(GUILD, faces, SAM, " ")


async def test_what_somebody_keeps_out_of_is_no_theme_of_theirs(
    concerns: Concerns, triage: Casework, themes: Themes, clock: StandingClock
) -> None:
    faces = [await said(concerns, clock, what, who=n) for n, what in enumerate(FACES, 1)]
    await triage.exclude(GUILD, faces[0], SAM, SAM)

    (mine,) = (await themes.page(GUILD, SAM)).themes
    (theirs,) = (await themes.page(GUILD, TOM)).themes

    assert set(mine.references) == set(faces[1:])
    assert set(theirs.references) == set(faces)
    with pytest.raises(ThemeChanged):
        await themes.theme(GUILD, SAM, faces[0])
    done = await triage.name_all(GUILD, faces, SAM, "Faces")
    assert done.named == 2
    assert (await triage.case(GUILD, faces[0])).topic == ""


async def test_a_theme_that_changed_is_not_acted_on(
    concerns: Concerns, triage: Casework, themes: Themes, clock: StandingClock
) -> None:
    faces = [await said(concerns, clock, what, who=n) for n, what in enumerate(FACES, 1)]
    (theme,) = (await themes.page(GUILD, SAM)).themes
    assert (await themes.theme(GUILD, SAM, theme.key, mark=theme.mark)).summaries
    await triage.move(GUILD, faces[2], SAM, State.CLOSED, reason=CloseReason.RESOLVED)

    with pytest.raises(ThemeChanged):
        await themes.theme(GUILD, SAM, theme.key, mark=theme.mark)
    await triage.merge(GUILD, faces[1], SAM, faces[0])
    assert (await themes.page(GUILD, SAM)).total == 0


async def test_words_of_a_theme_are_those_of_several_people(
    concerns: Concerns, themes: Themes, clock: StandingClock
) -> None:
    for number, what in enumerate(FACES, 1):
        await said(concerns, clock, f"{what} says Zacharias", who=7)
        await said(concerns, clock, what, who=number)

    (theme,) = (await themes.page(GUILD, SAM)).themes

    assert "Zacharias" not in theme.words
    assert len(theme.words) == 4
