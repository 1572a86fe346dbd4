"""Repository entries that computers write into their package manager. Contract: agent-v5 6.6."""

from typing import Any

import asyncpg

from migas_tornado.enrolment.projects import Project
from migas_tornado.models.enumerations import DeploymentSource

SERVER = "{protocol}://{server}"
"""Filled in by the agent, with Python's str.format; other braces have to be doubled."""
RPM_FAMILY = ("yum", "dnf", "zypper")


def source_templates(rows: list[asyncpg.Record], project: Project) -> list[dict[str, str]]:
    """Return `{"name", "source_template"}` for deployments, in their order."""
    return [{"name": row["slug"], "source_template": source_template(row, project)} for row in rows]


def source_template(deployment: Any, project: Project) -> str:
    """Return the template of one deployment.

    Args:
        deployment: mapping with slug, source, options, suite and components.
        project: its project.
    """
    if deployment["source"] == DeploymentSource.INTERNAL:
        return _internal(project.pms, project.slug, deployment["slug"])
    return _external(project, deployment)


def _internal(pms: str, project: str, name: str) -> str:
    root = f"{SERVER}/public/{project}/repos"
    if pms == "apt":
        return f"deb {root} {name} PKGS\n"
    if pms in RPM_FAMILY:
        return (
            f"[REPO-{name}]\nname=REPO-{name}\nbaseurl={root}/{name}\nenabled=1\n"
            "http_caching=none\nrepo_gpgcheck=1\ngpgcheck=0\n"
            "gpgkey=file://{keys_path}/{server}/repositories.pub\n"
        )
    if pms == "pacman":
        trust = "SigLevel = Optional TrustAll PackageTrustAll"
        return f"[{name}]\n{trust}\nServer = {root}/{name}/PKGS\n\n"
    if pms == "wpt":
        return f"{root}/{name} PKGS\n"
    return f"{root}/{name}/PKGS\n"


def _external(project: Project, deployment: Any) -> str:
    name = deployment["slug"]
    root = f"{SERVER}/src/{project.slug}/external/{name}"
    options, suite, components = (
        _literal(deployment[field]) for field in ("options", "suite", "components")
    )
    if project.pms == "apt":
        return f"deb {options} {root} {suite} {components}\n"
    if project.pms in RPM_FAMILY:
        return _external_rpm(name, f"{root}/{suite}", options, components.split())
    if project.pms == "pacman":
        return f"[{name}]\nServer = {root}\n\n"
    if project.pms == "wpt":
        return f"{root} {suite} {components}\n"
    return f"{root}/{components}\n"


def _external_rpm(name: str, root: str, options: str, components: list[str]) -> str:
    settings = options.replace(" ", "\n")
    if not components:
        section = f"EXTERNAL-{name}"
        return f"[{section}]\nname={section}\nbaseurl={root}/$basearch/\n{settings}\n"
    sections = []
    for component in components:
        section = f"EXTERNAL-{name}-{component.replace('/', '-')}"
        sections.append(f"[{section}]\nname={section}\nbaseurl={root}/{component}\n{settings}\n")
    return "".join(sections)


def _literal(text: str | None) -> str:
    return (text or "").replace("{", "{{").replace("}", "}}")
