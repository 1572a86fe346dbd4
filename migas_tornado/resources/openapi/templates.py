"""Paths as OpenAPI writes them, out of the expressions of routes."""

import re

OPTIONAL_END = re.compile(r"(?:\(\?:/\|\\\.json\)\?|\(\?:\\\.json\)\?/\?|/\?)?\$?$")
PLACE = re.compile(
    r"\((?!\?[!=])(?:\?:|\?P<(?P<name>\w+)>)?(?P<inner>(?:[^()]|\([^()]*\))*)\)(?!\?)"
)
EXPRESSION = re.compile(r"[\[\]()*+?|]")
TEXTS = re.compile(r"[\w.-]+(?:\|[\w.-]+)*")


def templates(expression: str) -> list[str]:
    """Return the canonical paths of a route, with the final slash where they may have one.

    What varies is a name in braces; where the route lists what can stand there, each is a path.
    A route with other expressions in it has none: it takes something out of a wider one.
    """
    ending = OPTIONAL_END.search(expression)
    text = expression[: ending.start()].removeprefix("^")
    found, position = [""], 0
    for place in PLACE.finditer(text):
        before = _plain(text[position : place.start()])
        position = place.end()
        found = [path + before for path in found]
        inner = place["inner"].replace("\\", "")
        if TEXTS.fullmatch(inner):
            found = [path + word for path in found for word in inner.split("|")]
        else:
            name = place["name"] or _name(found[0], inner)
            found = [f"{path}{{{name}}}" for path in found]
    after = _plain(text[position:]) + ("/" if ending[0].strip("$") else "")
    return [] if EXPRESSION.search(found[0] + after) else [path + after for path in found]


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _name(before: str, inner: str) -> str:
    """Return a name for a place: `id`, and those that follow by the word before them."""
    if inner in (".*", ".+"):
        return "path"
    words = [part for part in before.split("/") if part and "{" not in part]
    return f"{words[-1].replace('-', '_')}_id" if "{" in before else "id"
