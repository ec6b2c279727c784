"""Pure knowledge: what a feed, an entry, a story, a topic is. No socket, file, clock or log here."""
