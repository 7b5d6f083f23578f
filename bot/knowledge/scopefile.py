"""Reading `_scope.yaml`: every fault with its line, and what to do about it."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import yamlfile
from bot.knowledge.model import Fault
from bot.knowledge.scope import RULED, Kind, Rule, Scope, ScopeRules, ScopeTrouble
from bot.knowledge.terms import plain

FILE = "_scope.yaml"

_LISTS = ("phrases", "only", "needs", "unless", "strict")
_Path = tuple[str | int, ...]


def read_scope(file: Path) -> tuple[ScopeRules, list[Fault]]:
    """Read the rules; a file that is not there has none. Faults leave out what is wrong."""
    if not file.exists():
        return ScopeRules(), []
    try:
        document = yamlfile.load(file)
    except yamlfile.YamlFault as fault:
        return ScopeRules(), [Fault(str(fault.file), fault.line, fault.message)]
    reading = _Reading(file, document)
    return reading.rules(), reading.faults


@dataclass
class _Reading:
    file: Path
    document: yamlfile.Document
    faults: list[Fault] = field(default_factory=list)

    def rules(self) -> ScopeRules:
        top = self._mapping(self.document.data, (), ("groups", "kinds", "languages"))
        groups = {
            str(name): self._texts(listed, ("groups", name))
            for name, listed in self._items(top.get("groups"), ("groups",))
        }
        self._try(groups, groups.items(), "groups")
        kinds = {}
        for name, data in self._items(top.get("kinds"), ("kinds",), tuple(map(str, RULED))):
            if name in set(map(str, RULED)):
                kinds[Kind(name)] = self._rule(name, data, groups)
        languages = {
            str(name): self._texts(listed, ("languages", name), one_word=True)
            for name, listed in self._items(top.get("languages"), ("languages",))
        }
        return ScopeRules(groups, kinds, languages)

    def _rule(self, name: str, data: Any, groups: dict[str, tuple[str, ...]]) -> Rule:
        path: _Path = ("kinds", name)
        part = self._mapping(data, path, (*_LISTS, "both", "yields"))
        lists = {
            key: self._texts(part[key], (*path, key), one_word=key in ("only", "needs"))
            for key in _LISTS
            if part.get(key)
        }
        pairs = part.get("both") or []
        if not isinstance(pairs, list):
            self._fault((*path, "both"), "must be a list of two lists of phrases")
            pairs = []
        both = tuple(self._texts(one, (*path, "both", index)) for index, one in enumerate(pairs))
        for key in ("phrases", "unless", "strict"):
            self._try(groups, [(key, lists.get(key, ()))], *path)
        self._try(groups, enumerate(both), *path, "both")
        if bool(lists.get("only")) != bool(lists.get("needs")):
            self._fault(path, "`only` and `needs` go together: give both or neither")
        yields = part.get("yields", False)
        if not isinstance(yields, bool):
            self._fault((*path, "yields"), "must be true or false")
        return Rule(both=both, yields=yields is True, **lists)

    def _try(
        self,
        groups: dict[str, tuple[str, ...]],
        lists: Iterable[tuple[str | int, tuple[str, ...]]],
        *path: str | int,
    ) -> None:
        """Compile each phrase by itself, so that a fault has its own line."""
        for key, phrases in lists:
            for index, phrase in enumerate(phrases):
                try:
                    Scope(ScopeRules(groups, {Kind.PLACE: Rule(phrases=(phrase,))}))
                except ScopeTrouble as error:
                    self._fault((*path, key, index), str(error))

    def _texts(self, listed: Any, path: _Path, *, one_word: bool = False) -> tuple[str, ...]:
        if not isinstance(listed, list):
            self._fault(path, "must be a list, such as [one, another]")
            return ()
        texts = []
        for index, text in enumerate(listed):
            if not isinstance(text, str):
                self._fault((*path, index), f"must be text; put quotes around `{text}`")
            elif one_word and len(plain(text).split()) != 1:
                self._fault((*path, index), f"{text!r} must be one word")
            else:
                texts.append(text)
        return tuple(texts)

    def _mapping(self, data: Any, path: _Path, known: tuple[str, ...]) -> dict[str, Any]:
        return dict(self._items(data, path, known))

    def _items(
        self, data: Any, path: _Path, known: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Any]]:
        if data is None:
            return
        if not isinstance(data, dict):
            self._fault(path, "must be a list of `key: value`")
            return
        for key, value in data.items():
            if known and key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known)}"
                self._fault((*path, key), f"there is no `{key}`; {hint}")
            yield str(key), value

    def _fault(self, path: _Path, message: str) -> None:
        self.faults.append(Fault(str(self.file), self.document.line(path), message))
