"""The door to the network, and what comes through it: who may ask when, which addresses, reading in children."""
