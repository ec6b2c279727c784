"""The only importer of procrastinate: jobs in the database, each done by one of the workers that take from its queue.

A job says that something is to be done, never with what: it has no arguments, so that doing it twice, or once more
after a worker died, does no harm. A task's jobs wait in the queue of the task's name. Jobs that ended are gone.

Where PostgreSQL is lost, procrastinate may end in silence, log, or wait for an answer that never comes. Here it ends
with `Lost`, within seconds, and whoever wants to go on begins anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, Self

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, ProcrastinateException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager

from aggregator.cluster import job_tables
from aggregator.cluster.bringing import seen_through
from aggregator.cluster.pace import Pace
from aggregator.cluster.sockets import Sockets
from storage.postgres.session import APPLICATION, CONNECTING, FORMS, Lost, process_name

CONNECTIONS = 3
"""How many a `Jobs` has at most while `work` runs once: two to ask by, one to be told of new jobs."""
RESCUE = "rescue"
_FIRST = 10
"""Of those who wait, these are done first: they are short, and others wait for them."""
_STEP = 5.0
"""Seconds by which a clock may drift or be slewed between two looks; more is a step."""
_ABANDONED = 5.0
"""Seconds for procrastinate to end after jobs were told to: it has its rows to write."""

logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # with arguments and tracebacks; we tell what matters

Task = Callable[[], Awaitable[None]]


class Jobs:
    """What is there to be done. Open it with `async with`; after a `Lost`, open another one.

    Opening brings the tables up to date. Raises `Lost` where the database cannot be reached, and `StoreError` where it
    refuses, or was migrated by a later version.
    """

    def __init__(self, url: str, *, pace: Pace | None = None) -> None:
        self._url = url
        self._pace = pace or Pace()
        self._sockets = Sockets()
        self._connector = _Connector(
            conninfo=url,
            kwargs={
                "connect_timeout": CONNECTING,
                "application_name": f"{APPLICATION} {process_name()} jobs",
                "keepalives_idle": 30,
                "client_encoding": "UTF8",
            },
            configure=self._configure,
            min_size=0,
            max_size=2,
            timeout=self._pace.connection,
            reconnect_timeout=self._pace.answer,
            num_workers=1,
        )
        self._manager = _Manager(self._connector)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(job_tables.migrate, self._url, scripts())
        await self._connector.open_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def defer(self, task: str, *, once: str = "") -> bool:
        """Have `task` done by whoever takes from its queue. With `once`, not if a job of that mark waits already.

        True: there is one more job. Raises `Lost`.
        """
        job = Job(queue=task, task_name=task, lock=None, queueing_lock=once or None)
        try:
            await self._manager.defer_job_async(job)
        except AlreadyEnqueued:
            return False
        except ProcrastinateException as error:
            raise _lost(error) from error
        return True

    async def work(
        self,
        tasks: Mapping[str, Task],
        *,
        queues: Collection[str],
        concurrency: int,
        stop: asyncio.Event,
        each_second: Collection[str] = (),
    ) -> None:
        """Do jobs of `queues`, up to `concurrency` at once, until `stop`; what runs then is cancelled after a while.

        A job of `each_second` is there every second, for all who work together one. What a task raises ends the work
        and is raised, as is `Lost`.
        """
        while not stop.is_set():
            failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
            app = App(connector=self._connector, worker_defaults={}, periodic_defaults={"max_delay": 60})
            app.job_manager = self._manager
            for name, task in {**tasks, RESCUE: self._rescue}.items():
                _register(app, name, task, failed, every=self._every(name, each_second))
            running = asyncio.create_task(
                app.run_worker_async(
                    queues=sorted({*queues, *each_second, RESCUE}),
                    name="topicwire",
                    concurrency=concurrency,
                    fetch_job_polling_interval=self._pace.poll,
                    shutdown_graceful_timeout=self._pace.patience,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._pace.beat,
                    stalled_worker_timeout=self._pace.silent,
                ),
                name="jobs",
            )
            await self._until_one_ends(running, failed, stop)

    async def _until_one_ends(
        self, running: asyncio.Task[None], failed: asyncio.Future[Exception], stop: asyncio.Event
    ) -> None:
        """Returns when asked to stop, and when all is to begin anew on the same connections."""
        asked, watching = asyncio.create_task(stop.wait()), asyncio.create_task(self._watch())
        try:
            ends: set[asyncio.Future[Any]] = {running, asked, watching, failed}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            broken, silent = running.done(), watching.exception() if watching.done() else None
            await seen_through(self._end(running, watching, lost=broken or silent is not None))
        if stop.is_set():
            return
        if failed.done():
            raise failed.result()
        if silent:
            raise silent
        if broken:
            raise _lost(None if running.cancelled() else running.exception())

    async def _end(self, running: asyncio.Task[None], watching: asyncio.Task[None], *, lost: bool) -> None:
        await _ended(watching)
        if lost:
            await self._close()  # else whoever waits for an answer would go on waiting
        await _ended(running, patience=self._pace.patience + _ABANDONED)

    async def _watch(self) -> None:
        """Raises `Lost` when the database is silent. Returns when the clock was set: jobs of each second go by it."""
        ahead = time.time() - time.monotonic()
        while abs(time.time() - time.monotonic() - ahead) < _STEP:
            await asyncio.sleep(self._pace.look)
            # Never cancelled, which would wait for the server: the socket is cut, and the end of it is of no interest.
            asking = asyncio.create_task(self._manager.check_connection_async())
            asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
            answered, _ = await asyncio.wait({asking}, timeout=self._pace.answer)
            if not answered:
                raise Lost(f"PostgreSQL: no answer within {self._pace.answer:g} s")
            try:
                asking.result()
            except ProcrastinateException as error:
                raise _lost(error) from error

    async def _rescue(self) -> None:
        """Have jobs done again whose workers give no sign of life."""
        await self._manager.prune_stalled_workers(self._pace.silent)
        for job in await self._manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.silent):
            try:
                await self._manager.retry_job(job)
            except UniqueViolation:  # one of its mark waits, and does instead
                await self._manager.finish_job(job, Status.ABORTED, delete_job=True)
            except ConnectorException as error:
                if not _refused(error):
                    raise
                # Another worker was faster, or it ended after all.

    def _every(self, name: str, each_second: Collection[str]) -> str:
        """When a task's jobs come by themselves, as cron writes it, seconds last; empty: never."""
        if name == RESCUE:
            return f"* * * * * */{self._pace.rescue}"
        return "* * * * * *" if name in each_second else ""

    async def _configure(self, connection: Any) -> None:  # noqa: ANN401 - of psycopg, whose types go no further
        """Of each connection that is made."""
        self._sockets.take(connection)
        await connection.set_autocommit(True)  # each of procrastinate's questions is one statement
        for name, value in {**FORMS, "search_path": job_tables.SCHEMA}.items():
            await connection.execute("SELECT set_config(%s, %s, false)", [name, value])

    async def _close(self) -> None:
        self._sockets.cut()
        with contextlib.suppress(ProcrastinateException):
            await self._connector.close_async()


