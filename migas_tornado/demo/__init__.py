"""A simulated fleet: for a first look, and for measuring."""
