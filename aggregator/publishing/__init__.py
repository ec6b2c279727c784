"""From facts to documents: what topics catch, their feeds, archives and pages, on the shelf and in files."""
