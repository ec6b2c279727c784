"""Where entries stand, as values: what `why` tells of one of them, and of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from aggregator.ingesting.judge import Judge
from feeds.dedupe.by_hand import HIDDEN
from feeds.dedupe.origins import origins
from feeds.model import Decision, Entry, Join, Placement, Relation, Revision
from storage.port import Keys, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What deduplication made of an entry, with the others that it touches."""

    entry: Entry
    placement: Placement
    copy_of: Entry | None
    copies: tuple[Entry, ...]
    """Those that repeat it, first seen first."""
    tellings: tuple[Entry, ...]
    """The other entries of its story, but for what it copies and its own copies; first seen first."""
    origins: tuple[str, ...]
    """Who reported first, of all that the story's entries tell, in order: so many tellings of it are independent."""
    editions: tuple[Entry, ...]
    """The same article in other languages, by id."""
    revisions: tuple[Revision, ...]
    """Its earlier states, oldest first."""
    decisions: tuple[Decision, ...]
    """What people decided about it, oldest first."""

    @property
    def root(self) -> str:
        """The id of the entry whose text it is: its own, unless it is a copy."""
        return self.placement.copy_of or self.entry.id

    @property
    def article(self) -> str:
        """The id of the entry of which it is an edition: its own, unless it is one."""
        return self.placement.edition_of or self.entry.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How two entries stand to each other in one respect."""

    relation: Relation
    joined: bool
    why: str
    """In words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger, with the entry in whose placement it stands."""

    entry: str
    join: Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two entries, and why they were joined or not."""

    one: Standing
    other: Standing
    answers: tuple[Answer, ...]
    """As copies, as tellings of one story, as editions."""
    ledger: tuple[Line, ...]
    """What joined them, each to the other or both to a third one."""
    decisions: tuple[Decision, ...]
    """What people decided about the two together, or about one of them and the other one's story."""


def standing(store: Store, entry: Entry, *, outlet_of: Callable[[Entry], str]) -> Standing:
    """Where `entry`, which is stored, stands; `outlet_of` names the outlet of an entry as credits would.

    Raises StoreError.
    """
    placement = store.placements([entry.id]).get(entry.id) or Placement(entry=entry.id)
    root = placement.copy_of or entry.id
    family = {entry.id, root, *store.copies(root)}
    told = _entries(store, store.story(placement.story))
    return Standing(
        entry=entry,
        placement=placement,
        copy_of=store.entry(placement.copy_of) if placement.copy_of else None,
        copies=_entries(store, store.copies(entry.id)),
        tellings=tuple(one for one in told if one.id not in family),
        origins=tuple(sorted(origins(told or (entry,), outlet_of=outlet_of))),
        editions=_entries(store, sorted(_editions(store, placement))),
        revisions=store.revisions(entry.id),
        decisions=tuple(one for one in store.decisions() if entry.id in (one.entry, one.other)),
    )


def pair(store: Store, judge: Judge, one: Entry, other: Entry, *, outlet_of: Callable[[Entry], str]) -> Pair:
    """Why `one` and `other`, two stored entries, were joined or were not. Raises StoreError."""
    first, second = (standing(store, entry, outlet_of=outlet_of) for entry in (one, other))
    compared = judge.why(one, other)
    answers = (
        _as_copies(first, second, compared[Relation.COPY]),
        _as_tellings(first, second, compared[Relation.STORY]),
        _as_editions(first, second, compared[Relation.EDITION]),
    )
    joined = {answer.relation for answer in answers if answer.joined}
    about = [{one.id, first.placement.story}, {other.id, second.placement.story}]
    return Pair(
        one=first,
        other=second,
        answers=answers,
        ledger=tuple(_ledger(first, second, joined)),
        decisions=tuple(
            decision
            for decision in store.decisions()
            if all({decision.entry, decision.other} & (names - {""}) for names in about)
            and {decision.entry, decision.other} & {one.id, other.id}
        ),
    )


