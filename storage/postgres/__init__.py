"""What the PostgreSQL store is made of: the door to the database, its schema, and changes of facts as SQL."""
