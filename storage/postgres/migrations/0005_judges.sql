-- How many judges may have died of a delivery: counted up before one begins with it, and down where it did not die.
ALTER TABLE delivery ADD tried integer NOT NULL DEFAULT 0;

-- How often somebody came to write: whoever lost the lock and has it again sees whether another one had it meanwhile.
CREATE TABLE writing (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    term bigint NOT NULL
);
