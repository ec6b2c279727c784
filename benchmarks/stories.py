"""How well stories are told, and how fast: on labelled sets from the folder of real material.

    python benchmarks/stories.py [quality] [speed]

Quality, each figure with a 95 % interval (bootstrap over clusters or pairs, 1,000 draws): B³ of FNC-1 in 5 orders, pair
F1 of SemEval en-en and Telegram ru with the threshold chosen by 5-fold cross-validation, Google News titles as a lower
bound. Speed: stories alone at 100,000 kept entries, on feed entries and on 350-word bodies; CPU time, best of 3.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from time import process_time

from benchmarks.replay.recorded import read_folder
from feeds.dedupe.sketch import read_part, write_parts
from feeds.dedupe.story_index import StoryIndex
from feeds.dedupe.story_score import THRESHOLD, believed
from feeds.dedupe.story_terms import Frequencies, Query
from feeds.dedupe.terms import LABEL, Terms, unpack
from feeds.model import Entry
from feeds.sanitize import plain_text

ROOT = Path(__file__).parent.parent
CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", ROOT.parent / "shared" / "corpora"))
START = datetime(2023, 6, 1, tzinfo=UTC)
KEPT = 100_000
DRAWS = 1_000
TERMS = Terms()


def say(name: str, value: object) -> None:
    print(f"{name}: {value}", flush=True)


def lines(name: str) -> list[dict]:
    with gzip.open(CORPORA / "same-story" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as text:
        return [json.loads(line) for line in text]


def made(name: str, title: str, text: str, language: str, *, at: datetime = START, source: str = "") -> Entry:
    return Entry(
        id=name,
        source=source or name,
        guid=name,
        url="",
        canonical_url="",
        title=title or "-",
        language=language,
        published=at,
        updated=at,
        first_seen=at,
        revised=at,
        sketch=write_parts({LABEL: TERMS.of(title, text, language)}),
    )


def parted(text: str) -> tuple[str, str]:
    """A first line that looks like a title, and the rest."""
    first, _, rest = text.partition("\n")
    return (first, rest) if rest and len(first) < 150 else ("", text)


def told(entries: Sequence[Entry], threshold: float = THRESHOLD) -> list[str]:
    """The story of each, in this order."""
    index, stories = StoryIndex(threshold=threshold), []
    for entry in entries:
        story, _ = index.assign(entry)
        index.add(entry, story)
        stories.append(story)
    return stories


def b_cubed(gold: Sequence, found: Sequence) -> list[tuple[float, float]]:
    """Precision and recall of each entry."""
    golds, founds = defaultdict(set), defaultdict(set)
    for place, (one, other) in enumerate(zip(gold, found, strict=True)):
        golds[one].add(place)
        founds[other].add(place)
    scores = []
    for one, other in zip(gold, found, strict=True):
        both = len(golds[one] & founds[other])
        scores.append((both / len(founds[other]), both / len(golds[one])))
    return scores


def summed(scores: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    precision, recall = mean(one for one, _ in scores), mean(one for _, one in scores)
    return precision, recall, 2 * precision * recall / (precision + recall)


def interval(draw: Callable[[random.Random], float]) -> str:
    chance = random.Random(0)
    drawn = sorted(draw(chance) for _ in range(DRAWS))
    return f"{drawn[DRAWS // 40]:.3f}..{drawn[-DRAWS // 40 - 1]:.3f}"


def fnc(name: str, wanted: Callable[[int], bool]) -> None:
    rows = [row for row in lines("fnc") if wanted(row["cl"])]
    entries = {row["id"]: made(row["id"], *parted(row["text"]), "en") for row in rows}
    gold = {row["id"]: row["cl"] for row in rows}
    runs = []
    for seed in range(5):
        order = list(entries)
        random.Random(seed).shuffle(order)
        runs.append(dict(zip(order, b_cubed([gold[i] for i in order], told([entries[i] for i in order])), strict=True)))
    totals = [summed(list(run.values())) for run in runs]
    members = defaultdict(list)
    for one, claim in gold.items():
        members[claim].append(one)

    def drawn(chance: random.Random, figure: int) -> float:
        claims = chance.choices(list(members), k=len(members))
        return mean(summed([run[i] for claim in claims for i in members[claim]])[figure] for run in runs)

    for figure, label in enumerate(("precision", "recall", "F1")):
        span = interval(lambda chance, figure=figure: drawn(chance, figure))
        say(
            f"{name} B³ {label}",
            f"{mean(t[figure] for t in totals):.3f} ({span}), least {min(t[figure] for t in totals):.3f}",
        )


def titles() -> None:
    rows = lines("googlenews_titles")
    chance = random.Random(0)
    chance.shuffle(rows)
    found = told([made(row["id"], row["t"], "", "en") for row in rows])
    scores = b_cubed([row["cl"] for row in rows], found)
    for figure, label in enumerate(("precision", "recall", "F1")):
        say(f"Google News titles B³ {label}", f"{summed(scores)[figure]:.3f}")


def pairs(name: str, found: Sequence[tuple[Entry, Entry, bool]]) -> None:
    frequencies = Frequencies()
    texts = {entry.sketch: unpack(read_part(entry.sketch, LABEL) or b"") for one in found for entry in one[:2]}
    for sketch, terms in texts.items():
        frequencies.add(terms, sketch)
    scores = [believed(Query(texts[a.sketch], "", frequencies).likeness(texts[b.sketch])) for a, b, _ in found]
    gold = [same for _, _, same in found]
    said = [cross_validated(scores, gold, seed) for seed in range(5)]

    def drawn(chance: random.Random) -> float:
        places = chance.choices(range(len(gold)), k=len(gold))
        return mean(f1([one[i] for i in places], [gold[i] for i in places]) for one in said)

    say(f"{name} pairs", f"{len(gold)}, of them {sum(gold)} the same")
    say(
        f"{name} pair F1, threshold by cross-validation",
        f"{mean(f1(one, gold) for one in said):.3f} ({interval(drawn)})",
    )
    best = max((f1([score >= t for score in scores], gold), t) for t in scores)
    say(f"{name} pair F1 at the best threshold", f"{best[0]:.3f} at {best[1]:.2f}")


def f1(said: Sequence[bool], gold: Sequence[bool]) -> float:
    right = sum(a and b for a, b in zip(said, gold, strict=True))
    return 2 * right / (sum(said) + sum(gold)) if right else 0.0


def cross_validated(scores: Sequence[float], gold: Sequence[bool], seed: int) -> list[bool]:
    order = list(range(len(gold)))
    random.Random(seed).shuffle(order)
    said = [False] * len(gold)
    for fold in range(5):
        held = set(order[fold::5])
        rest = [place for place in order if place not in held]
        grid = [step / 200 for step in range(10, 120)]
        figures = [f1([scores[i] >= t for i in rest], [gold[i] for i in rest]) for t in grid]
        best = [t for t, figure in zip(grid, figures, strict=True) if figure == max(figures)]
        for place in held:
            said[place] = scores[place] >= best[len(best) // 2]
    return said


def quality() -> None:
    fnc("FNC-1, half for choosing", lambda claim: claim in chosen_claims())
    fnc("FNC-1, other half", lambda claim: claim not in chosen_claims())
    fnc("FNC-1", lambda _: True)
    english = [row for row in lines("semeval") if row["l1"] == row["l2"] == "en" and str(row["mt"]) == "False"]
    pairs("SemEval en-en", [(*both(n, row, "en"), float(row["sim"]) <= 2) for n, row in enumerate(english)])
    russian = [row for row in lines("telegram") if row["set"].startswith("ru")]
    pairs("Telegram ru", [(*both(n, row, "ru"), row["q"] == "OK") for n, row in enumerate(russian)])
    titles()


def chosen_claims() -> set[int]:
    return set(sorted({row["cl"] for row in lines("fnc")})[::2])


def both(number: int, row: dict, language: str) -> Iterator[Entry]:
    for side in "ab":
        title, text = (row[f"t{side}"], row[side]) if f"t{side}" in row else titled(row[side])
        yield made(f"{number}{side}", title, text, language)


def titled(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("  ")
    return (first, rest) if rest and len(first) < 200 else ("", text)


def feed_entries(count: int) -> list[Entry]:
    """Of the recorded month, again and again under new names, so close together that the window holds them all."""
    recorded = [(s.id, e) for s in read_folder(CORPORA / "replay-2023-06").sources for e in s.entries]
    recorded.sort(key=lambda pair: (pair[1].published, pair[1].link))
    made_once = [made(e.link, e.title, plain_text(e.description), e.language, source=s) for s, e in recorded]
    return spread(made_once, count)


def bodies(count: int) -> list[Entry]:
    """350 words each, of recorded texts put together: about as many different words as articles have."""
    recorded = [plain_text(e.description) for s in read_folder(CORPORA / "replay-2023-06").sources for e in s.entries]
    chance = random.Random(1)
    chance.shuffle(recorded)
    words = " ".join(recorded).split()
    pieces = [" ".join(words[at : at + 350]) for at in range(0, len(words) - 350, 350)][:12_000]
    return spread([made(str(n), text[:70], text, "en", source=f"s{n % 100}") for n, text in enumerate(pieces)], count)


def spread(entries: Sequence[Entry], count: int) -> list[Entry]:
    step = timedelta(hours=70) / KEPT
    return [
        replace(
            entries[n % len(entries)],
            id=f"{n:032x}",
            first_seen=START + n * step,
            published=START + n * step,
        )
        for n in range(count)
    ]


def speed(name: str, entries: Sequence[Entry]) -> None:
    window = timedelta(hours=70)
    held, timed = entries[:KEPT], entries[KEPT:]
    tracemalloc.start()
    index = StoryIndex(window=window)
    for entry in held:
        index.add(entry, entry.id)
    say(f"{name}: memory of {len(index)} kept entries, MB", f"{tracemalloc.get_traced_memory()[0] / 1e6:.0f}")
    tracemalloc.stop()
    begun = process_time()
    index = StoryIndex(window=window)
    for entry in held:
        index.add(entry, entry.id)
    say(f"{name}: start with {KEPT} entries, s", f"{process_time() - begun:.1f}")
    rates = []
    for part in range(3):
        some = timed[part::3]
        begun = process_time()
        for entry in some:
            story, _ = index.assign(entry)
            index.add(entry, story)
        rates.append((process_time() - begun) / len(some) * 1e6)
    say(f"{name}: µs an entry", f"{min(rates):.0f}")


def main() -> None:
    asked = sys.argv[1:] or ["quality", "speed"]
    if "quality" in asked:
        quality()
    if "speed" in asked:
        speed("feed entries", feed_entries(KEPT + 6_000))
        speed("350-word bodies", bodies(KEPT + 6_000))


if __name__ == "__main__":
    main()
