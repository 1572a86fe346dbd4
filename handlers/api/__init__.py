"""The administrative API: what scripts and the dashboard call."""
