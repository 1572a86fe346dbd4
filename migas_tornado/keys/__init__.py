"""The RSA pairs by which agents and server know each other."""
