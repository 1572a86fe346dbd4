"""The administrative REST resources: declared in `declared/`, served by one mechanism.

A declaration says what a resource shows, takes, filters by, and who may do what; reading, writing,
exporting, checking and the OpenAPI document all follow from it. Contract: admin-api.
"""
