-- The shared work of `storage.work`. All of it can be made anew from the config and the states of the sources.
--
-- What a host and its sources wait for is changed under a lock on the host's row. Where several are locked, it is done
-- in the order of their names, first of all and in a statement of its own: so nobody waits in a circle, and what is
-- looked at behind it is as the one before left it. Each change is one function, that is one message to the server:
-- a worker that is stopped in the midst of it holds no lock.

CREATE TABLE host (
    name text COLLATE "C" PRIMARY KEY,
    -- Not later than the earliest of its sources that wait to be asked; null: none does.
    due timestamptz,
    rests_until timestamptz NOT NULL DEFAULT '-infinity',
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    -- Of the lease that was not given back, though it may be over. No index has it: so a lease writes none.
    fence bigint,
    worker text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX host_due ON host (due) WHERE due IS NOT NULL;
CREATE SEQUENCE fence;

CREATE TABLE watch (
    source text COLLATE "C" PRIMARY KEY,
    host text COLLATE "C" NOT NULL,
    -- Null: it is not asked, because a delivery waits or because it is gone for good.
    due timestamptz,
    -- The fence under which it was brought last: what is brought once more under it was taken before.
    brought bigint
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX watch_due ON watch (host, due) WHERE due IS NOT NULL;

CREATE TABLE delivery (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL UNIQUE,
    worker text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    document bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Who works, and what of; a worker that is silent for long is taken for dead.
CREATE TABLE worker (
    name text COLLATE "C" PRIMARY KEY,
    beaten timestamptz NOT NULL,
    judges boolean NOT NULL,
    figures bytea NOT NULL
);

-- Those of a batch: what is leased now, a row a source, with the document of its state.
CREATE FUNCTION lease(moment timestamptz, hosts integer, sources integer, term interval, who text)
RETURNS TABLE (at_host text, under bigint, asked text, state bytea) LANGUAGE plpgsql AS $$
DECLARE
    looked_at text[];
    ours text[] := '{}';
    more text[];
BEGIN
    LOOP
        looked_at := ARRAY(
            SELECT name FROM host
            WHERE due <= moment AND leased_until <= clock_timestamp() AND rests_until <= clock_timestamp()
            ORDER BY due LIMIT hosts - cardinality(ours)
            FOR UPDATE SKIP LOCKED
        );
        EXIT WHEN looked_at = '{}';
        -- Where nothing is due after all, `due` was too early: put right, it is not looked at again.
        WITH first AS MATERIALIZED (
            SELECT one, (SELECT min(due) FROM watch WHERE host = one AND due IS NOT NULL) AS due
            FROM unnest(looked_at) AS one
        ), changed AS (
            UPDATE host SET
                due = first.due,
                fence = CASE WHEN first.due <= moment THEN nextval('fence') ELSE fence END,
                leased_until = CASE WHEN first.due <= moment THEN clock_timestamp() + term ELSE leased_until END,
                worker = CASE WHEN first.due <= moment THEN who ELSE worker END
            FROM first WHERE name = one
            RETURNING name, first.due
        )
        SELECT array_agg(name) FILTER (WHERE due <= moment) INTO more FROM changed;
        ours := ours || more;
    END LOOP;
    IF ours = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT name, fence, waits.source, (
            SELECT document FROM fact WHERE kind = 'states' AND key = convert_to(to_json(waits.source)::text, 'UTF8')
        )
        FROM host CROSS JOIN LATERAL (
            SELECT watch.source, watch.due FROM watch
            WHERE watch.host = name AND watch.due <= moment ORDER BY watch.due LIMIT sources
        ) AS waits
        WHERE name = ANY (ours)
        ORDER BY host.due, name, waits.due, waits.source;
END
$$;

-- The sources whose delivery was taken, now or before.
CREATE FUNCTION bring(sources text[], fences bigint[], documents bytea[], who text)
RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    -- Not waited for: a server that crashes at once has forgotten it whole, and the source is asked again. A lease is
    -- waited for, as its fence must not be given twice.
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM FROM host WHERE name IN (SELECT host FROM watch WHERE source = ANY (sources)) ORDER BY name FOR UPDATE;
    RETURN QUERY
        WITH given AS (
            SELECT place, given.source, given.document, given.fence, brought IS NOT DISTINCT FROM given.fence AS before
            FROM unnest(sources, fences, documents) WITH ORDINALITY AS given (source, fence, document, place)
            JOIN watch USING (source)
            JOIN host ON name = watch.host AND host.fence = given.fence
        ), taken AS (
            INSERT INTO delivery (source, worker, document)
            SELECT source, who, document FROM given WHERE NOT before ORDER BY place
            ON CONFLICT DO NOTHING
            RETURNING source
        ), off AS (
            UPDATE watch SET due = NULL, brought = host.fence FROM taken, host
            WHERE watch.source = taken.source AND name = watch.host
        )
        SELECT source FROM taken UNION SELECT source FROM given WHERE before;
END
$$;

CREATE FUNCTION put_off(of_host text, under bigint, sources text[], until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM host WHERE name = of_host AND fence = under FOR UPDATE;
    IF FOUND THEN
        UPDATE watch SET due = until WHERE source = ANY (sources) AND host = of_host AND due IS NOT NULL;
        UPDATE host SET due = (SELECT min(watch.due) FROM watch WHERE watch.host = name AND watch.due IS NOT NULL)
        WHERE name = of_host;
    END IF;
END
$$;

CREATE FUNCTION renew(hosts text[], fences bigint[], term interval) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM host WHERE name = ANY (hosts) ORDER BY name FOR UPDATE;
    RETURN QUERY
        UPDATE host SET leased_until = clock_timestamp() + term WHERE name = ANY (hosts) AND fence = ANY (fences)
        RETURNING fence;
END
$$;

CREATE FUNCTION give_back(hosts text[], fences bigint[], rest interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true); -- as above
    PERFORM FROM host WHERE name = ANY (hosts) ORDER BY name FOR UPDATE;
    UPDATE host SET
        due = (SELECT min(watch.due) FROM watch WHERE watch.host = name AND watch.due IS NOT NULL),
        fence = NULL, worker = NULL, leased_until = '-infinity',
        rests_until = greatest(rests_until, clock_timestamp() + rest)
    WHERE name = ANY (hosts) AND fence = ANY (fences);
END
$$;

-- What was brought of these sources is judged, or given up; each is due again at the moment beside it.
CREATE FUNCTION settle(sources text[], moments timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM host WHERE name IN (SELECT host FROM watch WHERE source = ANY (sources)) ORDER BY name FOR UPDATE;
    IF FOUND THEN
        UPDATE watch SET due = given.due FROM unnest(sources, moments) AS given (source, due)
        WHERE watch.source = given.source;
        UPDATE host SET due = first.due FROM (
            SELECT host, min(given.due) AS due
            FROM unnest(sources, moments) AS given (source, due) JOIN watch USING (source) GROUP BY host
        ) AS first
        WHERE name = first.host AND first.due < coalesce(host.due, 'infinity');
    END IF;
    DELETE FROM delivery WHERE source = ANY (sources);
END
$$;

-- Watch these and no others.
CREATE FUNCTION follow(sources text[], hosts text[], moments timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE followed (source text COLLATE "C" PRIMARY KEY, host text COLLATE "C", due timestamptz)
        ON COMMIT DROP;
    INSERT INTO followed SELECT * FROM unnest(sources, hosts, moments);
    UPDATE followed SET due = NULL FROM delivery WHERE delivery.source = followed.source;
    CREATE TEMPORARY TABLE touched (name text COLLATE "C" PRIMARY KEY) ON COMMIT DROP;
    INSERT INTO touched
        SELECT unnest(ARRAY[watch.host, followed.host]) FROM watch FULL JOIN followed USING (source)
        WHERE (watch.host, watch.due) IS DISTINCT FROM (followed.host, followed.due)
        EXCEPT SELECT NULL;
    IF FOUND THEN
        ANALYZE followed, touched;
        INSERT INTO host (name) SELECT name FROM touched ORDER BY name ON CONFLICT DO NOTHING;
        PERFORM FROM host WHERE name IN (SELECT name FROM touched) ORDER BY name FOR UPDATE;
        -- What workers brought meanwhile waits, too.
        UPDATE followed SET due = NULL FROM delivery WHERE delivery.source = followed.source;
        DELETE FROM watch WHERE host IN (SELECT name FROM touched)
            AND NOT EXISTS (SELECT FROM followed WHERE followed.source = watch.source);
        INSERT INTO watch (source, host, due)
            SELECT source, host, due FROM followed WHERE host IN (SELECT name FROM touched)
            ON CONFLICT (source) DO UPDATE SET host = excluded.host, due = excluded.due
            WHERE (watch.host, watch.due) IS DISTINCT FROM (excluded.host, excluded.due);
        UPDATE host SET due = (SELECT min(watch.due) FROM watch WHERE watch.host = name AND watch.due IS NOT NULL)
        WHERE name IN (SELECT name FROM touched);
        ANALYZE host, watch;
    END IF;
    -- A host that nobody watches stays until nobody asks it any more and its rest is over.
    DELETE FROM host WHERE name IN (
        SELECT name FROM host WHERE NOT EXISTS (SELECT FROM watch WHERE watch.host = name)
            AND leased_until <= clock_timestamp() AND rests_until <= clock_timestamp()
        FOR UPDATE SKIP LOCKED
    );
END
$$;
