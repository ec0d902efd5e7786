"""Changes that cosmic-ray does not make by itself: something said in a table or a call is left out, or said of another.

Its own operators change comparisons, conditions, numbers and signs. Our rules are written as tables and queries, so what may
be wrong in them is a guard that is missing, a condition of a query, an element of a set, a constant taken for its neighbour.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Keyword, Module, Name
from parso.tree import BaseNode, NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]

# Calls that take any number of arguments, so that one less is still a call. Elsewhere it would only be an error.
TAKE_ANY_NUMBER = {"act", "all_but", "and_", "group", "move", "or_", "order_by", "says", "where"}
# Every operation asks for these: a call without them is an error, and tells nothing about the tests.
ALWAYS_ASKED_FOR = {"actor", "at", "on"}


class DropStatement(Operator):
    """What is done for its effect is not done: a call, an assignment to a field, a refusal, a return."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if node.type == "simple_stmt" and self._has_an_effect(node.children[0]):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        dropped = node.children[0]
        node.children[0] = Keyword("pass", dropped.start_pos, prefix=dropped.get_first_leaf().prefix)
        return node

    def _has_an_effect(self, statement: Any) -> bool:
        if statement.type in ("return_stmt", "raise_stmt", "del_stmt"):
            return True
        if statement.type == "expr_stmt":  # a name that is never bound would only be an error
            added_to = statement.children[1].type == "operator" and statement.children[1].value != "="
            return added_to or any(
                target.type in ("atom_expr", "testlist_star_expr") for target in statement.children[:-1:2]
            )
        return statement.type == "atom_expr" and _is_call(statement.children[-1])

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class _DropOneOf(Operator):
    """One of several, separated by commas, is left out."""

    @abstractmethod
    def among(self, node: Any) -> list[list[Any]]:
        """Those that may be left out, each as the children that it consists of."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for parts in self.among(node):
            yield parts[0].start_pos, parts[-1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        parts = self.among(node)[index]
        first, last = node.children.index(parts[0]), node.children.index(parts[-1])
        if last + 1 < len(node.children) and _is(node.children[last + 1], ","):
            last += 1
        elif first and _is(node.children[first - 1], ","):
            first -= 1
        del node.children[first : last + 1]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class DropArgument(_DropOneOf):
    """A call is made without a named argument, or without one of any number."""

    def among(self, node: Any) -> list[list[Any]]:
        if node.type == "arglist":
            called = node.parent
        elif _is_call(node) and len(node.children) == 3 and node.children[1].type != "arglist":
            called = node
        else:
            return []
        if called is None or called.type != "trailer":
            return []
        any_number = _name_before(called) in TAKE_ANY_NUMBER
        return [
            group
            for group in _groups(node.children if node.type == "arglist" else node.children[1:2])
            if (_is_named(group[0]) if _is_argument(group[0]) else any_number)
        ]

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class DropElement(_DropOneOf):
    """A set, a dictionary, or a tuple that is handed over, has one element less."""

    def among(self, node: Any) -> list[list[Any]]:
        if any(child.type in ("comp_for", "sync_comp_for") for child in getattr(node, "children", ())):
            return []
        if node.type == "dictorsetmaker":
            return _groups(node.children)
        if node.type == "testlist_comp" and node.parent.parent.type in ("argument", "arglist", "trailer"):
            return _groups(node.children)
        alone = node.type == "atom" and len(node.children) == 3 and _is(node.children[0], "{")
        return [node.children[1:2]] if alone and node.children[1].type != "dictorsetmaker" else []


class TakeNeighbour(Operator):
    """A constant stands where the one defined before it in the same file should: another role, another group of states."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if self._neighbour(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        return Name(self._neighbour(node), node.start_pos, prefix=node.prefix)

    def _neighbour(self, node: Any) -> str:
        if node.type != "name" or not _is_constant(node.value) or _binds(node):
            return ""
        if _is(node.get_previous_leaf(), "."):  # of a module, whose other names are not seen here
            return ""
        known = _constants(node.get_root_node(), before=node.start_pos[0])
        if node.value not in known or len(known) < 2:
            return ""
        return known[known.index(node.value) - 1]

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class InvertMembership(Operator):
    """`in` for `not in`, and the other way round."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if node.type == "comparison":
            for operator in node.children[1::2]:
                if self._said(operator) in ("in", "not in"):
                    yield operator.start_pos, operator.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        places = [
            place
            for place in range(1, len(node.children), 2)
            if self._said(node.children[place]) in ("in", "not in")
        ]
        operator = node.children[places[index]]
        inverted = "not in" if self._said(operator) == "in" else "in"
        node.children[places[index]] = Keyword(
            inverted, operator.start_pos, prefix=operator.get_first_leaf().prefix
        )
        return node

    def _said(self, operator: Any) -> str:
        return " ".join(operator.get_code().split())

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class Provider:
    """Our operators, under the names by which a session keeps them."""

    known = {
        it.__name__: it for it in (DropStatement, DropArgument, DropElement, TakeNeighbour, InvertMembership)
    }

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __getitem__(self, name: str) -> type[Operator]:
        return self.known[name]


def register() -> None:
    """Beside cosmic-ray's own; it looks for others in installed packages, and this is none."""
    plugins.OPERATOR_PROVIDERS["banso"] = Provider()


def _groups(children: list[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = [[]]
    for child in children:
        if _is(child, ","):
            groups.append([])
        else:
            groups[-1].append(child)
    return [group for group in groups if group]


def _is(node: Any, text: str) -> bool:
    return getattr(node, "value", None) == text


def _is_call(node: Any) -> bool:
    return node.type == "trailer" and _is(node.children[0], "(")


def _is_argument(node: Any) -> bool:
    return node.type == "argument"


def _is_named(argument: Any) -> bool:
    """`name=value`, not `*these` and not a generator."""
    name = argument.children[0]
    return name.type == "name" and _is(argument.children[1], "=") and name.value not in ALWAYS_ASKED_FOR


def _name_before(trailer: Any) -> str:
    leaf = trailer.get_previous_leaf()
    return leaf.value if leaf is not None and leaf.type == "name" else ""


def _is_constant(name: str) -> bool:
    return len(name) > 2 and name.isupper() and not name.startswith("_")


def _binds(node: Any) -> bool:
    """Whether the name is bound here: imported, assigned, the name of an argument."""
    return (
        node.is_definition(include_setitem=False)
        or node.parent.type.startswith("import")
        or _within_import(node)
    )


def _within_import(node: Any) -> bool:
    while node is not None:
        if node.type in ("import_from", "import_name"):
            return True
        node = node.parent
    return False


_found: dict[
    int, tuple[Module, list[tuple[int, str]]]
] = {}  # by the module, which is kept so that no other has its number


def _constants(module: Any, *, before: int) -> list[str]:
    """Constants of the module in the order in which they are bound, those bound before the line `before`."""
    if id(module) not in _found:
        _found.clear()
        names: dict[str, int] = {}
        for leaf in _leaves(module):
            if leaf.type == "name" and _is_constant(leaf.value) and _binds(leaf):
                names.setdefault(leaf.value, leaf.start_pos[0])
        _found[id(module)] = module, sorted((line, name) for name, line in names.items())
    return [name for line, name in _found[id(module)][1] if line < before]


def _leaves(node: NodeOrLeaf) -> Iterator[Any]:
    if isinstance(node, BaseNode):
        for child in node.children:
            yield from _leaves(child)
    else:
        yield node
