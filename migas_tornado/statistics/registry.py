"""All statistics by path."""

from migas_tornado.statistics import (
    attributes,
    catalog,
    computers,
    deployments,
    devices,
    event_kinds,
    events,
    images,
    notifications,
    packages,
    synchronizations,
)
from migas_tornado.statistics.asking import Statistic

STATISTICS: dict[str, Statistic] = {
    statistic.path: statistic
    for module in (
        computers,
        events,
        event_kinds,
        synchronizations,
        deployments,
        catalog,
        devices,
        attributes,
        packages,
        notifications,
        images,
    )
    for statistic in module.STATISTICS
}
