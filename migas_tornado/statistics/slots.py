"""How counters that everybody writes are split, so that nobody waits long for them."""

SLOTS = 4
"""A computer writes the row of `id % SLOTS`; who reads adds them up. The triggers know it too."""
