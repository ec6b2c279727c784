-- What judging asks for at every delivery. A plan is kept for as long as the connection, and one that was made while a
-- table had a page or two reads the whole of it, also when it has grown by thousands of pages a minute later. So here
-- nothing is read as a whole where an index leads to it.

-- For each entry that shares a clue, what is left of it, or its document; by id.
CREATE FUNCTION sharing(ids text[], guids bytea[], urls bytea[], titles bytea[], moments bytea[])
RETURNS TABLE (left_of_it bytea, whole bytea) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        SELECT shares.tombstone, shares.document
        FROM (
            SELECT unnest(ids) AS id
            UNION SELECT found.id FROM unnest(guids) AS mark, LATERAL (
                SELECT id FROM entry WHERE guid = mark OFFSET 0) AS found
            UNION SELECT found.id FROM unnest(urls) AS mark, LATERAL (
                SELECT id FROM entry WHERE url = mark OFFSET 0) AS found
            UNION SELECT found.id FROM unnest(titles) AS mark, LATERAL (
                SELECT id FROM entry WHERE title = mark OFFSET 0) AS found
            UNION SELECT found.id FROM unnest(moments) AS mark, LATERAL (
                SELECT id FROM entry WHERE moment = mark OFFSET 0) AS found
        ) AS one, LATERAL (
            SELECT entry.id, tombstone,
                (SELECT document FROM body WHERE body.id = entry.id AND body.first_seen = entry.first_seen) AS document
            FROM entry WHERE entry.id = one.id OFFSET 0
        ) AS shares
        ORDER BY shares.id;
END
$$;

CREATE FUNCTION placed(entries text[]) RETURNS SETOF bytea LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY SELECT document FROM placement WHERE entry = ANY (entries);
END
$$;
