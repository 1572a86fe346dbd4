"""Calls of agents, protocol 5. Contract: agent-v5."""
