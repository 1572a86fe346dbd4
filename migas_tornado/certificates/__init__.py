"""The site's own certificate authority: who gets a certificate, and who had one.

Contract: enrolment-and-proxy 3 and 4.
"""