def _editions(store: Store, placement: Placement) -> set[str]:
    """All of its article: the first one has a line for each of them that is like it, and they for each other."""
    root = store.placements([placement.edition_of]).get(placement.edition_of) if placement.edition_of else None
    lines = (join for placed in (placement, root) if placed for join in placed.joins)
    named = {join.other for join in lines if join.relation is Relation.EDITION}
    return (named | ({placement.edition_of} if placement.edition_of else set())) - {placement.entry}


def _entries(store: Store, ids: Iterable[str]) -> tuple[Entry, ...]:
    """Those that are stored, in this order."""
    order = list(ids)
    found: Mapping[str, Entry] = {entry.id: entry for entry in store.known(Keys(ids=frozenset(order)))}
    return tuple(found[one] for one in order if one in found)


def _ledger(one: Standing, other: Standing, joined: set[Relation]) -> Iterable[Line]:
    """The lines that name the other one, the text that both repeat, or who brought either into their story."""
    for mine, theirs in ((one, other), (other, one)):
        for join in mine.placement.joins:
            of_both = join.other in (theirs.entry.id, theirs.root, theirs.placement.edition_of)
            if of_both or (join.relation is Relation.STORY and Relation.STORY in joined):
                yield Line(entry=mine.entry.id, join=join)


def _line(one: Standing, other: Standing, relation: Relation) -> str:
    """The evidence of the line between the two themselves; empty: there is none."""
    for mine, theirs in ((one, other), (other, one)):
        for join in mine.placement.joins:
            if join.relation is relation and join.other == theirs.entry.id:
                return join.evidence
    return ""


def _as_copies(one: Standing, other: Standing, compared: Join | str) -> Answer:
    if one.root == other.root:
        said = _line(one, other, Relation.COPY)
        third = "" if one.root in (one.entry.id, other.entry.id) else f"both repeat {one.root}"
        return _yes(Relation.COPY, *filter(None, (third, said)))
    if held := _held(one, other):
        return _no(Relation.COPY, held)
    if isinstance(compared, str):
        return _no(Relation.COPY, compared)
    alike = f"they are alike ({compared.evidence}), but "
    if one.placement.copy_of or other.placement.copy_of:
        return _no(Relation.COPY, f"{alike}one of them repeats a text with which the other one is not joined")
    if one.placement.published and other.placement.published:
        return _no(Relation.COPY, f"{alike}both are published, and what is published keeps its id")
    return _no(Relation.COPY, f"{alike}were not so when they were placed: `rebuild` compares them again")


def _as_tellings(one: Standing, other: Standing, compared: Join | str) -> Answer:
    story = one.placement.story
    if story and story == other.placement.story:
        said = _line(one, other, Relation.STORY)
        if one.root == other.root:
            said = "they are one text"
        elif not said and one.article == other.article:
            said = "they are editions of one article"
        return _yes(Relation.STORY, said or "through other entries of their story")
    if held := _held(one, other):
        return _no(Relation.STORY, held)
    if not story or not other.placement.story:
        return _no(Relation.STORY, "one of them is placed in no story")
    if isinstance(compared, str):
        return _no(Relation.STORY, compared)
    return _no(
        Relation.STORY,
        f"they are alike by the words of these days ({compared.evidence}), but when the later one came "
        "it was less so, or more like another story, and stories stay as they are",
    )


def _as_editions(one: Standing, other: Standing, compared: Join | str) -> Answer:
    if one.article == other.article:
        return _yes(Relation.EDITION, _line(one, other, Relation.EDITION) or "both are editions of a third one")
    if held := _held(one, other):
        return _no(Relation.EDITION, held)
    if isinstance(compared, str):
        return _no(Relation.EDITION, compared)
    return _no(
        Relation.EDITION, f"two signs agree ({compared.evidence}), but so they do for another one in its language"
    )


def _held(one: Standing, other: Standing) -> str:
    """What is held for another reason than a person's is compared with nothing."""
    reasons = (standing.placement.held for standing in (one, other))
    held = next((reason for reason in reasons if reason and reason != HIDDEN), "")
    return f"one of them is held, and compared with nothing: {held}" if held else ""


def _yes(relation: Relation, *why: str) -> Answer:
    return Answer(relation=relation, joined=True, why="; ".join(why) or "they were found alike")


def _no(relation: Relation, why: str) -> Answer:
    return Answer(relation=relation, joined=False, why=why)
