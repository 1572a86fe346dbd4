"""Conditions and order along the fields and relations of models, as SQL.

A path such as `project__platform__id` is followed by the models' own metadata. Conditions across
links become `IN` subqueries, so that no record is found twice however many links lead to it.
"""

from collections.abc import Callable
from typing import Any

from tortoise import Model, fields
from tortoise.fields.relational import (
    BackwardFKRelation,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
)

from migas_tornado.resources.shapes import column_of, key_column

SECRET = frozenset({"password"})
"""Columns that nothing is ordered by: the order would tell what they hold."""

Leaf = Callable[[str], str]
"""Turns the SQL of a value into a condition on it."""


class Parameters:
    """The values of a statement, numbered as they are used."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any, kind: str = "") -> str:
        """Return the placeholder of a value, cast to a type if one is given."""
        self.values.append(value)
        return f"${len(self.values)}" + (f"::{kind}" if kind else "")


def field_of(model: type[Model], path: str) -> fields.Field[Any]:
    """Return the declared field at the end of a path.

    Raises:
        KeyError: there is no such path.
    """
    first, _, rest = path.partition("__")
    declared = model._meta.fields_map[_own_name(model, first)]
    if rest:
        return field_of(declared.related_model, rest)
    return declared


def condition(model: type[Model], alias: str, path: str, leaf: Leaf) -> str:
    """Return a condition on the value at the end of a path.

    Args:
        model: model of the record.
        alias: its alias in the statement.
        path: names of fields, joined by `__`; a relation's `id` costs no further table.
        leaf: the condition itself.
    """
    first, _, rest = path.partition("__")
    first = _own_name(model, first)
    declared = model._meta.fields_map[first]
    if not rest:
        return leaf(f"{alias}.{column_of(model, first)}")
    target = declared.related_model
    inner = f"{alias}{len(alias)}"
    ends_at_key = _own_name(target, rest) == target._meta.pk_attr
    if isinstance(declared, ForeignKeyFieldInstance):
        column = f"{alias}.{column_of(model, first)}"
        if ends_at_key:
            return leaf(column)
        return (
            f"{column} IN (SELECT {inner}.{key_column(target)} FROM {target._meta.db_table} "
            f"{inner} WHERE {condition(target, inner, rest, leaf)})"
        )
    key = f"{alias}.{key_column(model)}"
    if isinstance(declared, ManyToManyFieldInstance):
        link = (
            f"{key} IN (SELECT {inner}l.{declared.backward_key} FROM {declared.through} {inner}l "
        )
        forward = f"{inner}l.{declared.forward_key}"
        if ends_at_key:
            return f"{link}WHERE {leaf(forward)})"
        return (
            f"{link}JOIN {target._meta.db_table} {inner} "
            f"ON {inner}.{key_column(target)} = {forward} "
            f"WHERE {condition(target, inner, rest, leaf)})"
        )
    return (
        f"{key} IN (SELECT {inner}.{declared.relation_source_field} FROM {target._meta.db_table} "
        f"{inner} WHERE {condition(target, inner, rest, leaf)})"
    )


def is_empty(model: type[Model], alias: str, path: str, is_null: bool) -> str:
    """Return the condition that a column is null, or that a relation has nobody at its end."""
    first = _own_name(model, path.partition("__")[0])
    declared = model._meta.fields_map[first]
    if isinstance(declared, (ManyToManyFieldInstance, BackwardFKRelation)):
        is_link = isinstance(declared, ManyToManyFieldInstance)
        table = declared.through if is_link else declared.related_model._meta.db_table
        column = declared.backward_key if is_link else declared.relation_source_field
        negation = "NOT " if is_null else ""
        return (
            f"{negation}EXISTS (SELECT FROM {table} e "
            f"WHERE e.{column} = {alias}.{key_column(model)})"
        )
    wanted = "IS NULL" if is_null else "IS NOT NULL"
    return condition(model, alias, path, lambda value: f"{value} {wanted}")


class Joins:
    """The tables that an order needs besides the model's own."""

    def __init__(self, model: type[Model], alias: str) -> None:
        self._model, self._alias = model, alias
        self._aliases: dict[str, str] = {}
        self.sql = ""

    def expressions(self, path: str) -> list[str]:
        """Return what to order by for a path along columns and foreign keys.

        A path that ends at a foreign key orders by the name of what is there.

        Raises:
            KeyError: there is no such path, or it leads along a link or to a secret.
        """
        model, alias, walked, is_optional = self._model, self._alias, "", False
        names = path.split("__")
        while True:
            name = _own_name(model, names.pop(0))
            declared = model._meta.fields_map[name]
            if not isinstance(declared, ForeignKeyFieldInstance):
                if names or name in SECRET:
                    raise KeyError(path)
                return [f"{alias}.{column_of(model, name)}"]
            walked = f"{walked}__{name}"
            is_optional = is_optional or declared.null
            alias = self._join(model, alias, declared, walked, is_optional=is_optional)
            model = declared.related_model
            names = names or ["name" if "name" in model._meta.fields_map else "id"]

    def _join(
        self,
        model: type[Model],
        alias: str,
        declared: ForeignKeyFieldInstance[Any],
        walked: str,
        *,
        is_optional: bool,
    ) -> str:
        if walked not in self._aliases:
            target = declared.related_model
            joined = self._aliases[walked] = f"o{len(self._aliases)}"
            kind = "LEFT JOIN" if is_optional else "JOIN"
            column = column_of(model, declared.model_field_name)
            self.sql += (
                f" {kind} {target._meta.db_table} {joined} "
                f"ON {joined}.{key_column(target)} = {alias}.{column}"
            )
        return self._aliases[walked]


def _own_name(model: type[Model], name: str) -> str:
    """Return the name of a field; `id` and `pk` are whatever the primary key is called."""
    return model._meta.pk_attr if name in ("id", "pk") else name
