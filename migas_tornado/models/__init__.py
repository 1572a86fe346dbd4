"""The tables. They hold no rules: those live in the domain packages above."""

from tortoise import models

# For each model Tortoise parses its source again, looking for comments that begin with `#:`; ours
# have descriptions instead. It would be a fifth of the time that the server takes to start.
models._get_comments = lambda _model: {}

MODULES = (
    "migas_tornado.models.attributes",
    "migas_tornado.models.projects",
    "migas_tornado.models.accounts",
    "migas_tornado.models.deployments",
    "migas_tornado.models.computers",
    "migas_tornado.models.events",
    "migas_tornado.models.counters",
    "migas_tornado.models.devices",
    "migas_tornado.models.hardware",
    "migas_tornado.models.catalog",
    "migas_tornado.models.images",
    "migas_tornado.models.jobs",
    "migas_tornado.models.certificates",
    "aerich.models",
)
