"""The desk's keys: what they seal, who may read them, and how they are replaced."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Store
from bot.store.seal import check_seal
from bot.vault import KeyTrouble, Shredded, Vault, new_keys, open_vault


def vault_of(*keys: str) -> Vault:
    return Vault([key.encode() for key in keys], bytes(32))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "desk.key"


def write(key_file: Path, text: str | bytes, mode: int = 0o600) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.write_bytes(text.encode() if isinstance(text, str) else text)
    key_file.chmod(mode)


def trouble(key_file: Path, keys: str | None = None, index_key: str | None = None) -> str:
    with pytest.raises(KeyTrouble) as caught:
        open_vault(key_file, keys, index_key)
    return str(caught.value)


@given(st.text(st.characters(codec=None), max_size=200))
def test_whatever_was_typed_is_sealed_and_opened(text: str):
    vault = vault_of(new_keys()[0])
    text_key = vault.new_text_key()
    assert vault.open_text(vault.seal_text(text, text_key), text_key) == text


def test_a_text_whose_key_was_destroyed_stays_shut(vault: Vault):
    sealed = vault.seal_text("private", vault.new_text_key())
    with pytest.raises(Shredded):
        vault.open_text(sealed, None)
    with pytest.raises(Shredded):
        vault.open_text(sealed, vault.new_text_key())


def test_keys_are_replaced_without_losing_what_older_ones_sealed():
    old, new = new_keys()[0], new_keys()[0]
    sealed, text_key = vault_of(old).seal(b"42"), vault_of(old).new_text_key()
    text = vault_of(old).seal_text("private", text_key)

    both = vault_of(new, old)
    assert both.unseal(sealed) == b"42"
    assert both.open_text(text, text_key) == "private"

    fresh = both.seal(b"43")
    assert vault_of(new).unseal(fresh) == b"43", "the newest key seals"
    with pytest.raises(KeyTrouble):
        vault_of(old).unseal(fresh)


def test_the_wrong_key_is_refused_and_nothing_of_it_is_told():
    sealed = vault_of(new_keys()[0]).seal(b"42")
    wrong = new_keys()[0]
    with pytest.raises(KeyTrouble, match="does not open its database") as caught:
        vault_of(wrong).unseal(sealed)
    assert wrong not in str(caught.value)


async def test_a_database_is_opened_with_its_own_key_only(store: Store):
    old, new, other = (new_keys()[0] for _ in range(3))
    await check_seal(store, vault_of(old))
    await check_seal(store, vault_of(old))
    await check_seal(store, vault_of(new, old))
    with pytest.raises(KeyTrouble, match="does not open its database"):
        await check_seal(store, vault_of(other))


def test_a_fingerprint_is_stable_keyed_and_apart_for_each_purpose():
    vault = vault_of(new_keys()[0])
    other = Vault([new_keys()[0].encode()], b"\x01" * 32)
    mark = vault.fingerprint("reporter", 1, 2)
    assert mark == vault.fingerprint("reporter", 1, 2)
    assert len(mark) == 43
    others = (
        vault.fingerprint("log", 1, 2),
        vault.fingerprint("reporter", 12),
        vault.fingerprint("reporter", 2, 1),
        other.fingerprint("reporter", 1, 2),
    )
    assert mark not in others
    assert len(set(others)) == len(others)


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(key_file: Path):
    first = open_vault(key_file, None, None)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert "Keep a copy" in key_file.read_text("utf-8")
    again = open_vault(key_file, None, None)
    assert again.unseal(first.seal(b"x")) == b"x"
    assert again.fingerprint("a", 1) == first.fingerprint("a", 1)


def test_processes_that_start_together_share_one_key_file(key_file: Path):
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(key_file, None, None), range(8)))
    assert len({vault.fingerprint("a", 1) for vault in vaults}) == 1
    assert [file.name for file in key_file.parent.iterdir()] == ["desk.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_file_that_others_can_read_is_refused_with_the_command_to_run(
    key_file: Path, mode: int
):
    open_vault(key_file, None, None)
    key_file.chmod(mode)
    assert trouble(key_file).endswith(f"Run: chmod 600 {key_file}")


def test_a_key_file_that_cannot_be_read_says_what_to_do(key_file: Path):
    key_file.mkdir(parents=True)
    key_file.chmod(0o700)
    assert "cannot be read" in trouble(key_file)
    assert "Make it readable" in trouble(key_file)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00"])
def test_a_key_file_that_is_no_text_says_what_to_do(key_file: Path, content: bytes):
    write(key_file, content)
    said = trouble(key_file)
    assert "cannot be read" in said or "Restore it from your backup" in said


def test_a_key_file_that_cannot_be_written_says_what_to_do(tmp_path: Path):
    (tmp_path / "data").write_text("a file where a directory should be", "utf-8")
    said = trouble(tmp_path / "data" / "desk.key")
    assert "cannot be written" in said
    assert "key_file" in said


@pytest.mark.parametrize("text", ["", "keys=abc\n", "index_key=abc\n", "# keys=a\n# index_key=b\n"])
def test_a_key_file_without_both_keys_says_what_to_do(key_file: Path, text: str):
    write(key_file, text)
    assert "Restore it from your backup" in trouble(key_file)


@pytest.mark.parametrize(
    ("keys", "index_key", "says"),
    [
        ("GOOD", None, "together, or neither"),
        (None, "GOOD", "together, or neither"),
        ("notakey", "GOOD", "A sealing key is malformed"),
        ("GOOD,notakey", "GOOD", "A sealing key is malformed"),
        (" , ", "GOOD", "no sealing key"),
        ("GOOD", "short", "index key"),
        ("GOOD", "é", "index key"),
        ("GOOD", "c2hvcnQ=", "The index key is malformed"),
    ],
)
def test_malformed_keys_are_refused_and_not_told(
    key_file: Path, keys: str | None, index_key: str | None, says: str
):
    sealing, index = new_keys()
    given = keys.replace("GOOD", sealing) if keys else keys
    given_index = index_key.replace("GOOD", index) if index_key else index_key
    said = trouble(key_file, given, given_index)
    assert says in said
    assert sealing not in said
    assert index not in said
    assert not key_file.exists()


def test_the_environments_keys_replace_the_key_file(key_file: Path):
    sealing, index = new_keys()
    older = new_keys()[0]
    vault = open_vault(key_file, f" {sealing} , {older} ", f"{index}\n")
    assert vault.unseal(vault_of(older).seal(b"x")) == b"x"
    assert not key_file.exists()


def test_fresh_keys_are_fresh_and_well_formed():
    pairs = [new_keys() for _ in range(20)]
    assert len({key for pair in pairs for key in pair}) == 40
    assert all(len(base64.urlsafe_b64decode(key)) == 32 for pair in pairs for key in pair)


def test_a_vault_does_not_show_its_keys(key_file: Path):
    vault = open_vault(key_file, None, None)
    keys = [line.split("=", 1)[1] for line in key_file.read_text("utf-8").splitlines()[2:]]
    assert len(keys) == 2
    for shown in (repr(vault), str(vault), f"{vault!s:}"):
        assert not any(key in shown for key in keys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_key_file_of_another_user_says_what_to_do(key_file: Path):
    open_vault(key_file, None, None)
    key_file.chmod(0)
    assert "Make it readable to the user that runs the desk" in trouble(key_file)
