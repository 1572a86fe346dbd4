"""The calls of the manager service that this server answers itself.

Contract: enrolment-and-proxy 3 and 6.
"""
