"""Keys are changed while the desk runs; the old one can then be dropped."""

import pytest
from cryptography.fernet import Fernet

from bot.concerns.model import State
from bot.desk import Desk
from bot.settings import Settings
from bot.vault import KeyTrouble, add_key, drop_old_keys
from tests.bot.privacy.conftest import ANA, ANSWER, BEN, CANARY, GUILD, SAM, Open, Said, raise_one


async def test_a_running_desk_goes_on_through_it_all(
    desk: Desk, said: Said, open_desk: Open, settings: Settings
):
    add_key(settings.key_file)
    terminal = await open_desk(serving=False)
    during = await raise_one(desk, BEN, "while it was changed")
    assert await terminal.rotation.run() > 5
    assert await terminal.rotation.left() == 0
    assert await terminal.rotation.run() == 0

    # The running desk reads what the other process sealed under the new key.
    case = await desk.triage.case(GUILD, said.anas)
    assert case.what == CANARY
    assert [letter.text for letter in case.letters] == [ANSWER]
    assert (await desk.triage.case(GUILD, during)).what == "while it was changed"

    assert drop_old_keys(settings.key_file) == 1
    after = await raise_one(desk, ANA, "after the old key is gone")
    fresh = await open_desk()
    assert (await fresh.triage.case(GUILD, after)).what == "after the old key is gone"
    assert (await fresh.triage.case(GUILD, said.anas)).what == CANARY
    assert await fresh.triage.reporter(GUILD, said.bens) == BEN
    case = await fresh.triage.move(GUILD, said.bens, SAM, State.ANSWERED)
    assert case.claimed_by == SAM


async def test_dropped_too_early_a_key_leaves_the_desk_closed_and_says_why(
    desk: Desk, said: Said, open_desk: Open, settings: Settings
):
    add_key(settings.key_file)
    drop_old_keys(settings.key_file)
    with pytest.raises(KeyTrouble, match="does not open its database"):
        await open_desk()


async def test_another_key_is_refused_before_anything_is_done(
    desk: Desk, said: Said, open_desk: Open, settings: Settings
):
    lines = settings.key_file.read_text().splitlines()
    other = [
        f"keys={Fernet.generate_key().decode()}" if line.startswith("keys=") else line
        for line in lines
    ]
    settings.key_file.write_text("\n".join(other))
    with pytest.raises(KeyTrouble):
        await open_desk()
