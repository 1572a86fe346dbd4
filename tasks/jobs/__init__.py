"""The periodic jobs: a file for each family.

Each has `JOBS`, a tuple of `PeriodicJob`; to declare a job there is all that it takes to have it
run on the leader, recorded, and listed.
"""
