"""Events as lines, for people or programs: one record, one line, nothing in it that strangers or secrets put there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

from aggregator.observing.cluster_events import ClusterEvent
from aggregator.observing.cluster_lines import of_the_cluster
from aggregator.observing.config_lines import placed, worded_for_config
from aggregator.observing.events import (
    AgedOut,
    AgeingHeld,
    Commanded,
    ConfigRefused,
    ConfigTaken,
    ControlClosed,
    EntryRefused,
    Event,
    ExampleBroken,
    ExportFailed,
    FirstPassed,
    Ingested,
    IngestResumed,
    IngestStopped,
    KeptBack,
    PagesRead,
    Published,
    PublishFailed,
    ReloadFailed,
    SourceChanged,
    Stopping,
    StoreMended,
    StoreUpgraded,
)
from aggregator.observing.log_form import Form
from aggregator.observing.logged import fields_of
from aggregator.observing.milestones import FirstStarted, PlacingAnew, ReloadEnded, ReloadStarted
from aggregator.observing.printable import escaped
from aggregator.observing.reader_events import (
    DocumentsFollowed,
    DocumentsLost,
    FrontEnded,
    Serving,
    SubscriptionChanged,
    TellingFailed,
)
from aggregator.observing.reader_lines import worded_for_readers
from aggregator.observing.worker_events import WorkerEvent
from aggregator.observing.worker_lines import worded_for_workers
from feeds.model import Failed, FailureKind, Fetched, Skipped, Unchanged
from feeds.polling import Condition, HealthChange

LOGGER = logging.getLogger("topicwire")
NOISY = ("apscheduler", "asyncio", "httpcore", "httpx", "pymorphy3")
"""Libraries that report what we report ourselves, some with whole URLs; their warnings are kept."""
SHORTEST_SECRET = 6
"""Shorter values are not looked for: `Accept: */*` is a header, too, and hiding `a` would hide the log."""
HIDDEN = "***"
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""Levels from here on, and what syslog(3) calls them."""


