"""Who publishes what in a simulated month, all of it drawn from a seed: the test's own books begin here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from benchmarks.replay.recorded import RecordedEntry
from benchmarks.synthetic import made_up_text, made_up_words
from tests.fakes.month.tempers import Temper

SUBJECTS = (
    *("harbour", "ferry", "bridge", "lighthouse", "orchard", "railway", "tunnel", "museum", "glacier", "reservoir"),
    *("vineyard", "quarry", "aqueduct", "cathedral", "windmill", "lagoon", "volcano", "library", "stadium", "airport"),
)
"""One a topic; no made-up word is any of them."""
RELAYED = 0.3
"""Share of an agency's texts that others repeat."""
EDITED = 0.05
"""Share of the texts of which nobody has a copy that are edited later."""
WORDS = 70
UPDATED = "This report was updated later on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article of one outlet."""

    group: int
    """Those with the same text have the same one."""
    subject: str
    """Empty: of no topic."""
    published: datetime
    entry: RecordedEntry
    edited: datetime | None = None
    """From then on its text is a longer one."""

    @property
    def link(self) -> str:
        """Its guid as well."""
        return self.entry.link

    @property
    def is_empty(self) -> bool:
        """Nobody can keep it."""
        return not self.entry.link

    def at(self, now: datetime) -> RecordedEntry:
        """As it reads at a moment."""
        if self.edited is None or now < self.edited:
            return self.entry
        return replace(self.entry, description=self.entry.description + f"<p>{UPDATED}</p>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One source: its temper, where it lives, and all that it publishes, oldest first."""

    id: str
    temper: Temper
    host: int
    """Number of its loopback address."""
    form: str
    """A key of `benchmarks.replay.documents.FORMATS`."""
    pieces: tuple[Piece, ...] = field(repr=False)

    @property
    def path(self) -> str:
        return f"/{self.id}.xml"

    def shown(self, now: datetime) -> tuple[Piece, ...]:
        """What its document lists, oldest first."""
        until = bisect_right(self.pieces, now, key=lambda piece: piece.published)
        return self.pieces[max(0, until - self.temper.width) : until]


@dataclass(slots=True, kw_only=True)
class _Newsroom:
    """Writes texts, each once."""

    draw: Random
    vocabulary: tuple[str, ...]
    on_subject: float
    groups: int = 0

    def write(self, outlet: str, moment: datetime, *, text: tuple[int, str, str, str] | None = None) -> Piece:
        """A new text, or the one that somebody else wrote: group, subject, title, body."""
        group, subject, title, body = text or self._text()
        link = f"https://{outlet}.example/{moment:%Y/%m/%d}/{group}"
        entry = RecordedEntry(title=title, link=link, published=moment, description=f"<p>{body}</p>", language="en")
        alone = text is None and self.draw.random() < EDITED
        edited = moment + timedelta(hours=self.draw.uniform(2, 20)) if alone else None
        return Piece(group=group, subject=subject, published=moment, entry=entry, edited=edited)

    def _text(self) -> tuple[int, str, str, str]:
        self.groups += 1
        subject = self.draw.choice(SUBJECTS) if self.draw.random() < self.on_subject else ""
        words = made_up_text(self.draw, self.vocabulary, 8)
        body = " ".join(self.draw.choices(self.vocabulary, k=WORDS))
        return self.groups, subject, f"{words} {subject}".strip(), body


def outlets(
    tempers: Sequence[Temper], *, count: int, began: datetime, days: float, per_day: float, on_subject: float, seed: int
) -> tuple[Outlet, ...]:
    """`count` outlets, the last ones of the plain temper; ordinary ones bring `per_day` texts.

    A share of `on_subject` of the texts is on some subject. Some of the texts of the first plain one, an agency, come
    again in some of the others within hours.
    """
    draw = Random(seed)
    room = _Newsroom(draw=draw, vocabulary=made_up_words(draw, 20_000), on_subject=on_subject)
    people = [*tempers, *[Temper(name="plain")] * (count - len(tempers))]
    hosts = {temper.host or str(number): number for number, temper in reversed(list(enumerate(people)))}
    made: list[tuple[str, Temper, int, list[Piece]]] = []
    for number, temper in enumerate(people):
        name = f"{temper.name}-{number}"
        moments = _moments(draw, temper, began, days, per_day)
        pieces = [room.write(name, moment) for moment in moments]
        made.append((name, temper, hosts[temper.host or str(number)], pieces))
    _relay(room, [one for one in made if one[1].name == "plain"], until=began + timedelta(days=days))
    return tuple(
        Outlet(
            id=name,
            temper=temper,
            host=host,
            form=("rss", "atom")[number % 2],
            pieces=tuple(sorted(_with_empty_ones(temper, pieces, began), key=lambda piece: piece.published)),
        )
        for number, (name, temper, host, pieces) in enumerate(made)
    )


def _moments(draw: Random, temper: Temper, began: datetime, days: float, per_day: float) -> list[datetime]:
    """When the outlet publishes: at random, from some days before the month on, so that its first document is full."""
    rate = (temper.per_day or per_day) / 86400
    found, second = [], -3 * 86400.0
    while (second := second + draw.expovariate(rate)) < days * 86400:
        if not temper.silent[0] <= second / 86400 < temper.silent[1]:
            found.append(began + timedelta(seconds=int(second)))
    burst = began + timedelta(days=temper.burst)
    return found + [burst + timedelta(seconds=10 * n) for n in range(3 * temper.width if temper.burst else 0)]


def _relay(room: _Newsroom, plain: Sequence[tuple[str, Temper, int, list[Piece]]], *, until: datetime) -> None:
    if len(plain) < 4:
        return
    agency, *others = plain
    relayed = [piece for piece in agency[3] if not piece.edited and room.draw.random() < RELAYED]
    for piece in relayed:
        for name, _, _, pieces in room.draw.sample(others, k=room.draw.randint(1, 3)):
            moment = piece.published + timedelta(minutes=room.draw.randint(5, 300))
            if moment < until:
                body = piece.entry.description.removeprefix("<p>").removesuffix("</p>")
                text = (piece.group, piece.subject, piece.entry.title, body)
                pieces.append(room.write(name, moment, text=text))


def _with_empty_ones(temper: Temper, pieces: Sequence[Piece], began: datetime) -> Sequence[Piece]:
    empty = [
        Piece(
            group=0,
            subject="",
            published=began + timedelta(days=day),
            entry=RecordedEntry(title="", link="", published=began),
        )
        for day in temper.empty_on
    ]
    return [*pieces, *empty]
