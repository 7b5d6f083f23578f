"""The desk's keys: what seals people's text and identities at rest, and finds them again.

Two kinds of key:

- **sealing keys** (Fernet, https://github.com/fernet/spec): the first seals, all open, so a key
  can be replaced without downtime. Each person's text is sealed under a key of its own, which is
  itself sealed under the desk's; destroying that one small key makes every copy of the text
  unreadable (docs/privacy.md says what that means for a backup made before).
- **the index key** (HMAC-SHA-256): turns an identity into a stable fingerprint, so that the desk
  can find "this person's concerns" without storing who the person is.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_INDEX_BYTES = 32


class KeyTrouble(Exception):
    """A key is missing, malformed, readable by others, or not the one the data was sealed with.

    The message is one or two plain sentences that say what to do; it never contains a key.
    """


class Shredded(Exception):
    """What was asked for cannot be opened: its key was destroyed, as erasing does."""


class Vault:
    """Seals and opens bytes and text under the desk's keys."""

    def __init__(
        self,
        sealing_keys: Sequence[bytes],
        index_key: bytes,
        *,
        newer: Callable[[], Sequence[bytes] | None] | None = None,
    ) -> None:
        """Take Fernet keys, newest first, and an index key of 32 bytes.

        `newer` returns the sealing keys if they have changed since it was last asked, else None:
        so a desk that runs takes up a new key the moment it is there.

        Raises:
            KeyTrouble: a key is malformed.
        """
        self._newer = newer
        self._use(sealing_keys)
        if len(index_key) != _INDEX_BYTES:
            raise KeyTrouble("The index key is malformed: it must be 32 bytes in URL-safe base 64.")
        self._index_key = index_key

    def __repr__(self) -> str:
        return "<Vault>"

    def seal(self, content: bytes) -> bytes:
        """Seal bytes under the newest of the desk's keys."""
        self._take_up()
        return self._fernet.encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """Open what `seal` made.

        Raises:
            KeyTrouble: no key of the desk opens it.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            if self._take_up():
                return self.unseal(sealed)
            raise _wrong_key() from None

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same content under the newest key; as it is, if it is already.

        Raises:
            KeyTrouble: no key of the desk opens it.
        """
        if self.is_newest(sealed):
            return sealed
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise _wrong_key() from None

    def is_newest(self, sealed: bytes) -> bool:
        """Say whether the newest key alone opens it."""
        self._take_up()
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def new_text_key(self) -> bytes:
        """Make a person's text key, already sealed under the desk's key, ready to store."""
        return self.seal(Fernet.generate_key())

    def seal_text(self, text: str, sealed_text_key: bytes) -> bytes:
        """Seal a person's text under that person's text key."""
        return self.seal_bytes(text.encode("utf-8", "surrogatepass"), sealed_text_key)

    def seal_bytes(self, content: bytes, sealed_text_key: bytes) -> bytes:
        """Seal a person's bytes, such as a file, under that person's text key."""
        return Fernet(self.unseal(sealed_text_key)).encrypt(content)

    def open_text(self, sealed: bytes, sealed_text_key: bytes | None) -> str:
        """Open a person's text.

        Raises:
            Shredded: the text key was destroyed.
            KeyTrouble: the desk's key does not open the text key.
        """
        return self.open_bytes(sealed, sealed_text_key).decode("utf-8", "surrogatepass")

    def open_bytes(self, sealed: bytes, sealed_text_key: bytes | None) -> bytes:
        """Open a person's bytes.

        Raises:
            Shredded: the text key was destroyed.
            KeyTrouble: the desk's key does not open the text key.
        """
        if sealed_text_key is None:
            raise Shredded
        try:
            return Fernet(self.unseal(sealed_text_key)).decrypt(sealed)
        except InvalidToken:
            raise Shredded from None

    def fingerprint(self, kind: str, *parts: int | str) -> str:
        """Return a keyed fingerprint, 43 characters, of a thing that must not be stored.

        `kind` keeps fingerprints for different purposes apart: the same person's fingerprint as a
        reporter and in a log are unrelated.
        """
        message = "\x1f".join((kind, *map(str, parts))).encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._index_key, message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _use(self, sealing_keys: Sequence[bytes]) -> None:
        if not sealing_keys:
            raise KeyTrouble(
                "The desk has no sealing key. Set COMMONPLACE_KEYS or give a key file."
            )
        try:
            each = [Fernet(key) for key in sealing_keys]
        except ValueError:
            raise KeyTrouble(
                "A sealing key is malformed. Each is 44 characters of URL-safe base 64, as "
                "`commonplace doctor --new-key` prints it."
            ) from None
        self._newest, self._fernet = each[0], MultiFernet(each)

    def _take_up(self) -> bool:
        """Take up keys that have changed; say whether they had."""
        keys = self._newer() if self._newer is not None else None
        if keys is None:
            return False
        self._use(keys)
        return True


def _wrong_key() -> KeyTrouble:
    return KeyTrouble(
        "The desk's key does not open its database. Give the key it was made with "
        "(COMMONPLACE_KEYS, or the key file beside the database)."
    )


