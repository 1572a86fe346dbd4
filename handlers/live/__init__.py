"""WebSockets: what happens now, pushed to who listens. Contract: stats-and-websocket 5."""
