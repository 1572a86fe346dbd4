"""Who is reached by what, and from which day: the attributes and calendars of deployments."""
