"""How large a query may be, found out before anything expensive is done with it.

Counted is what it would select once its fragments are filled in, as the execution fills them in.
"""

from collections.abc import Iterable

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from migas_tornado.errors import InvalidDataError

MOST_BYTES = 32 * 1024
MOST_TOKENS = 8_000
MOST_DEPTH = 8
MOST_SCHEMA_DEPTH = 20
"""Depth of questions about the schema: tools ask what lists of lists are made of."""
MOST_ROOTS = 5
MOST_SELECTED = 2_000
MOST_PAIRS = 20_000
"""Fields that are asked for again under the same name are compared with each other."""

SCHEMA_FIELDS = ("__schema", "__type")


def check_limits(document: DocumentNode) -> None:
    """Check that a parsed query only reads, and is not too large.

    Raises:
        InvalidDataError: it writes, or exceeds a limit, which is named.
    """
    fragments, operations = {}, []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    if any(operation.operation is not OperationType.QUERY for operation in operations):
        raise InvalidDataError("There are only queries; mutations and subscriptions do not exist.")
    measure = _Measure(fragments)
    for operation in operations:
        measure.operation(operation)
    if unused := sorted(fragments.keys() - measure.used):
        raise InvalidDataError(f"Fragment '{unused[0]}' is never used.")


class _Measure:
    """Counts what operations select.

    Attributes:
        used: names of the fragments that were met.
    """

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._selected = self._pairs = 0
        self.used: set[str] = set()

    def operation(self, operation: OperationDefinitionNode) -> None:
        groups = self._groups([operation.selection_set])
        if sum(map(len, groups.values())) > MOST_ROOTS:
            raise InvalidDataError(f"A query may have at most {MOST_ROOTS} root fields.")
        for group in groups.values():
            about_schema = any(field.name.value in SCHEMA_FIELDS for field in group)
            self._below(group, 1, MOST_SCHEMA_DEPTH if about_schema else MOST_DEPTH)

    def _below(self, group: list[FieldNode], depth: int, most: int) -> None:
        if depth > most:
            raise InvalidDataError(f"A query may be at most {most} fields deep.")
        self._pairs += len(group) ** 2
        if self._pairs > MOST_PAIRS:
            raise InvalidDataError("Too many fields are asked for under the same name.")
        for inner in self._groups(
            [field.selection_set for field in group if field.selection_set]
        ).values():
            self._below(inner, depth + 1, most)

    def _groups(self, selection_sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """Return the fields that selections have together, by their names in the answer."""
        groups: dict[str, list[FieldNode]] = {}
        filled_in: set[str] = set()
        waiting = list(selection_sets)
        while waiting:
            for selection in waiting.pop().selections:
                self._count()
                if isinstance(selection, FieldNode):
                    called = (selection.alias or selection.name).value
                    groups.setdefault(called, []).append(selection)
                elif not isinstance(selection, FragmentSpreadNode):
                    waiting.append(selection.selection_set)
                elif (name := selection.name.value) not in filled_in:
                    filled_in.add(name)
                    self.used.add(name)
                    if name in self._fragments:
                        waiting.append(self._fragments[name].selection_set)
        return groups

    def _count(self) -> None:
        self._selected += 1
        if self._selected > MOST_SELECTED:
            raise InvalidDataError(f"A query may select at most {MOST_SELECTED} fields.")
