"""The topic language: `syntax` reads a line, `expr` is what it means, `match` tells whether and where it holds.

`explain` tells why, and `written` gives a part of it back as text.
"""
