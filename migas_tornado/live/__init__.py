"""What happens in the fleet now, kept up to date for whoever follows it.

A topic is read from the database when the bus tells of a cause or its time has come, so that a lost
message delays it and no more. Everybody who sees the same of a topic shares one feed of it.
"""
