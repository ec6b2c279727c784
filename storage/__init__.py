"""Memory: one port, `Store`, and what keeps its promises. Knows nothing of similarity."""
