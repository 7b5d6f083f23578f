"""Telling a pile-on from a lively talk: many different people who turn to one and the same person.

It looks at who answers or mentions whom, and never at what is said. In memory, and bounded.
"""

from collections import OrderedDict, deque

WINDOW = 600.0
"""Seconds."""
_MOST_PLACES = 1_000
_MOST_TURNS = 200
"""Of one thread: more than enough for the largest number of people that can be chosen."""


class Heat:
    """Who turned to whom in the last minutes, thread by thread."""

    def __init__(self) -> None:
        self._turns: OrderedDict[int, deque[tuple[float, int, int]]] = OrderedDict()

    def note(self, channel_id: int, at: float, author: int, person: int, people: int) -> bool:
        """Note that an author answered or mentioned a person, at `at` seconds; say whether that
        makes a pile-on of so many `people`.

        After one counting begins anew, so that it is told of once.
        """
        turns = self._turns.get(channel_id)
        if turns is None:
            if len(self._turns) >= _MOST_PLACES:
                self._turns.popitem(last=False)
            turns = self._turns[channel_id] = deque(maxlen=_MOST_TURNS)
        else:
            self._turns.move_to_end(channel_id)
        turns.append((at, author, person))
        while at - turns[0][0] > WINDOW:
            turns.popleft()
        if len(turns) < people:
            return False
        if len({one for _at, one, of in turns if of == person}) < people:
            return False
        turns.clear()
        return True
