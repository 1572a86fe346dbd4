"""The description of the API as an OpenAPI 3.1 document. Contract: admin-api 3.

What resources declare is described from their declarations; every other call is described by its
handler, by `described/`, or at least by its path, methods and first sentence.
"""

from migas_tornado.resources.openapi.calls import Call, Operation
from migas_tornado.resources.openapi.document import build_document

__all__ = ["Call", "Operation", "build_document"]
