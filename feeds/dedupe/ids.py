"""Ids, and the ladder of guid, address and text that they follow from.

A publisher's guid is its word on identity (RSS 2.0 `guid`, RFC 4287 §4.2.6 `atom:id`); where there is none, or where it
gives the same one to different entries, the address stands in, and where that fails too, the text. A rung that several
different entries of one document share tells nothing in that document, so they all fall to the next one: one guid
for all swallows nothing.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

ID_SIZE = 16
"""Bytes of an id. 128 bits: among 10⁹ entries two share one by chance with probability 1.5·10⁻²¹, and as the source is
part of what is hashed, who spends 2⁶⁴ hashes on a collision only confuses entries of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What identifies an entry in its source; empty where it has none. Equal clues are the same article."""

    guid: str
    canonical_url: str
    fingerprint: str


def assign_ids(source: str, clues: Sequence[Clues]) -> tuple[str, ...]:
    """The ids (32 hexadecimal digits) of one document's entries, in their order.

    A function of the source's id and the set of clues: the order of the entries does not matter. Two ids are equal
    exactly when the clues are, which means that the document holds the same article twice.
    """
    guids, urls = worthless(clues)
    return tuple(next(_rungs(source, clue, guids, urls)) for clue in clues)


def worthless(clues: Iterable[Clues]) -> tuple[frozenset[str], frozenset[str]]:
    """The guids and the canonical URLs that several different entries among `clues` share, and the empty ones."""
    different = set(clues)
    return (
        shared(clue.guid for clue in different),
        shared(clue.canonical_url for clue in different),
    )


def ladder(source: str, clues: Clues, *, guids: Collection[str], urls: Collection[str]) -> tuple[str, ...]:
    """The ids that an entry could have, best rung first, without the worthless `guids` and `urls`.

    The last rung, the text, is always there. It takes in the clues that were of no use alone, so that different clues
    never end in one id.
    """
    return tuple(_rungs(source, clues, guids, urls))


def _rungs(source: str, clues: Clues, guids: Collection[str], urls: Collection[str]) -> Iterator[str]:
    if clues.guid not in guids:
        yield guid_id(source, clues.guid)
    if clues.canonical_url not in urls:
        yield url_id(source, clues.canonical_url)
    yield text_id(source, clues)


def guid_id(source: str, guid: str) -> str:
    """The id of the entry of `source` that this guid names."""
    return _id("guid", source, guid)


def url_id(source: str, canonical_url: str) -> str:
    """The id of the entry of `source` that this canonical URL names."""
    return _id("url", source, canonical_url)


def text_id(source: str, clues: Clues) -> str:
    """The id of the entry of `source` that nothing but all of its clues together names."""
    return _id("text", source, clues.guid, clues.canonical_url, clues.fingerprint)


def spare_id(rungs: Sequence[str], taken: Collection[str]) -> str:
    """The first of `rungs` that is not `taken`; if all are, an id made from the last one.

    A rung is taken when the entry that was named by it has other clues by now.
    """
    for rung in rungs:
        if rung not in taken:
            return rung
    spare = _id("again", rungs[-1])
    while spare in taken:
        spare = _id("again", spare)
    return spare


def begun_story_id(beginning: str) -> str:
    """The id of the story that the entry with the id `beginning` began; of a story's id, the next one to take."""
    return _id("story", beginning)


CLUE_MARK = 8
"""Characters of each half of a clue mark: 48 bits, and two that agree by chance only cost a reading in full."""


def clue_mark(guid: str, canonical_url: str) -> str:
    """A short stand-in for the clues that name an entry: one half for its guid, one for its address, dots for none."""
    return _short(guid) + _short(canonical_url)


def shared(values: Iterable[str]) -> frozenset[str]:
    """What occurs more than once, and the empty one."""
    seen: set[str] = set()
    twice = {""}
    for value in values:
        (twice if value in seen else seen).add(value)
    return frozenset(twice)


def _short(clue: str) -> str:
    if not clue:
        return "." * CLUE_MARK
    digest = blake2b(clue.encode("utf-8", "surrogatepass"), digest_size=6, person=b"topicwire clue")
    return urlsafe_b64encode(digest.digest()).decode("ascii")


def _id(label: str, *parts: str) -> str:
    """Length before each part: ("ab", "c") and ("a", "bc") differ."""
    digest = blake2b(digest_size=ID_SIZE, person=b"topicwire entry")
    for part in (label, *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