class _Connector(PsycopgConnector):
    """Knows that a key is there already in any language: procrastinate takes it from an English sentence."""

    async def execute_query_one_async(self, query: LiteralString, **arguments: object) -> dict[str, Any]:
        with _in_any_language():
            found: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        return found

    async def execute_query_all_async(self, query: LiteralString, **arguments: object) -> list[dict[str, Any]]:
        with _in_any_language():
            found: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
        return found


class _Manager(JobManager):
    """Takes it easy when a job that was done cannot be struck off: it is somebody else's by now, or will be."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - the signature of another
        with contextlib.suppress(ProcrastinateException):
            await super().finish_job(job, status, delete_job)


@contextlib.contextmanager
def _in_any_language() -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        meant = error.__context__
        constraint = getattr(getattr(meant, "diag", None), "constraint_name", None)
        if constraint is None:
            raise
        raise UniqueViolation(constraint_name=constraint, queueing_lock=None) from meant


def _register(app: App, name: str, task: Task, failed: asyncio.Future[Exception], *, every: str) -> None:
    """Jobs of `task` that come by themselves wait one at a time: who is late is not late many times."""

    async def run(timestamp: int = 0) -> None:  # noqa: ARG001 - procrastinate's, with jobs that come by themselves
        try:
            await task()
        except Exception as error:  # noqa: BLE001 - raised by `work`
            if not failed.done():
                failed.set_result(_lost(error) if isinstance(error, ProcrastinateException) else error)

    registered = app.task(
        name=name, queue=name, queueing_lock=name if every else None, priority=_FIRST if every else 0
    )(run)
    if every:
        app.periodic(cron=every)(registered)


def _lost(error: BaseException | None) -> Lost:
    """In words of PostgreSQL, where it had some."""
    said = error.__cause__ if isinstance(error, ConnectorException) else None
    return Lost(f"PostgreSQL: {' '.join(str(said).split()) if said else 'the connection was lost'}")


def _refused(error: ConnectorException) -> bool:
    """Whether the statement was at fault and not the connection: then the server says of which class (SQLSTATE)."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return state.startswith("P0")


def scripts() -> dict[str, str]:
    folder = Path(SchemaManager.get_migrations_path())
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.sql")}


async def _ended(task: asyncio.Task[None], *, patience: float = 1) -> None:
    """Cancelled and waited for; what it raises is of no interest."""
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # also later than is waited for
    task.cancel()
    await asyncio.wait({task}, timeout=patience)
