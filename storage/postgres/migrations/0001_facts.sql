-- The facts of `storage.port`. Whole values are JSON in UTF-8, as in the journal, but as bytes: neither `text` nor
-- `jsonb` takes every text that a feed may hold (U+0000). To read one: convert_from(document, 'UTF8').
-- Beside it stands what is asked for; clues of entries as marks of 16 bytes, so that their length costs nothing.

CREATE TABLE entry (
    id text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    guid bytea,
    url bytea,
    title bytea NOT NULL,
    moment bytea NOT NULL,
    first_seen timestamptz,
    tombstone bytea,
    burial bigint,
    -- An entry has its document in `body`; of one that left, a tombstone stays here.
    CHECK ((first_seen IS NULL) = (tombstone IS NOT NULL)),
    CHECK ((tombstone IS NULL) = (burial IS NULL))
);
CREATE INDEX entry_guid ON entry (guid);
CREATE INDEX entry_url ON entry (url);
CREATE INDEX entry_title ON entry (title);
CREATE INDEX entry_moment ON entry (moment);
CREATE INDEX entry_newest ON entry (first_seen DESC, id) WHERE first_seen IS NOT NULL;
CREATE INDEX entry_burial ON entry (burial) WHERE burial IS NOT NULL;
CREATE SEQUENCE burial;

-- A partition holds a week, and is dropped when all that it holds has left: keys stay longer than bodies.
CREATE TABLE body (
    id text COLLATE "C" NOT NULL,
    first_seen timestamptz NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (id, first_seen)
) PARTITION BY RANGE (first_seen);

CREATE TABLE revision (
    entry text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (entry, number)
);

CREATE TABLE placement (
    entry text COLLATE "C" PRIMARY KEY,
    copy_of text COLLATE "C",
    story text COLLATE "C" NOT NULL,
    held boolean NOT NULL,
    document bytea NOT NULL
);
CREATE INDEX placement_copy_of ON placement (copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX placement_story ON placement (story) WHERE story <> '';

-- Everything else, each kind known by a key of its own (`storage.keys`), which is JSON in UTF-8, too.
CREATE TABLE fact (
    kind text COLLATE "C" NOT NULL,
    key bytea NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (kind, key)
);
