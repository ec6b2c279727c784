"""How long a pattern takes over 100 kB, at worst: patterns that other engines never end with, and large ones."""

from __future__ import annotations

import time
from random import Random

from feeds.query import patterns

SIZE = 100_000
ENDLESS = ("(a+)+$", "(x+x+)+y", "(a|aa)+b", "(.*)(.*)(.*)(.*)q", ".*.*.*=.*")
"""What backtracking engines never end with."""
USUAL = (r"harbou?rs?", r"\bNo\. ?\d+", r"гарант\pL+ безпек\pL+", "порт(у|ом|і)", "a.{0,200}q", "(?-i)[A-Z]{2}-[0-9]+")
LARGE = (
    "((а|б|в)?.{0,500})q", "a.{600}q", "([a-z].{250}q|[а-я].{250}ы)", "(?:аб|вг|ae).{1,300}(xyz|ab){1,200}q",
    r"(\pL.{0,200}q)",
)  # fmt: skip
"""Near the limit of what is accepted, with as many ways to go on as could be thought of."""


def texts() -> dict[str, str]:
    random = Random(7)
    return {
        "a": "a" * SIZE,
        "words": " ".join("".join(random.choices("abcdexyzабвґ", k=random.randint(1, 9))) for _ in range(SIZE))[:SIZE],
        "near misses": ("ab q" * SIZE)[:SIZE],
        "q at the end": "a" * (SIZE - 1) + "q",
    }


def search_ms(pattern: str, text: str) -> float:
    """Best of 3, in CPU milliseconds, the pattern compiled before."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        patterns.found(pattern, text)
        best = min(best, time.process_time() - began)
    return best * 1000


def worst(some: tuple[str, ...]) -> float:
    return max(search_ms(pattern, text) for pattern in some for text in texts().values())


def main() -> None:
    assert not any(patterns.flaw(pattern) for pattern in (*USUAL, *LARGE))
    print(f"(a+)+$ over 100 kB, ms: {worst(('(a+)+$',)):.2f}")
    print(f"endless patterns over 100 kB, worst ms: {worst(ENDLESS):.2f}")
    print(f"usual patterns over 100 kB, worst ms: {worst(USUAL):.2f}")
    print(f"largest patterns over 100 kB, worst ms: {worst(LARGE):.1f}")


if __name__ == "__main__":
    main()
