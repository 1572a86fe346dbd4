"""Calls of agents, protocol 4. Contract: agent-v4."""
