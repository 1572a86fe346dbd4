"""What leads from a record to others: links to lists, with the number of records in each.

Contract: admin-api 6.1.
"""
