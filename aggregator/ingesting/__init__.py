"""From what a source gave to facts: ask, judge, commit; what ages out."""
