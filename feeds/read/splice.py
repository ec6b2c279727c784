"""Takes a document apart at its entries, without parsing it, and puts it together again.

That is how limits hold before a parser has paid for what exceeds them, how it shows that a document was cut off in
transit, and how an entry that breaks the parser is read, and fails, alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from feeds.model import Skipped

# The longest archives that feeds serve at each poll have some 700 entries.
MOST_ENTRIES = 1_000
# Characters of mark-up. The longest entry of three big papers' feeds has 3,125; the longest of 13,693 descriptions has
# 18,662 of text, and a long read with its HTML escaped comes to some 100,000.
LONGEST_ENTRY = 256 * 1024
# The opening tags around the entries are repeated for each one that is read alone.
_LONGEST_FRAME = 16 * 1024

_ENTRY = re.compile(r"<((?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE)
# What stands before the document's element may hold tags too, in comments.
_TO_ROOT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>", re.DOTALL)
# Warnings of the server's own programs stand before some feeds, with tags of their own.
_FEED = re.compile(r"<((?:[A-Za-z_][\w.-]{0,30}:)?(?:rss|rdf|feed))(?:\s[^<>]*)?>", re.IGNORECASE)
_ASIDE = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_CHANNEL = re.compile(r"<((?:[A-Za-z_][\w.-]{0,30}:)?channel)(?:\s[^<>]*)?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spliced:
    """A document in pieces: `head`, `entries` and `tail` are its text, in this order."""

    head: str
    entries: tuple[str, ...]
    tail: str
    opening: str
    """The tags that are open where the entries stand: the document's element and, in most RSS, its channel."""
    closing: str
    root: str
    """The name of the document's element; "" when none was found."""
    cut_off: bool
    """True when it is a feed whose element, whatever stands around it, does not end."""
    skipped: tuple[Skipped, ...] = ()
    """Entries that were taken out, in their order."""

    def text(self) -> str:
        """The document, without what was taken out."""
        return self.head + "".join(self.entries) + self.tail

    def alone(self, entry: str) -> str:
        """A small document that has this entry only."""
        return self.opening + entry + self.closing

    def whole_entries(self) -> int:
        """How many entries arrived to their end, of a document that was cut off."""
        if not self.entries:
            return 0
        last = self.entries[-1]
        return len(self.entries) - ("</" + _name(last) not in last)

    def positions(self) -> tuple[int, ...]:
        """The 0-based place of each of `entries` in the document as it arrived."""
        gone = {skipped.position for skipped in self.skipped}
        return tuple(place for place in range(len(self.entries) + len(gone)) if place not in gone)


def splice(text: str) -> Spliced:
    """Takes `text`, a document as `feeds.read.repair` left it, apart.

    The split is by tags alone and may be wrong inside CDATA that shows feeds to people; `text()` is right all the same.
    """
    root = next((found for found in _TO_ROOT.finditer(text) if found[1]), None)
    first = _ENTRY.search(text, root.end() if root else 0)
    if first is None:
        return _spliced(text, root, first=len(text), entries=(), end=len(text))
    starts = [found.start() for found in re.finditer(rf"<{re.escape(first[1])}(?=[\s/>])", text)]
    end = _end_of_last(text, starts[-1], first[1])
    entries = tuple(text[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True))
    return _spliced(text, root, first=starts[0], entries=entries, end=end)


def limited(spliced: Spliced) -> Spliced:
    """The document without what exceeds the limits.

    Too many entries count as one that is skipped: the first of them, whose reason says how many there are.
    """
    total = len(spliced.entries)
    reasons: dict[int, str] = {
        place: f"the entry has {len(entry):,} characters of mark-up, more than the {LONGEST_ENTRY:,} that are read"
        for place, entry in enumerate(spliced.entries[:MOST_ENTRIES])
        if len(entry) > LONGEST_ENTRY
    }
    if total > MOST_ENTRIES:
        reasons[MOST_ENTRIES] = f"the document has {total:,} entries; the first {MOST_ENTRIES:,} are read"
    if not reasons:
        return spliced
    return replace(
        spliced,
        entries=tuple(e for place, e in enumerate(spliced.entries[:MOST_ENTRIES]) if place not in reasons),
        skipped=tuple(Skipped(position=place, reason=reasons[place]) for place in sorted(reasons)),
    )


def _name(entry: str) -> str:
    return entry[1:].split(">", maxsplit=1)[0].split(maxsplit=1)[0].rstrip("/")


def _end_of_last(text: str, start: int, name: str) -> int:
    ends = [closed.end() for closed in re.compile(rf"</{re.escape(name)}\s*>").finditer(text, start)]
    return ends[-1] if ends else len(text)


def _spliced(text: str, root: re.Match[str] | None, *, first: int, entries: tuple[str, ...], end: int) -> Spliced:
    head, tail = text[:first], text[end:]
    opening, closing = _frame(head, root)
    return Spliced(
        head=head,
        entries=entries,
        tail=tail,
        opening=opening,
        closing=closing,
        root=root[1] if root else "",
        cut_off=_lacks_its_end(head, root, behind=(entries[-1] if entries else "") + tail),
    )


def _lacks_its_end(head: str, root: re.Match[str] | None, *, behind: str) -> bool:
    """Whether the feed is open at the end of a document that has `behind` from its last entry on, if it has one."""
    feed = (_FEED.search(head, root.start()) if root else None) or (root if behind else None)
    if feed is None or feed[0].endswith("/>"):
        return False
    # Without its last character it has all the same.
    return not re.search(rf"</{re.escape(feed[1])}\s*(?:>|\Z)", _ASIDE.sub("", behind or head), re.IGNORECASE)


def _frame(head: str, root: re.Match[str] | None) -> tuple[str, str]:
    if root is None or len(root[0]) > _LONGEST_FRAME:
        return "", ""
    opening, closing = root[0], f"</{root[1]}>"
    channel = _CHANNEL.search(head, root.end())
    if channel and f"</{channel[1]}" not in head and len(channel[0]) <= _LONGEST_FRAME:
        return opening + channel[0], f"</{channel[1]}>{closing}"
    return opening, closing
