"""How well credits are read from real texts: outlets and roles against labels made by hand, and what it costs.

    python benchmarks/credits.py [--half tune|final] [--show]

The labels are those of `tests/data/credits`, half of which were looked at while the rules were made (`tune`) and half
were not (`final`). A credit is right where the label has the outlet; its role is right where the label has that too.
Where a text's publisher names itself, the label says so, and the entry's own outlet is taken as known. Outlets that the
registry does not list count as missed; the second recall is without them. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import sqrt

from credit_texts import Label, labelled_field, labelled_texts

from feeds.read.attribution import Registry, credits_of, shipped
from feeds.read.attribution.chain import credits_in
from feeds.sanitize import escape_text

WORDS = 350


def judged(registry: Registry, half: str) -> Iterator[tuple[str, Label, str, str]]:
    """Every credit of the half, with what became of it: right, role, missed, unknown or false; and the text."""
    for label, title, plain in labelled_texts():
        if label.half != half:
            continue
        text = labelled_field(label, title, plain)
        named = {registry.of_name(one.outlet) or one.outlet: one for one in label.credits}
        own = frozenset(name for name, one in named.items() if one.role == "self")
        wanted = {name: one for name, one in named.items() if name not in own}
        found = {one.outlet: one for one in credits_in(text, field="body", registry=registry, own=own)}
        for name, one in wanted.items():
            if name in found:
                what = "right" if found[name].role == one.role else "role"
            else:
                what = "missed" if registry.of_name(one.outlet) else "unknown"
            yield what, label, name, around(text, one.start, one.end)
        for name, credit in found.items():
            if name not in wanted:
                yield "false", label, name, around(text, credit.span.start, credit.span.end)


def around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 90) : start]}[{text[start:end]}]{text[end : end + 60]}".replace("\n", " / ")


def share(right: int, of: int) -> str:
    """A share with its Wilson interval."""
    if not of:
        return "none"
    z, p = 1.96, right / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{p:.3f} ({middle - half:.3f} … {middle + half:.3f}), {right} of {of}"


def report(half: str, counts: Counter[str]) -> None:
    named = counts["right"] + counts["role"]
    missed = counts["missed"] + counts["unknown"]
    print(f"{half}: outlet precision: {share(named, named + counts['false'])}")
    print(f"{half}: outlet recall: {share(named, named + missed)}")
    print(f"{half}: outlet recall among the registry's: {share(named, named + counts['missed'])}")
    print(f"{half}: role accuracy: {share(counts['right'], named)}")


def cost(registry: Registry) -> None:
    """CPU of an entry with 350 words, of texts that have so many, best of 3."""
    texts = [text.split()[:WORDS] for _, _, text in labelled_texts() if len(text.split()) >= WORDS] * 20
    bodies = [f"<p>{escape_text(' '.join(words))}</p>" for words in texts]
    plain = [" ".join(words) for words in texts]
    silent = "".join("<p>The ferry sailed at noon, and the council met again to speak of locks and of money.</p>" * 21)
    print(f"texts of {WORDS} words: {len(bodies) // 20}")
    for name, read, given in (
        ("finding and judging names", lambda text: credits_in(text, field="body", registry=registry, own=()), plain),
        ("all, from HTML", lambda html: credits_of(title="", summary="", content=html, registry=registry), bodies),
        (
            "all, no outlet named",
            lambda html: credits_of(title="", summary="", content=html, registry=registry),
            [silent] * 300,
        ),
    ):
        print(f"{name}: {best_of_3(read, given) * 1e6:.0f} µs")


def hostile(registry: Registry) -> None:
    """CPU of 100 kB written to be slow, the worst of some."""
    pieces = (
        "Reuters ",
        "citing ",
        "according to the ",
        "сообщает ",
        "New York ",
        "reported by the news agency ",
        "a.com.",
        "Photo (",
    )
    costs = [
        best_of_3(
            lambda text: credits_in(text, field="body", registry=registry, own=()), [piece * (size // len(piece))] * 3
        )
        for size in (10_000, 100_000)
        for piece in pieces
    ]
    short, long = (max(some) * 1e3 for some in (costs[: len(pieces)], costs[len(pieces) :]))
    print(f"written to be slow, the worst: 10 kB {short:.1f} ms, 100 kB {long:.1f} ms")


def best_of_3(read: Callable[[str], object], texts: Iterable[str]) -> float:
    """CPU seconds a text."""
    texts = list(texts)
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            read(text)
        rounds.append((time.process_time() - start) / len(texts))
    return min(rounds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=("tune", "final"), action="append")
    options.add_argument("--show", action="store_true", help="what was not right, but never of the final half")
    asked = options.parse_args()
    start = time.process_time()
    registry = shipped()
    print(f"making the registry: {time.process_time() - start:.2f} s of CPU")
    for half in asked.half or ("tune", "final"):
        found = list(judged(registry, half))
        report(half, Counter(what for what, *_ in found))
        for what, label, name, where in sorted(found, key=lambda one: one[0]) if asked.show and half == "tune" else ():
            if what != "right":
                print(f"  {what}: {name} in {label.set} {label.id}: {where}")
    cost(registry)
    hostile(registry)


if __name__ == "__main__":
    main()
