"""Several processes over one database: who asks whom, what comes of it, and how readers everywhere get it.

Nothing is imported here: each of them starts without what the others need.
"""
