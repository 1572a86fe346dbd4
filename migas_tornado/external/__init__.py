"""Repositories of upstreams: fetched when asked for, and kept. Contract: agent-v5 4.1."""
