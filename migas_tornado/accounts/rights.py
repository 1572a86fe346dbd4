"""The permissions that exist, and the groups and accounts of a new server.

Contract: data-model 10.3; admin-api 1.4.
"""

ACTIONS = ("add", "change", "delete", "view")

MODELS: dict[str, dict[str, str]] = {
    "core": {
        "attribute": "attribute",
        "attributeset": "attribute set",
        "clientattribute": "feature",
        "clientproperty": "formula",
        "deployment": "deployment",
        "domain": "domain",
        "externalsource": "external deployment",
        "internalsource": "internal deployment",
        "package": "package",
        "packageset": "package set",
        "platform": "platform",
        "project": "project",
        "property": "property",
        "schedule": "schedule",
        "scheduledelay": "schedule delay",
        "scope": "scope",
        "serverattribute": "tag",
        "serverproperty": "stamp",
        "singularity": "singularity",
        "store": "store",
        "userprofile": "user profile",
    },
    "client": {
        "computer": "computer",
        "error": "error",
        "fault": "fault",
        "faultdefinition": "fault definition",
        "migration": "migration",
        "notification": "notification",
        "packagehistory": "package history",
        "statuslog": "status log",
        "synchronization": "synchronization",
        "user": "user",
    },
    "device": {
        "capability": "capability",
        "connection": "connection",
        "device": "device",
        "driver": "driver",
        "logical": "logical device",
        "manufacturer": "manufacturer",
        "model": "model",
        "type": "type",
    },
    "hardware": {
        "capability": "capability",
        "configuration": "configuration",
        "logicalname": "logical name",
        "node": "node",
    },
    "app_catalog": {
        "application": "application",
        "category": "category",
        "packagesbyproject": "packages by project",
        "policy": "policy",
        "policygroup": "policy group",
    },
    "mgi": {
        "build": "build",
        "config": "configuration",
        "flavour": "flavour",
        "release": "release",
    },
    "auth": {"group": "group", "permission": "permission", "user": "account"},
}
"""Application label -> model -> its name for people."""

Right = tuple[str, str, str]
"""Action, application label, model; such as `("view", "core", "store")`."""


def _rights(actions: tuple[str, ...], app: str, models: str) -> list[Right]:
    return [(action, app, model) for model in models.split() for action in actions]


_VIEW = ("view",)

GROUPS: dict[str, list[Right]] = {
    "Reader": [
        *_rights(
            _VIEW,
            "client",
            "computer user error fault faultdefinition migration notification statuslog "
            "packagehistory synchronization",
        ),
        *_rights(
            _VIEW,
            "core",
            "attribute attributeset schedule scheduledelay project package packageset deployment "
            "store userprofile domain scope platform property",
        ),
        *_rights(_VIEW, "app_catalog", "policy policygroup application packagesbyproject"),
        *_rights(_VIEW, "device", " ".join(MODELS["device"])),
        *_rights(_VIEW, "hardware", " ".join(MODELS["hardware"])),
    ],
    "Liberator": [
        *_rights(ACTIONS, "core", "deployment schedule scheduledelay"),
        *_rights(ACTIONS, "app_catalog", "policy policygroup application packagesbyproject"),
        ("add", "client", "notification"),
    ],
    "Packager": _rights(ACTIONS, "core", "package packageset store"),
    "Computer Checker": _rights(ACTIONS, "client", "error fault synchronization"),
    "Device installer": _rights(
        ACTIONS, "device", "connection manufacturer model type device driver logical"
    ),
    "Configurator": [
        *_rights(ACTIONS, "client", "faultdefinition synchronization migration notification"),
        *_rights(ACTIONS, "core", "property project platform attributeset"),
    ],
    "Domain Admin": [*_rights(ACTIONS, "core", "scope deployment"), ("view", "client", "computer")],
}
"""Groups of a new server, in the order of their ids."""

ACCOUNTS: dict[str, tuple[str, ...]] = {
    "domain-admin": ("Reader", "Domain Admin"),
    "packager": ("Reader", "Packager"),
    "configurator": ("Reader", "Configurator"),
    "installer": ("Reader", "Device installer"),
    "liberator": ("Reader", "Liberator"),
    "checker": ("Reader", "Computer Checker"),
    "reader": ("Reader",),
    "migasfree-play": (),
}
"""Accounts of a new server after its administrator, with their groups; none has a password."""

PLAY_ACCOUNT = "migasfree-play"
PLAY_RIGHT: Right = ("change", "device", "logical")
