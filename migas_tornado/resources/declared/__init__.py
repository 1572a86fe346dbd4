"""The resources: a file for each family, each with a tuple `RESOURCES`."""
