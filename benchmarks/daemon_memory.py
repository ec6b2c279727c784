"""What the daemon holds in memory with 100,000 entries stored, under the shipped config and its topic.

    python benchmarks/daemon_memory.py [--entries 100000]

Entries are made up, in four languages (Ukrainian and Russian ones in Cyrillic letters, so that their dictionaries are
asked for every word), seen over the last 80 days; one in a hundred is of the topic. The shipped config is taken as it
is but for its sources, which are loopback ones that go on with what is stored. Memory is that of the process when it
has published the first pass; the children that read documents are told apart.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.replay import RecordedEntry, RecordedSource
from benchmarks.store_sigterm import playing
from benchmarks.synthetic import synthesize
from feeds.model import Entry
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.processes import children_of, resident
from tests.fakes.servers import free_port

SOURCES = 100
SPAN = timedelta(days=80)
"""Shorter than the 90 days that the shipped config keeps entries."""
PATIENCE = 300
"""Seconds for a start with everything stored, and for the first pass."""
SETTLING = 5
"""Seconds after the first pass: changed entries gather for two before they are published."""
SHIPPED = Path(__file__).parents[1] / "config.toml"
MARK = " security guarantees"
CYRILLIC = str.maketrans("abcdefgiklmnoprst", "абцдефгіклмнопрст")
IN_TOPIC = {"en": MARK, "pl": MARK, "uk": " гарантії безпеки", "ru": " гарантии безопасности"}


def entry_of(source: RecordedSource, recorded: RecordedEntry) -> Entry:
    """As an ingest would store it."""
    moment = recorded.published.astimezone(UTC)
    return Entry(
        id=hashlib.sha256(recorded.link.encode()).hexdigest()[:32],
        source=source.id,
        guid=recorded.link,
        url=recorded.link,
        canonical_url=recorded.link.removeprefix("https://"),
        title=recorded.title,
        content=recorded.description,
        language=source.language,
        published=moment,
        updated=moment,
        first_seen=moment,
        revised=moment,
        fingerprint=hashlib.sha256(recorded.description.encode()).hexdigest(),
    )


def spelt(source: RecordedSource) -> RecordedSource:
    """In the letters and with the topic's words of its language."""
    entries = tuple(
        RecordedEntry(
            title=_letters(one.title.removesuffix(MARK), source.language)
            + (IN_TOPIC[source.language] if one.title.endswith(MARK) else ""),
            link=one.link,
            published=one.published,
            description=f"<p>{_letters(one.description[3:-4], source.language)}</p>",
            language=source.language,
        )
        for one in source.entries
    )
    return RecordedSource(id=source.id, url=source.url, language=source.language, entries=entries)


def _letters(text: str, language: str) -> str:
    return text.translate(CYRILLIC) if language in {"uk", "ru"} else text


def fill(folder: Path, made: Sequence[RecordedSource], before: datetime) -> int:
    """Store what was published `before`, a source at a time; how many entries that are."""
    count = 0
    with open_store(folder, writable=True) as store:
        for source in made:
            entries = tuple(entry_of(source, one) for one in source.entries if one.published < before)
            count += len(entries)
            for first in range(0, len(entries), 100):
                store.commit(Change(entries=entries[first : first + 100]))
    return count


def shipped_config(urls: Sequence[tuple[str, str]], port: int) -> str:
    """The shipped config with these sources, (id, URL), in place of its own."""
    head, _, rest = SHIPPED.read_text("utf-8").partition("[[source]]")
    topics = rest[rest.index("[[topic]]") :]
    head = head.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("allow_private = false", "allow_private = true")
    sources = "".join(f'[[source]]\nid = "{name}"\nurl = "{url}"\n' for name, url in urls)
    return f"{head}\n{sources}\n{topics}"


def measured(config: Path) -> Iterator[tuple[str, float]]:
    """Names and values, of a daemon that is started, watched and stopped."""
    log = config.with_name("log")
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(config)]
    with log.open("wb") as err, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err) as process:
        try:
            began = time.perf_counter()
            _wait_for("serving at", log)
            yield "start_s", time.perf_counter() - began
            yield "serving_mb", resident(process.pid) / 1e6
            _wait_for("first pass done", log)
            time.sleep(SETTLING)
            yield "after_first_pass_mb", resident(process.pid) / 1e6
            yield "peak_mb", _peak(process.pid) / 1e6
            yield "reading_children_mb", sum(map(resident, children_of(process.pid))) / 1e6
            process.terminate()
            stopping = time.perf_counter()
            yield "exit_code", process.wait(30)
            yield "stop_s", time.perf_counter() - stopping
        finally:
            process.kill()


def _wait_for(words: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while words not in log.read_text("utf-8"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {words!r} in {PATIENCE} s:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(0.2)


def _peak(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=100_000)
    each = parser.parse_args().entries // SOURCES
    now = datetime.now(UTC)
    made = tuple(map(spelt, synthesize(sources=SOURCES, entries=each, start=now - SPAN, span=SPAN)))
    with tempfile.TemporaryDirectory() as name, playing(made, at=now) as replay:
        folder = Path(name)
        print(f"entries: {fill(folder / 'var' / 'store', made, now - timedelta(hours=1))}", flush=True)
        config = folder / "config.toml"
        config.write_text(shipped_config([(one.id, one.url) for one in replay.sources], free_port()), "utf-8")
        for what, value in measured(config):
            print(f"{what}: {value:.1f}", flush=True)


if __name__ == "__main__":
    main()
