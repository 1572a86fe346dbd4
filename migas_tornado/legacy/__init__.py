"""Protocol 4: a translation onto the domain that protocol 5 uses too. Contract: agent-v4."""
