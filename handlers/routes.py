"""Which handler answers which path; every path is accepted with and without a final slash."""

from typing import Any

from tornado.web import RequestHandler

from handlers import external, files, health, metrics, public
from handlers.agent import catalog, computer, enrolment, packages, synchronization
from handlers.api import exports, relations, resources
from handlers.api.actions import action_routes
from handlers.api.statistics import statistic_routes
from handlers.dashboard import pages
from handlers.legacy import messages, plain
from handlers.live.alerts import AlertsSocketHandler
from handlers.live.stats import StatsSocketHandler
from handlers.live.tunnel import TunnelHandler
from handlers.manager.routes import manager_routes
from migas_tornado.resources.registry import RESOURCES

PUBLIC = "/api/v1/public"
SAFE = "/api/v1/safe"

PUBLIC_CALLS: dict[str, type[RequestHandler]] = {
    "server/info": public.ServerInfoHandler,
    "pms": public.PmsHandler,
    "languages": public.LanguagesHandler,
    "keys/project": enrolment.ProjectKeysHandler,
    "keys/packager": enrolment.PackagerKeysHandler,
    "keys/repositories": enrolment.RepositoryKeyHandler,
}

SAFE_CALLS: dict[str, type[RequestHandler]] = {
    "computers/id": enrolment.IdentifyHandler,
    "computers": enrolment.RegisterHandler,
    "computers/properties": synchronization.PropertiesHandler,
    "computers/attributes": synchronization.AttributesHandler,
    "computers/faults/definitions": synchronization.FaultDefinitionsHandler,
    "computers/faults": synchronization.FaultsHandler,
    "computers/errors": synchronization.ErrorsHandler,
    "computers/repositories": synchronization.RepositoriesHandler,
    "computers/packages/mandatory": synchronization.MandatoryPackagesHandler,
    "computers/software": synchronization.SoftwareHandler,
    "computers/hardware/required": synchronization.HardwareRequiredHandler,
    "computers/hardware": synchronization.HardwareHandler,
    "computers/devices": synchronization.DevicesHandler,
    "computers/traits": synchronization.TraitsHandler,
    "synchronizations": synchronization.SynchronizationsHandler,
    "eot": synchronization.EndOfTransmissionHandler,
    "computers/label": computer.LabelHandler,
    "computers/info": computer.InfoHandler,
    "computers/attributes/cid": computer.CidAttributeHandler,
    "computers/attributes/assigned": computer.AssignedAttributesHandler,
    "computers/tags/assigned": computer.AssignedTagsHandler,
    "computers/tags/available": computer.AvailableTagsHandler,
    "computers/tags": computer.TagsHandler,
    "catalog/categories": catalog.CategoriesHandler,
    "catalog/apps/available": catalog.AvailableApplicationsHandler,
    "devices/devices/available": catalog.AvailableDevicesHandler,
    "devices/logical/available": catalog.AvailableLogicalDevicesHandler,
    "devices/logical/assign": catalog.AssignLogicalDeviceHandler,
    "devices/logical/set-default": catalog.SetDefaultDeviceHandler,
    "devices/capabilities": catalog.CapabilitiesHandler,
    "packages": packages.UploadHandler,
    "packages/set": packages.UploadSetHandler,
    "packages/repos": packages.CreateRepositoriesHandler,
}


# Contract: agent-v4 2, 7.
LEGACY_CALLS: dict[str, type[RequestHandler]] = {
    "/api/?": messages.MessageHandler,
    f"{PUBLIC}/repository-url-template/?": plain.RepositoryUrlTemplateHandler,
    "/get_key_repositories/?": plain.RepositoryKeyHandler,
    "/get_computer_info/?": plain.ComputerInfoHandler,
    "/computer/([^/]*)/label/?": plain.LabelHandler,
}

ADMINISTRATION = "/api/v1/token"


def routes() -> list[tuple[Any, ...]]:
    """Return the table of paths."""
    table: list[tuple[Any, ...]] = [
        (f"{PUBLIC}/{path}/?", handler) for path, handler in PUBLIC_CALLS.items()
    ]
    table += [(f"{SAFE}/{path}/?", handler) for path, handler in SAFE_CALLS.items()]
    table += manager_routes()
    table += list(LEGACY_CALLS.items())
    table += action_routes()
    table += statistic_routes()
    # Those below others come first: the last part of their path could pass for a record's id.
    for path, resource in sorted(RESOURCES.items(), key=lambda one: -one[0].count("/")):
        table += _resource_routes(f"{ADMINISTRATION}/{path}", {"resource": resource})
    table.append((r"/public/(.*)", files.PublicFileHandler))
    # Contract, stats-and-websocket 5: these alone have no other form of their path.
    table.append((r"/alerts/", AlertsSocketHandler))
    table.append((r"/ws/stats/", StatsSocketHandler))
    table.append((r"/ws/tunnel/computers/(?P<computer>[0-9]+)/", TunnelHandler))
    table.append((r"/src/(.*)", external.ExternalFileHandler))
    table.append((r"/health/live/?", health.LiveHandler))
    table.append((r"/health/ready/?", health.ReadyHandler))
    table.append((r"/check/?", health.CheckHandler))
    table.append((r"/metrics/?", metrics.MetricsHandler))
    table.append((r"/repo/(.*)", files.LegacyFileHandler))  # contract agent-v4 1
    table.append((r"/", pages.PageHandler))
    table.append((r"/dashboard/([0-9a-f]+)/(.+)", pages.AssetHandler))
    return table


def _resource_routes(path: str, options: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (rf"{path}(?:/|\.json)?", resources.ListHandler, options),
        (rf"{path}/filter/?", resources.FilterHandler, options),
        (rf"{path}/export/?", exports.ExportHandler, options),
        (rf"{path}/([^/]+)/relations/?", relations.RelationsHandler, options),
        (rf"{path}/([^/]+)/badge/?", relations.BadgeHandler, options),
        (rf"{path}/([^/]+?)(?:/|\.json)?", resources.RecordHandler, options),
    ]
