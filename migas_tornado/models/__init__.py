"""The tables. They hold no rules: those live in the domain packages above."""
