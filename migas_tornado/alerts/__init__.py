"""What administrators should look at now. Contract: stats-and-websocket 4."""
