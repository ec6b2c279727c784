-- What people ask of the one who judges, from any machine, and what comes of it: bytes that `aggregator.control` knows.

CREATE TABLE command (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Chosen by whoever asks: said twice, it is one command.
    name text COLLATE "C" NOT NULL UNIQUE,
    asked bytea NOT NULL,
    -- Nobody begins with it later than that.
    until timestamptz NOT NULL,
    begun_by text,
    answer bytea
);
