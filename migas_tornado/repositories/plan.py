"""Which chunks of an index stay as they are, and which packages have to be rendered.

Packages stay where they once were, and new ones go where there is room, so that a change costs what
it changes and not what the repository holds.
"""

from dataclasses import dataclass

from migas_tornado.repositories.manifest import Manifest, ManifestChunk


@dataclass(frozen=True, slots=True)
class Plan:
    """How the next generation comes about.

    Attributes:
        kept: chunks that are copied, in their order.
        groups: keys of the packages to render, one group per new chunk.
        left_out: those that cannot be published as they are, and have not changed since.
    """

    kept: list[ManifestChunk]
    groups: list[list[int]]
    left_out: dict[int, tuple[int, str]]


def plan_chunks(manifest: Manifest | None, wanted: dict[int, int], most: int) -> Plan:
    """Compare what is served with what is wanted.

    Args:
        manifest: of the generation that is served; None to render everything.
        wanted: key -> revision of all packages that the deployment has.
        most: packages of a chunk.
    """
    if manifest is None:
        return Plan([], _groups(sorted(wanted), most), {})
    left_out = {
        key: found for key, found in manifest.left_out.items() if wanted.get(key) == found[0]
    }
    loose = wanted.keys() - left_out.keys()
    kept = []
    for chunk in manifest.chunks:
        if chunk.revisions == [*map(wanted.get, chunk.keys)]:
            kept.append(chunk)
            loose.difference_update(chunk.keys)
    rendered = sorted(loose)
    while rendered and (chunk := _with_room(kept, -len(rendered) % most)):
        kept.remove(chunk)
        rendered += chunk.keys
    return Plan(kept, _groups(rendered, most), left_out)


def _with_room(kept: list[ManifestChunk], room: int) -> ManifestChunk | None:
    """Return the smallest chunk that could take some more packages, so that chunks stay few."""
    smallest = min(kept, key=lambda chunk: len(chunk.keys), default=None)
    if smallest is None or len(smallest.keys) > room:
        return None
    return smallest


def _groups(keys: list[int], most: int) -> list[list[int]]:
    return [keys[start : start + most] for start in range(0, len(keys), most)]
