"""The figures that the dashboard draws, and the counters behind those that would cost too much.

Contract: stats-and-websocket 1 - 3. Each statistic is declared in a file of its subject; `registry`
has them all.
"""
