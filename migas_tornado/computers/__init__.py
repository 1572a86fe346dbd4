"""What administrators learn of computers and do to them. Contract: admin-api 5.10."""
