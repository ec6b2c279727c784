"""More than one machine: what workers, the one who judges, and servers do together, by way of a database.

Nothing is imported here: each of them starts without what the others need.
"""
