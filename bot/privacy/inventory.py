"""The data inventory: every table and column, what it is for, who reads it, and for how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from bot import yamlfile
from bot.store.personal import Rule

_FILE = Path(__file__).with_name("inventory.yaml")


@dataclass(frozen=True)
class Kept:
    """One table. `kept` is the name of a retention rule, or says in words for how long."""

    table: str
    purpose: str
    readers: str
    kept: str
    erased: str
    columns: Mapping[str, str]


@cache
def inventory() -> tuple[Kept, ...]:
    """Return the inventory, in the order people should read it."""
    data = cast("dict[str, dict[str, Any]]", yamlfile.load(_FILE).data)
    return tuple(Kept(table=table, **said) for table, said in data.items())


def as_markdown(rules: Iterable[Rule]) -> str:
    """Return the inventory as docs/privacy.md has it; `rules` tell the days."""
    days = {rule.name: rule.days for rule in rules}
    blocks = []
    for one in inventory():
        kept = one.kept
        if kept in days:
            kept = f"{days[kept]} days (`privacy.{kept}_days`)"
        blocks.append(
            f"### `{one.table}`\n\n{one.purpose}\n\n"
            f"- **Who reads it**: {one.readers}.\n"
            f"- **Kept**: {kept}.\n"
            f"- **When a person is erased**: {one.erased}.\n\n"
            "| column | holds |\n|---|---|\n"
            + "".join(f"| `{name}` | {holds} |\n" for name, holds in one.columns.items())
        )
    return "\n".join(blocks)
