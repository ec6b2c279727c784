-- The shared work of `storage.work`. All of it can be made anew from the config and the states of the sources.

CREATE TABLE host (
    name text COLLATE "C" PRIMARY KEY,
    -- The earliest of its sources that wait to be asked; null: none does.
    due timestamptz,
    rests_until timestamptz NOT NULL DEFAULT '-infinity',
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    fence bigint UNIQUE,
    worker text
);
CREATE INDEX host_due ON host (due) WHERE due IS NOT NULL;
CREATE SEQUENCE fence;

CREATE TABLE watch (
    source text COLLATE "C" PRIMARY KEY,
    host text COLLATE "C" NOT NULL,
    -- Null: it is not asked, because a delivery waits or because it is gone for good.
    due timestamptz
);
CREATE INDEX watch_due ON watch (host, due) WHERE due IS NOT NULL;

CREATE TABLE delivery (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL UNIQUE,
    worker text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    document bytea NOT NULL
);

-- Who works, and what of; a worker that is silent for long is taken for dead.
CREATE TABLE worker (
    name text COLLATE "C" PRIMARY KEY,
    beaten timestamptz NOT NULL,
    judges boolean NOT NULL,
    figures bytea NOT NULL
);