def new_keys() -> tuple[str, str]:
    """Make a sealing key and an index key, as text for the environment or a key file."""
    return Fernet.generate_key().decode(), base64.urlsafe_b64encode(
        os.urandom(_INDEX_BYTES)
    ).decode()


def open_vault(key_file: Path, keys: str | None, index_key: str | None) -> Vault:
    """Build the vault from the environment's keys or, without them, from the key file.

    A missing key file is made on the spot, readable by its owner only.

    Raises:
        KeyTrouble: keys are malformed, or the file cannot be read, written or trusted.
    """
    if keys or index_key:
        if not (keys and index_key):
            raise KeyTrouble("Set COMMONPLACE_KEYS and COMMONPLACE_INDEX_KEY together, or neither.")
        return _vault(keys, index_key, "the environment")
    if not key_file.exists():
        _write_new(key_file)
    watched = _Watched(key_file)
    sealing, index = _read(key_file)
    return _vault(sealing, index, str(key_file), newer=watched.changed)


def add_key(key_file: Path) -> None:
    """Put a fresh sealing key before those of the key file; desks that run take it up at once.

    Raises:
        KeyTrouble: the file cannot be read, trusted or written.
    """
    sealing, index = _read(key_file)
    _write(key_file, f"{Fernet.generate_key().decode()},{sealing}", index)


def drop_old_keys(key_file: Path) -> int:
    """Keep only the newest sealing key of the key file; return how many are gone.

    Raises:
        KeyTrouble: the file cannot be read, trusted or written.
    """
    sealing, index = _read(key_file)
    newest, *old = _each(sealing)
    if old:
        _write(key_file, newest, index)
    return len(old)


class _Watched:
    """Notices that the key file was changed; a look costs one `stat`."""

    def __init__(self, key_file: Path) -> None:
        self._file = key_file
        self._seen = self._look()

    def changed(self) -> list[bytes] | None:
        """Return the file's sealing keys if it was changed since the last look, else None.

        A file that is gone or unreadable for a moment changes nothing: the desk has its keys.
        """
        now = self._look()
        if now is None or now == self._seen:
            return None
        try:
            sealing, _index = _read(self._file)
        except KeyTrouble:
            return None
        self._seen = now
        return [key.encode() for key in _each(sealing)]

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size


def _each(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(",") if key.strip()]


def _vault(
    keys: str,
    index_key: str,
    where: str,
    *,
    newer: Callable[[], Sequence[bytes] | None] | None = None,
) -> Vault:
    try:
        index = base64.urlsafe_b64decode(index_key.strip())
    except ValueError:
        raise KeyTrouble(f"The index key in {where} is not URL-safe base 64.") from None
    return Vault([key.encode() for key in _each(keys)], index, newer=newer)


def _read(key_file: Path) -> tuple[str, str]:
    try:
        mode = key_file.stat().st_mode
        lines = key_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(
            f"The key file {key_file} cannot be read ({type(error).__name__}). "
            "Make it readable to the user that runs the desk."
        ) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyTrouble(
            f"The key file {key_file} can be read by others on this machine. "
            f"Run: chmod 600 {key_file}"
        )
    values = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    if not {"keys", "index_key"} <= values.keys():
        raise KeyTrouble(
            f"The key file {key_file} must have the lines keys=… and index_key=…. "
            "Restore it from your backup: without it, what it sealed stays sealed."
        )
    return values["keys"], values["index_key"]


def _write_new(key_file: Path) -> None:
    """Make the key file, unless another process that starts together makes it first."""
    sealing, index = new_keys()
    # A link is there whole or not at all, and never takes another's place.
    with _drafted(key_file, sealing, index) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, key_file)


def _write(key_file: Path, sealing: str, index: str) -> None:
    """Put a new key file in the place of the old one, whole or not at all."""
    with _drafted(key_file, sealing, index) as draft:
        os.link(draft, f"{draft}.new")
        os.replace(f"{draft}.new", key_file)


@contextlib.contextmanager
def _drafted(key_file: Path, sealing: str, index: str) -> Iterator[str]:
    """Write a key file's content under another name, durably, and settle what is made of it."""
    text = (
        "# Commonplace's keys. Keep a copy apart from the database's backups: without this file\n"
        "# nobody can read what the desk has sealed, and with it anybody can.\n"
        f"keys={sealing}\nindex_key={index}\n"
    )
    try:
        key_file.parent.mkdir(parents=True, exist_ok=True)
        draft, name = tempfile.mkstemp(dir=key_file.parent, prefix=f".{key_file.name}.")
        try:
            with os.fdopen(draft, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(draft)
            yield name
        finally:
            os.unlink(name)
        _settle(key_file.parent)
    except OSError as error:
        raise KeyTrouble(
            f"The key file {key_file} cannot be written ({type(error).__name__}). "
            "Choose another place with key_file in config/commonplace.yaml."
        ) from None


def _settle(directory: Path) -> None:
    """Make a new name durable: a database must not outlive, by a power cut, the key it needs."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
