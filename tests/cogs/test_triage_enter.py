"""Staff write down what somebody told them, and the person comes back with the code."""

import pytest

from bot.concerns.model import Consent, Kind
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.triage import may_triage


@pytest.fixture(autouse=True)
def _shown(world: World) -> None:
    """Let Discord show /triage to staff, and to helpers, who are none."""
    may_triage(world, world.staff_role, world.helper_role)


_TOLD = {
    "kind": [Kind.CHILD.value],
    "source": ["phone"],
    "what": "My daughter is in a face dataset.",
    "link": "",
}


async def test_what_was_told_by_phone_is_logged_and_the_person_comes_back(world: World) -> None:
    form = await world.sam.slash(world.staff_channel, "triage enter")
    done = await world.sam.submit_modal(form, _TOLD)

    text = read(done)
    assert "Logged as C-" in text
    code = text.split("```")[1].strip()
    page = await world.desk.triage.queue(world.guild.id)
    case = await world.desk.triage.case(world.guild.id, page.summaries[0].reference)
    assert (case.kind, case.consent, case.what) == (Kind.CHILD, Consent.NOTHING, _TOLD["what"])

    asked = await world.ana.slash(world.general, "concern code")
    mine = await world.ana.submit_modal(asked, {"code": code})
    assert page.summaries[0].reference in read(mine)
    assert_nobody_is_pinged(world)


async def test_nothing_typed_is_lost_and_members_may_not(world: World) -> None:
    form = await world.sam.slash(world.staff_channel, "triage enter")
    refused = await world.sam.submit_modal(
        form, {**_TOLD, "what": "\u200b", "link": "https://x.example"}
    )

    assert "https://x.example" in read(refused)
    assert "Try again" in labels(refused)
    assert (await world.desk.triage.queue(world.guild.id)).total_open == 0

    again = await world.sam.click(refused.response, label="Try again")
    assert again.modal is not None
    hers = await world.hana.slash(world.general, "triage enter")
    assert "for staff" in read(hers)
    assert len(world.env.errors) == 1
