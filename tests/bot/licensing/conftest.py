"""The license tools with the facts that ship."""

import pytest

from bot.licensing.model import Tool
from bot.licensing.service import Licensing
from tests.conftest import ROOT

FACTS = ROOT / "config" / "licensing"
TOOLKIT = Licensing(FACTS)
"""Loaded once: parametrized tests need its tools at collection, and nothing can change it."""


@pytest.fixture
def licensing() -> Licensing:
    """The license tools."""
    return TOOLKIT


def tool(tool_id: str) -> Tool:
    """Return a tool by its id, such as `by-sa-3.0-de`."""
    found = TOOLKIT.get(tool_id)
    assert found is not None, tool_id
    return found
