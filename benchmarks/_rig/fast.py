"""An event loop whose clock runs faster than the world's: ten minutes pass in seconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class _FastSelector(selectors.DefaultSelector):
    factor = 1.0

    def select(self, timeout: float | None = None) -> Any:
        return super().select(None if timeout is None else timeout / self.factor)


class FastLoop(asyncio.SelectorEventLoop):
    """A loop in which one second of the world is `factor` seconds."""

    def __init__(self, factor: float) -> None:
        selector = _FastSelector()
        selector.factor = self.factor = factor
        super().__init__(selector)

    def time(self) -> float:
        """Return the seconds of this loop's own clock."""
        return super().time() * self.factor


def run_fast(main: Coroutine[Any, Any, T], factor: float) -> T:
    """Run `main` in a fast loop."""
    with asyncio.Runner(loop_factory=lambda: FastLoop(factor)) as runner:
        return runner.run(main)


class LoopClock:
    """The desk's clock, as fast as the running loop's."""

    def __init__(self) -> None:
        self._began = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
        self._at = asyncio.get_running_loop().time()

    def __call__(self) -> datetime:
        """Return the loop's time as a date."""
        return self._began + timedelta(seconds=asyncio.get_running_loop().time() - self._at)
