"""How many told a story of their own: six outlets that quote one agency are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from feeds.model import CreditRole, Entry


def origins(entries: Iterable[Entry], *, outlet_of: Callable[[Entry], str]) -> frozenset[str]:
    """Who reported first, of all that `entries` tell: as many as there are independent tellings.

    An entry has it from the origins that it credits, else from the relays, else from itself; `outlet_of` names the
    outlet of an entry as credits would. Where an outlet is credited whose own entries are all from somebody else, that
    one counts, as long as it leads to somebody.
    """
    taken: dict[str, set[str]] = {}
    for entry in entries:
        own = outlet_of(entry)
        taken.setdefault(own, set()).update(_credited(entry) - {own} or {own})
    found: set[str] = set()
    for outlet in taken:
        found |= _firsts(outlet, taken)
    return frozenset(found)


def _credited(entry: Entry) -> set[str]:
    first = {credit.outlet for credit in entry.credits if credit.role is CreditRole.ORIGIN}
    return first or {credit.outlet for credit in entry.credits}


def _firsts(outlet: str, taken: dict[str, set[str]]) -> AbstractSet[str]:
    """Where the news of `outlet` comes from in the end; of those who only credit each other, all."""
    found: set[str] = set()
    seen = {outlet}
    open_ = [outlet]
    while open_:
        current = open_.pop()
        sources = taken.get(current, {current})
        if current in sources:
            found.add(current)
        new = sources - seen
        seen |= new
        open_ += new
    return found or seen
