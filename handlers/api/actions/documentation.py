"""The API's index, its OpenAPI document, and the page that shows it. Contract: admin-api 1.1, 3."""

from handlers.api.documentation import AssetHandler, DocsHandler, SchemaHandler
from handlers.api.index import IndexHandler

ROUTES = (
    (r"/api/schema/?", SchemaHandler),
    (r"/docs/?", DocsHandler),
    (r"/docs/([a-z.-]+)", AssetHandler),
    (r"/api/v1/token/?", IndexHandler),
    (r"/api/v1/token/(devices|catalog|mgi|accounts)/?", IndexHandler),
)
