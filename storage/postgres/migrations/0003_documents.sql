-- What is published, for servers that answer readers from here. All of it follows from the facts and the config: whoever
-- judges makes it anew. Tokens of private feeds are in `shelf.rest`.

CREATE TABLE shelf (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Of the last swap; rises with every one, and is about the time of it in microseconds, so that a database that was
    -- restored gives no number for the second time.
    version bigint NOT NULL,
    -- All that is published besides documents, as JSON in UTF-8.
    rest bytea NOT NULL
);

-- The last swaps: whoever followed up to one of these can go on from there; anybody else reads everything anew.
CREATE TABLE swap (version bigint PRIMARY KEY);

CREATE TABLE published (
    -- 0: for everybody; from 1 on: the place among those behind a token.
    place integer NOT NULL,
    path text COLLATE "C" NOT NULL,
    -- The swap that brought it as it is, or took it away.
    version bigint NOT NULL,
    media_type text NOT NULL,
    etag text NOT NULL,
    gzip_etag text NOT NULL,
    last_modified timestamptz NOT NULL,
    fresh_for interval,
    link text NOT NULL,
    -- Whether servers hold it unpacked as well.
    unpacked boolean NOT NULL,
    -- The document. Null: it is gone, and this is the mark of that, for those who follow.
    gzip bytea,
    PRIMARY KEY (place, path)
);
ALTER TABLE published ALTER gzip SET STORAGE EXTERNAL; -- it is compressed already
CREATE INDEX published_version ON published (version);
CREATE INDEX published_gone ON published (version) WHERE gzip IS NULL;

-- What subscribers asked servers for, until the one who judges has taken it.
CREATE TABLE subscribing (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The form as it was sent; it may hold a subscriber's secret.
    body bytea NOT NULL
);
