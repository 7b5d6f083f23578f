"""The words people see, in their language: gettext catalogs in `config/locale/<language>/*.po`.

Each message has a stable key (`concern.logged`) as its msgid, so that a sentence can be improved
without touching code. English has every key; another language falls back to English key by key.
Values are filled in with `str.format`, by name.
"""

import gettext
import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SOURCE = "en"


class WordsTrouble(Exception):
    """A catalog is missing or cannot be read; the message names the file and what is wrong."""


class Tongue:
    """One language's words. Call it with a key: `t("concern.logged", reference="C-7K4Q-2M")`."""

    def __init__(
        self, language: str, catalog: gettext.NullTranslations, fallback: "Tongue | None" = None
    ) -> None:
        self.language = language
        self._catalog = catalog
        self._fallback = fallback

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the message `key`, filled in.

        Raises:
            KeyError: no language has the key (a test finds these before a member does).
        """
        return self._find(key).format(**values) if values else self._find(key)

    def plural(self, key: str, count: int, /, **values: object) -> str:
        """Return the form of message `key` that goes with `count`; `{count}` is filled in too."""
        message = self._catalog.ngettext(key, f"{key}.plural", count)
        if message in (key, f"{key}.plural"):
            if self._fallback is None:
                raise KeyError(key)
            return self._fallback.plural(key, count, **values)
        return message.format(count=count, **values)

    def has(self, key: str) -> bool:
        """Say whether this language itself has `key`."""
        return self._catalog.gettext(key) != key

    def _find(self, key: str) -> str:
        message = self._catalog.gettext(key)
        if message == key:
            if self._fallback is None:
                raise KeyError(key)
            return self._fallback._find(key)
        return message


class Words:
    """All languages of the desk."""

    def __init__(self, catalogs: Mapping[str, Catalog]) -> None:
        self._catalogs = dict(catalogs)

    @classmethod
    def load(cls, directory: Path) -> "Words":
        """Read every language below `directory`.

        Raises:
            WordsTrouble: a file cannot be read, a key stands twice, or English is missing.
        """
        catalogs = {}
        for folder in sorted(path for path in directory.glob("*") if path.is_dir()):
            catalogs[folder.name] = _read_language(folder)
        if SOURCE not in catalogs:
            raise WordsTrouble(f"{directory} has no folder '{SOURCE}' with the English words.")
        return cls(catalogs)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, English among them."""
        return tuple(self._catalogs)

    @cached_property
    def english(self) -> Tongue:
        """English, which has every key."""
        return Tongue(SOURCE, _compiled(self._catalogs[SOURCE]))

    @cached_property
    def _tongues(self) -> dict[str, Tongue]:
        others = {
            language: Tongue(language, _compiled(catalog), self.english)
            for language, catalog in self._catalogs.items()
            if language != SOURCE
        }
        return {SOURCE: self.english, **others}

    def tongue(self, locale: str | None) -> Tongue:
        """Return the words for a Discord locale such as `fr` or `pt-BR`; English if we lack it."""
        language = (locale or SOURCE).replace("_", "-").split("-")[0].lower()
        return self._tongues.get(language, self.english)

    def keys(self, language: str = SOURCE) -> Iterator[tuple[str, str]]:
        """Yield each key of a language with its (first) message, for tests and translators."""
        for message in self._catalogs[language]:
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string
                yield key, text if isinstance(text, str) else (text or ("",))[0]


def placeholders(message: str) -> set[str]:
    """Return the names that a message wants filled in."""
    return set(re.findall(r"(?<!\{)\{([a-z_]+)[^}]*\}", message))


def _read_language(folder: Path) -> Catalog:
    whole = Catalog(locale=folder.name)
    for file in sorted(folder.glob("*.po")):
        try:
            with file.open("rb") as stream:
                part = read_po(stream, locale=folder.name, abort_invalid=True)
        except (OSError, PoFileError, ValueError) as error:
            raise WordsTrouble(f"{file} cannot be read: {error}") from None
        for message in part:
            if not message.id:
                continue
            if message.id in whole:
                raise WordsTrouble(f"{file}: {message.id!r} stands in another file too.")
            whole[message.id] = message
    return whole


def _compiled(catalog: Catalog) -> gettext.GNUTranslations:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
