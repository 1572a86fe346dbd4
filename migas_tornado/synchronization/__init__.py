"""What happens when a computer reports to the server and asks what it has to do."""
