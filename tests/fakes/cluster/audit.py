"""What the database itself saw: triggers that only the test adds, and what they wrote down.

Nothing of it goes through the code that is tested: a delivery that should have been fenced off, a host that two had
leased at once or a judgement by somebody who holds no lock shows here, whoever did it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from storage.postgres import writer
from storage.postgres.session import SCHEMA

_TRIGGERS = """
CREATE SCHEMA audit;
CREATE TABLE audit.due (n bigserial, source text, due timestamptz, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE audit.leased (n bigserial, host text, fence bigint, worker text, before bigint, held_until timestamptz,
    at timestamptz DEFAULT clock_timestamp());
CREATE TABLE audit.brought (number bigint, source text, worker text, holder text, fence bigint,
    at timestamptz DEFAULT clock_timestamp());
CREATE TABLE audit.judged (n bigserial, number bigint, source text, by_judge boolean,
    at timestamptz DEFAULT clock_timestamp());

CREATE FUNCTION audit.on_watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit.due (source, due) VALUES (NEW.source, NEW.due); RETURN NULL; END $$;
CREATE TRIGGER audit_new AFTER INSERT ON {schema}.watch FOR EACH ROW EXECUTE FUNCTION audit.on_watch();
CREATE TRIGGER audit_moved AFTER UPDATE ON {schema}.watch FOR EACH ROW
    WHEN (NEW.due IS DISTINCT FROM OLD.due) EXECUTE FUNCTION audit.on_watch();

CREATE FUNCTION audit.on_host() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit.leased (host, fence, worker, before, held_until)
    VALUES (NEW.name, NEW.fence, NEW.worker, OLD.fence, OLD.leased_until); RETURN NULL; END $$;
CREATE TRIGGER audit_leased AFTER UPDATE ON {schema}.host FOR EACH ROW
    WHEN (NEW.fence IS DISTINCT FROM OLD.fence AND NEW.fence IS NOT NULL) EXECUTE FUNCTION audit.on_host();

CREATE FUNCTION audit.on_brought() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit.brought (number, source, worker, holder, fence)
    SELECT brought.number, brought.source, brought.worker, host.worker, host.fence FROM brought
        LEFT JOIN {schema}.watch ON watch.source = brought.source LEFT JOIN {schema}.host ON host.name = watch.host;
    RETURN NULL; END $$;
CREATE TRIGGER audit_brought AFTER INSERT ON {schema}.delivery REFERENCING NEW TABLE AS brought
    FOR EACH STATEMENT EXECUTE FUNCTION audit.on_brought();

CREATE FUNCTION audit.on_judged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO audit.judged (number, source, by_judge)
    SELECT judged.number, judged.source, EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND pid = pg_backend_pid() AND classid = {upper}::oid AND objid = {lower}::oid) FROM judged ORDER BY number;
    RETURN NULL; END $$;
CREATE TRIGGER audit_judged AFTER DELETE ON {schema}.delivery REFERENCING OLD TABLE AS judged
    FOR EACH STATEMENT EXECUTE FUNCTION audit.on_judged();
"""


@dataclass(frozen=True, slots=True)
class Due:
    """From `at` on a source was due at `due`; None: it was not."""

    source: int
    due: float | None
    at: float


class Audit:
    """Over a database that has our tables already."""

    def __init__(self, url: str) -> None:
        self._url = url

    def begin(self) -> None:
        lock = writer._LOCK
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(_TRIGGERS.format(schema=SCHEMA, upper=lock >> 32, lower=lock & 0xFFFFFFFF).encode())

    def ask(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self._url, autocommit=True, options=f"-c search_path={SCHEMA}") as connection:
            return connection.execute(statement.encode(), parameters or None).fetchall()

    def count(self, statement: str, *parameters: object) -> int:
        [(found,)] = self.ask(statement, *parameters)
        return int(str(found))

    def judged_since(self, moment: float) -> int:
        """How many sources had a delivery that was taken after `moment` and is judged."""
        return self.count(
            "SELECT count(DISTINCT judged.source) FROM audit.judged JOIN audit.brought USING (number)"
            " WHERE brought.at > to_timestamp(%s)",
            moment,
        )

    def judge(self) -> int | None:
        """The process that holds the judge's lock, as it names itself to the database."""
        named = self.ask(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
            " AND granted AND classid = %s::bigint::oid AND objid = %s::bigint::oid",
            writer._LOCK >> 32,
            writer._LOCK & 0xFFFFFFFF,
        )
        return int(str(named[0][0]).rpartition(":")[2]) if named else None

    def at_work(self) -> set[int]:
        """The processes of workers that have given a sign of life."""
        return {int(str(name).rpartition(":")[2]) for (name,) in self.ask("SELECT name FROM worker")}

    def dues(self) -> Sequence[Due]:
        rows = self.ask(
            "SELECT substr(source, 2)::integer, extract(epoch FROM due)::float8, extract(epoch FROM at)::float8"
            " FROM audit.due ORDER BY n"
        )
        return [Due(*row) for row in rows]  # type: ignore[arg-type] - as the statement says

    def brought(self) -> int:
        return self.count("SELECT count(*) FROM audit.brought")

    def brought_under_a_lost_fence(self) -> int:
        """Deliveries that were taken although another worker had the host by then."""
        return self.count("SELECT count(*) FROM audit.brought WHERE worker IS DISTINCT FROM holder")

    def lapses(self) -> Mapping[str, Sequence[float]]:
        """By host, when it was leased anew because nobody had given it back: its worker was dead, or stood still."""
        found: dict[str, list[float]] = {}
        for host, at in self.ask(
            "SELECT host, extract(epoch FROM at)::float8 FROM audit.leased WHERE before IS NOT NULL ORDER BY n"
        ):
            found.setdefault(str(host), []).append(float(str(at)))
        return found

    def leased_twice(self) -> int:
        """Leases that were given while an earlier one of the same host still ran."""
        return self.count("SELECT count(*) FROM audit.leased WHERE held_until > at")

    def judged_by_others(self) -> int:
        """Deliveries that left without the judge's lock."""
        return self.count("SELECT count(*) FROM audit.judged WHERE NOT by_judge")

    def judged_twice(self) -> int:
        return self.count("SELECT count(*) - count(DISTINCT number) FROM audit.judged")
