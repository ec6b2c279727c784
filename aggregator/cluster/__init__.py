"""Work that more than one process shares, through a database: see docs/decisions/0017."""
