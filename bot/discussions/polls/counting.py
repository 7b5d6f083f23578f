"""Counting ballots: plainly, and by instant runoff with ties said rather than broken by lot.

Instant runoff: each ballot counts for the first of its options that is still in; while none has
more than half of the ballots that count, the option with the fewest goes out (for one, the
Australian rules, https://www.aec.gov.au/learn/preferential-voting.htm). If several have the
fewest, every way of going on is looked at (V. Conitzer, M. Rognlie, L. Xia: "Preference Functions
that Score Rankings and Maximum Likelihood Estimation", IJCAI 2009, parallel universes): if all
lead to one winner, it has won; if not, those who could win are tied, and are said to be.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Ballot = tuple[int, ...]
"""Options by their place, the first choice first; those that are left out are wanted least."""

_MOST_OPTIONS = 12
"""With ties everywhere, each set of options may have to be looked at: 4,096 sets."""


@dataclass(frozen=True)
class Round:
    """One round of a runoff.

    Attributes:
        counts: (option, ballots) of those that were in, the most first.
        exhausted: ballots that name none of them.
        out: the option, or options without any ballot, that went out after it.
        tied: options of which each could have gone out; empty if there was no such tie.
    """

    counts: tuple[tuple[int, int], ...]
    exhausted: int
    out: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Who won. More than one winner is a tie; none means that nobody voted."""

    winners: tuple[int, ...]
    rounds: tuple[Round, ...] = ()


def plurality(options: int, ballots: Iterable[Ballot]) -> tuple[list[int], tuple[int, ...]]:
    """Return the ballots for each option, and the options that have the most of them.

    A ballot counts once for each option it names.
    """
    counts = Counter(option for ballot in ballots for option in set(ballot))
    each = [counts[option] for option in range(options)]
    most = max(each, default=0)
    return each, tuple(option for option in range(options) if most and each[option] == most)


def runoff(options: int, ballots: Iterable[Ballot]) -> Outcome:
    """Return the outcome of an instant runoff, with the rounds of one way it can go.

    Of options that tie to go out, the rounds let the one go that stands last in the list.

    Raises:
        ValueError: there are more than twelve options.
    """
    if options > _MOST_OPTIONS:
        raise ValueError("too many options for a runoff")
    alike = Counter(ballot for ballot in ballots if ballot)
    if not alike:
        return Outcome(())
    known: dict[frozenset[int], frozenset[int]] = {}
    everybody = frozenset(range(options))
    winners = _winners(everybody, alike, known)
    return Outcome(tuple(sorted(winners)), tuple(_rounds(everybody, alike)))


def _counted(still: frozenset[int], alike: Counter[Ballot]) -> tuple[dict[int, int], int]:
    counts = dict.fromkeys(sorted(still), 0)
    exhausted = 0
    for ballot, many in alike.items():
        first = next((option for option in ballot if option in still), None)
        if first is None:
            exhausted += many
        else:
            counts[first] += many
    return counts, exhausted


def _leaving(counts: dict[int, int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return who goes out at once, and among whom there is a tie to go out."""
    unwanted = [option for option, many in counts.items() if many == 0]
    if unwanted:
        # They have nothing to hand on, so their order makes no difference.
        return unwanted, ()
    fewest = min(counts.values())
    last = [option for option, many in counts.items() if many == fewest]
    return (last, ()) if len(last) == 1 else ((), last)


def _decided(counts: dict[int, int]) -> frozenset[int] | None:
    """Return who has won, if that is clear: more than half, or all that are left are level."""
    in_all = sum(counts.values())
    leader = max(counts, key=lambda option: counts[option])
    if 2 * counts[leader] > in_all:
        return frozenset({leader})
    if len(counts) == 2:
        return frozenset(counts)
    return None


def _winners(
    still: frozenset[int], alike: Counter[Ballot], known: dict[frozenset[int], frozenset[int]]
) -> frozenset[int]:
    if still not in known:
        counts, _exhausted = _counted(still, alike)
        found = _decided(counts)
        if found is None:
            out, tied = _leaving(counts)
            ways = [still - set(out)] if out else [still - {one} for one in tied]
            found = frozenset().union(*(_winners(one, alike, known) for one in ways))
        known[still] = found
    return known[still]


def _rounds(still: frozenset[int], alike: Counter[Ballot]) -> Iterable[Round]:
    while True:
        counts, exhausted = _counted(still, alike)
        standing = tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
        if _decided(counts) is not None:
            yield Round(standing, exhausted)
            return
        out, tied = _leaving(counts)
        gone = tuple(out) or (max(tied),)
        yield Round(standing, exhausted, gone, tuple(tied))
        still -= set(gone)
