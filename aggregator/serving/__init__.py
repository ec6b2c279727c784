"""Readers are answered from the shelf, over HTTP."""
