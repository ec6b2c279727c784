"""Several workers over one database: who asks whom, and what comes of it."""
