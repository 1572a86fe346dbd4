"""GraphQL: the records of the administrative API, read-only, in a shape that the caller chooses.

Types follow from the resources' declarations, and so do permissions and visibility; a root field
costs as many statements as the REST list or record that it stands for. Contract: admin-api 3.
"""
