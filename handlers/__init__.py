"""HTTP handlers: read the request, call one domain function, write the answer."""
