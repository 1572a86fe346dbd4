"""A whole site in one file: taken while it runs, and put back into an empty instance."""
