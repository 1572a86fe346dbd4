"""Repository entries that computers write into their package manager. Contract: agent-v5 6.6."""

from typing import Any

import asyncpg

from migas_tornado.enrolment.projects import Project
from migas_tornado.models.enumerations import DeploymentSource
from migas_tornado.pms import system
from migas_tornado.pms.system import ExternalSource


def source_templates(rows: list[asyncpg.Record], project: Project) -> list[dict[str, str]]:
    """Return `{"name", "source_template"}` for deployments, in their order."""
    return [{"name": row["slug"], "source_template": source_template(row, project)} for row in rows]


def source_template(deployment: Any, project: Project) -> str:
    """Return the template of one deployment.

    Args:
        deployment: mapping with slug, source, options, suite and components.
        project: its project.
    """
    pms, name = system(project.pms), deployment["slug"]
    if deployment["source"] == DeploymentSource.INTERNAL:
        return pms.internal_source(project.slug, name)
    texts = {field: _literal(deployment[field]) for field in ("options", "suite", "components")}
    return pms.external_source(project.slug, ExternalSource(name, **texts))


def _literal(text: str | None) -> str:
    return (text or "").replace("{", "{{").replace("}", "}}")
