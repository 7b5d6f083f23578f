"""The inventory is the database's own, and everything that leads to a person is answered for."""

import subprocess
import sys

from sqlalchemy import LargeBinary

from bot.desk import Desk
from bot.privacy.inventory import as_markdown, inventory
from bot.settings import Privacy as Days
from bot.store.base import DESK, PERSON, Row
from tests.bot.store.test_migrate import _all_tables
from tests.conftest import ROOT

_all_tables()


def test_every_table_is_in_the_inventory_and_the_other_way_round():
    assert {one.table for one in inventory()} == set(Row.metadata.tables)


def test_every_column_is_in_the_inventory_and_the_other_way_round():
    for one in inventory():
        columns = [column.name for column in Row.metadata.tables[one.table].columns]
        assert list(one.columns) == columns, one.table
        for name, holds in one.columns.items():
            assert len(holds) > 3, f"{one.table}.{name}"


def test_whatever_is_sealed_says_under_whose_key():
    for table in Row.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                assert column.info in (DESK, PERSON), f"{table.name}.{column.name}"


def test_wherever_a_desk_is_every_table_is_known():
    """Scrubbing, changing keys and restoring go by the tables that the code has loaded."""
    look = "import bot.desk; from bot.store.base import Row; print(*Row.metadata.tables)"
    ran = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(ran.stdout.split()) == set(Row.metadata.tables)


async def test_every_column_that_points_at_a_person_is_answered_for(desk: Desk):
    pointing = {
        f"{table.name}.{column.name}"
        for table in Row.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    answered = [column for holder in desk.privacy.holders for column in holder.columns]
    # The audit's entries outlive who made them, and name nobody once that person is erased.
    assert pointing == {*answered, "audit.actor_id"}
    assert len(answered) == len(set(answered))


async def test_every_rule_is_in_the_inventory_and_has_its_days_in_the_settings(desk: Desk):
    rules = {rule.name: rule.days for rule in desk.retention.rules}
    assert set(rules) <= {one.kept for one in inventory()}
    assert {f"{name}_days": days for name, days in rules.items()} == Days().model_dump()
    # What is not a rule says in words for how long.
    assert all(one.kept in rules or " " in one.kept for one in inventory())


async def test_the_page_on_privacy_has_the_inventory_as_it_is(desk: Desk):
    page = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    assert as_markdown(desk.retention.rules) in page, "run `commonplace privacy inventory`"
