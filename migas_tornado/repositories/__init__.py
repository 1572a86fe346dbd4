"""What turns the packages of a deployment into a repository that package managers can read."""
