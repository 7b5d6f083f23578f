"""`commonplace privacy …`, `backup` and `restore`, as a person runs them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import OK, USAGE, WRONG
from tests.bot.test_cli import Run, home, raise_concern, run

__all__ = ["home", "run"]

MEMBER = "123456789012345678"
WORDS = "The chart contradicts the deed."


def test_export_prints_everything_as_json_and_nothing_else(run: Run, home: Path):
    reference = raise_concern(home, "naïve \u202e words")
    ran = run("privacy", "export", "--member", MEMBER)
    assert ran.status == OK
    assert ran.out.isascii()
    (server,) = json.loads(ran.out)["servers"]
    assert (server["server"], server["you"]) == ("7", MEMBER)
    assert server["concerns"][0]["reference"] == reference
    assert server["concerns"][0]["what"] == "naïve \u202e words"


def test_erase_prints_a_receipt_and_leaves_no_byte(run: Run, home: Path):
    reference = raise_concern(home, WORDS)
    database = home / "data" / "commonplace.db"
    with closing(sqlite3.connect(database)) as opened:
        (key,) = opened.execute("SELECT text_key FROM person").fetchone()

    ran = run("privacy", "erase", "--member", MEMBER)

    assert ran.status == OK
    assert ran.out.startswith("E-")
    assert "This goes\n  Who you are to the desk" in ran.out
    assert "This stays\n  An empty record" in ran.out
    files = b"".join(file.read_bytes() for file in (home / "data").iterdir() if file.is_file())
    assert key[:40] not in files
    assert WORDS not in run("concerns", "show", reference).out
    for command in ("export", "erase"):
        again = run("privacy", command, "--member", MEMBER)
        assert (again.status, again.out) == (WRONG, "")
        assert "keeps nothing of this member" in again.err


def test_one_server_only(run: Run, home: Path):
    raise_concern(home)
    assert run("privacy", "erase", "--member", MEMBER, "--guild", "8").status == WRONG
    assert run("privacy", "erase", "--member", MEMBER, "--guild", "7").status == OK


@pytest.mark.parametrize(
    "arguments",
    [
        ("privacy",),
        ("privacy", "erase"),
        ("privacy", "erase", "--member", "ana"),
        ("privacy", "audit"),
        ("backup",),
        ("restore",),
    ],
)
def test_wrong_usage_ends_with_two(run: Run, arguments: tuple[str, ...]):
    ran = run(*arguments)
    assert (ran.status, ran.out) == (USAGE, "")


def test_a_dry_run_counts_and_changes_nothing(run: Run, home: Path):
    raise_concern(home)
    database = home / "data" / "commonplace.db"
    with closing(sqlite3.connect(database)) as opened:
        opened.execute(
            "UPDATE concern SET state = 'closed', close_reason = 'resolved', "
            "changed_at = '2020-01-01 00:00:00'"
        )
        opened.commit()

    ran = run("privacy", "retention", "--dry-run")
    assert ran.status == OK
    lines = [line.split() for line in ran.out.splitlines()]
    counted = {(name, days): count for name, days, _, count in lines}
    assert counted.pop(("closed_concerns", "730")) == "1"
    assert set(counted) >= {("outbox", "30"), ("people", "365"), ("audit", "1095")}
    assert set(counted.values()) == {"0"}
    assert run("privacy", "retention", "--dry-run").out == ran.out
    assert "closed_concerns  730 days  1" in run("privacy", "retention").out
    assert "closed_concerns  730 days  0" in run("privacy", "retention").out


def test_keys_are_rotated_and_the_old_one_dropped(run: Run, home: Path):
    reference = raise_concern(home, WORDS)
    key_file = home / "data" / "desk.key"
    before = key_file.read_text()

    ran = run("privacy", "rotate-keys")
    assert ran.status == OK
    assert "Sealed anew: 4. Left: 0." in ran.out  # seal, identity, text key, salt
    assert key_file.stat().st_mode & 0o077 == 0
    assert run("privacy", "rotate-keys", "--drop-old").out == "Old keys dropped: 1.\n"
    assert WORDS in run("concerns", "show", reference).out
    key_file.write_text(before)
    assert "does not open its database" in run("concerns", "list").err


def test_keys_from_the_environment_are_rotated_in_the_environment(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
):
    raise_concern(home)
    lines = (home / "data" / "desk.key").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    monkeypatch.setenv("COMMONPLACE_KEYS", values["keys"])
    monkeypatch.setenv("COMMONPLACE_INDEX_KEY", values["index_key"])
    assert "Put a new key first in COMMONPLACE_KEYS" in run("privacy", "rotate-keys").err
    fresh = run("doctor", "--new-key").out.splitlines()[0].partition("=")[2]
    monkeypatch.setenv("COMMONPLACE_KEYS", f"{fresh},{values['keys']}")
    assert "Left: 0" in run("privacy", "rotate-keys").out
    assert run("privacy", "rotate-keys", "--drop-old").status == WRONG
    monkeypatch.setenv("COMMONPLACE_KEYS", fresh)
    assert run("concerns", "list").status == OK


def test_the_audit_is_verified_and_exported_without_words(run: Run, home: Path):
    reference = raise_concern(home, WORDS)
    run("concerns", "show", reference)

    verified = run("privacy", "audit", "verify")
    assert verified.status == OK
    assert verified.out.startswith("7  1 entries")
    assert verified.out.endswith("whole\n")
    exported = run("privacy", "audit", "export")
    entries = [json.loads(line) for line in exported.out.splitlines()]
    assert [entry["what"] for entry in entries] == ["concern.opened", "audit.exported"]
    assert entries[0]["subject"] == reference
    assert WORDS not in exported.out
    assert MEMBER not in exported.out

    with closing(sqlite3.connect(home / "data" / "commonplace.db")) as opened:
        opened.execute("DROP TRIGGER audit_unchanged")
        opened.execute("UPDATE audit SET subject = 'C-0000-00' WHERE number = 1")
        opened.commit()
    broken = run("privacy", "audit", "verify")
    assert broken.status == WRONG
    assert "BROKEN at 1: an entry was changed" in broken.out


def test_a_backup_is_made_and_restored(run: Run, home: Path):
    reference = raise_concern(home, WORDS)
    made = run("backup", "before.db")
    assert made.status == OK
    assert "Written to before.db" in made.out
    run("privacy", "erase", "--member", MEMBER)
    later = raise_concern(home, "after the backup")

    restored = run("restore", "before.db")

    assert restored.status == OK
    assert "Erased again, as they had been since: 1." in restored.out
    assert WORDS not in run("concerns", "show", reference).out
    assert run("concerns", "show", later).status == WRONG
    assert run("backup", "before.db").status == WRONG
    assert run("restore", "nowhere.db").status == WRONG


def test_the_inventory_is_printed(run: Run, home: Path):
    ran = run("privacy", "inventory")
    assert ran.status == OK
    assert "### `concern_letter`" in ran.out