def configure(
    stream: TextIO,
    *,
    secrets: Iterable[str] = (),
    level: int = logging.INFO,
    form: Form = "text",
    prefixed: bool = False,
) -> OneLine:
    """Write log records to `stream`, one line each, `secrets` hidden; replaces what was set before.

    `prefixed`: each line begins with its level as syslog counts it, `<3>` for an error, for a journal to take off. The
    answer is what writes the lines, and takes more secrets.
    """
    sink = logging.StreamHandler(stream)
    lines = JsonLine(secrets) if form == "json" else OneLine(secrets)
    sink.setFormatter(_Prefixed(lines) if prefixed else lines)
    logging.basicConfig(level=level, handlers=[sink], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    return lines


class OneLine(logging.Formatter):
    """`2026-03-01 12:00:00Z info    tides: 2 new`, tracebacks included, everything unprintable escaped."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets: Sequence[str] = ()
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Show these no longer, nor those that are hidden already."""
        long = {one for one in secrets if len(one) >= SHORTEST_SECRET}
        self._secrets = sorted({*self._secrets, *long}, key=lambda one: (-len(one), one))

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S}Z {record.levelname.lower():7} {self._text(record)}"

    def _text(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return self._clean(text)

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return escaped(text)


class JsonLine(OneLine):
    """`{"time": "2026-03-01T12:00:00.000Z", "level": "info", "message": "tides: 2 new", …}`, keys as `fields_of`.

    Texts are escaped before they are JSON: whoever takes them out of it may show them to a terminal as they are.
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._text(record),
        }
        own: dict[str, str | float] = getattr(record, "fields", {})
        clean = {name: self._clean(one) if isinstance(one, str) else one for name, one in own.items()}
        return json.dumps(told | clean, ensure_ascii=False)


class _Prefixed(logging.Formatter):
    """`<4>` and what another one writes (sd-daemon(3))."""

    def __init__(self, lines: OneLine) -> None:
        super().__init__()
        self._lines = lines

    def format(self, record: logging.LogRecord) -> str:
        level = next((level for least, level in PRIORITIES if record.levelno >= least), 7)
        return f"<{level}>{self._lines.format(record)}"


def log_event(event: Event) -> None:
    """An observer: each event becomes one record, what went well in few words, what went wrong with its reason.

    A config that is refused has one more for each problem.
    """
    level, text = _worded(event)
    LOGGER.log(level, "%s", text, extra={"fields": fields_of(event)})
    if isinstance(event, ConfigRefused):
        for problem in event.problems:
            LOGGER.log(level, "%s", placed(event.file, problem))


def _worded(event: Event) -> tuple[int, str]:  # noqa: C901, PLR0911, PLR0912 - one line of text for each event, and no logic
    if isinstance(event, ClusterEvent | WorkerEvent):
        return worded_for_workers(event) if isinstance(event, WorkerEvent) else of_the_cluster(event)
    match event:
        case Ingested():
            return _ingested(event)
        case SourceChanged(source=source, change=change):
            return _changed(source, change)
        case PagesRead():
            return logging.INFO, _pages(event)
        case FirstPassed():
            return _first_passed(event)
        case IngestStopped() | IngestResumed() | StoreMended() | StoreUpgraded() | AgedOut() | AgeingHeld():
            return _of_the_store(event)
        case ConfigTaken() | ConfigRefused() | ReloadFailed() | ExampleBroken():
            return worded_for_config(event)
        case ReloadStarted() | ReloadEnded() | FirstStarted() | PlacingAnew():
            return logging.DEBUG, str(event)  # what comes of them has a line
        case Commanded(text=text):
            return logging.INFO, text
        case ControlClosed(reason=reason):
            return logging.WARNING, f"commands cannot reach this process: {reason}"
        case Published(topic=topic, entries=entries):
            return logging.INFO, f"published {topic}: {_count(entries, 'entry', 'entries')}"
        case PublishFailed(problem=problem):
            return logging.ERROR, f"publishing failed, readers keep the last good documents: {problem}"
        case EntryRefused(topic=topic, entry=entry, reason=reason):
            return logging.WARNING, f"{topic}: entry {entry} is left out: {reason}"
        case KeptBack(topic=topic, reason=reason):
            return logging.ERROR, f"{topic or 'pages'}: readers keep the last good documents: {reason}"
        case ExportFailed(path=path, reason=reason):
            return logging.WARNING, f"{path} could not be written: {reason}"
        case Serving() | FrontEnded() | SubscriptionChanged() | TellingFailed() | DocumentsLost() | DocumentsFollowed():
            return worded_for_readers(event)
        case Stopping(signal=signal):
            return logging.INFO, f"{signal}: finishing what is being written"


def _pages(event: PagesRead) -> str:
    reason = f"; {event.refused[0]}" if event.refused else ""
    more = f" (and {len(event.refused) - 1} more)" if len(event.refused) > 1 else ""
    return f"{event.source}: text from {event.taken} of {_count(event.asked, 'page', 'pages')}{reason}{more}"


def _of_the_store(
    event: IngestStopped | IngestResumed | StoreMended | StoreUpgraded | AgedOut | AgeingHeld,
) -> tuple[int, str]:
    match event:
        case IngestStopped(reason=reason):
            return logging.ERROR, f"fetching pauses, as nothing can be stored: {reason}"
        case IngestResumed():
            return logging.INFO, "fetching goes on: the store takes changes again"
        case StoreMended(offset=offset, size=size):
            cut = f"the last, unfinished record of {_count(size, 'byte', 'bytes')} at offset {offset} was cut off"
            return logging.WARNING, f"{cut}: it was never acknowledged"
        case StoreUpgraded(version=version, kept_as=kept_as):
            kept = f"; the older journal is {kept_as} now, and yours to delete" if kept_as else ""
            return logging.INFO, f"the store was upgraded from format {version}{kept}"
        case AgedOut(entries=entries):
            return logging.INFO, f"{_count(entries, 'entry', 'entries')} aged out"
        case AgeingHeld(entries=entries):
            return logging.WARNING, (
                f"{_count(entries, 'entry', 'entries')} old enough by the clock to leave: kept, as it may be wrong"
            )


def _first_passed(event: FirstPassed) -> tuple[int, str]:
    if event.reached:
        return logging.INFO, f"first pass done: {event.reached} of {event.sources} sources answered"
    return logging.WARNING, (
        f"none of the {event.sources} sources could be reached; they will be asked again, meanwhile the feeds hold "
        "what is stored (no network? `demo` works offline)"
    )


def _ingested(event: Ingested) -> tuple[int, str]:
    took = f" ({event.took.total_seconds():.1f} s)"
    if event.problem:
        return logging.ERROR, f"{event.source}: {event.problem}"
    match event.outcome:
        case Failed(kind=FailureKind.HELD, reason=reason):
            return logging.INFO, f"{event.source}: {reason}"
        case Failed(kind=kind, reason=reason):
            return logging.WARNING, f"{event.source}: {kind}: {reason}{took}"
        case Unchanged():
            return logging.INFO, f"{event.source}: unchanged{took}"
        case Fetched():
            counted = [
                *((f"{event.revised} revised",) if event.revised else ()),
                *((_count(event.copies, "copy", "copies"),) if event.copies else ()),
                *((f"{event.held} held",) if event.held else ()),
                *((_skipped(event.skipped),) if event.skipped else ()),
            ]
            return logging.INFO, f"{event.source}: {', '.join([f'{event.new} new', *counted])}{took}"


def _skipped(skipped: Sequence[Skipped]) -> str:
    """`2 skipped (no. 4: it has neither title, nor text, nor link; and 1 more)`."""
    first, *others = skipped
    more = f"; and {len(others)} more" if others else ""
    return f"{len(skipped)} skipped (no. {first.position + 1}: {first.reason}{more})"


def _changed(source: str, change: HealthChange) -> tuple[int, str]:
    if change.ended:
        return logging.INFO, f"{source}: no longer {change.condition}"
    said = f": {change.reason}" if change.reason else ""
    level = logging.INFO if change.condition is Condition.OK else logging.WARNING
    return level, f"{source} is {change.condition} from now on{said}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
