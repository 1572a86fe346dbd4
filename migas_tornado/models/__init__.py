"""The tables. They hold no rules: those live in the domain packages above."""

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
