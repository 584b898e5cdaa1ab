"""What the trees of DynamoDB's expressions come to on an item.

Source: "Comparison operator and function reference" and "Update expressions" in AWS's DynamoDB developer guide.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from stepwise_local.aws.attributes import Attribute, Item, canonical, checked, compare, number_text
from stepwise_local.aws.errors import invalid
from stepwise_local.aws.expressions import Path, parse_condition, parse_paths, parse_update

__all__ = ["Placeholders", "holds", "projected", "updated"]

_ARITHMETIC = Context(prec=38)
_SIGNS = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


class Placeholders:
    """The names and values of one request; every one of them has to be used."""

    def __init__(self, names: Mapping[str, str] | None, values: Mapping[str, Any] | None) -> None:
        self._names = names or {}
        self._values = {name: checked(value) for name, value in (values or {}).items()}
        self._used: set[str] = set()

    def name(self, part: str) -> str:
        if not part.startswith("#"):
            return part
        if part not in self._names:
            raise invalid(f"An expression attribute name used in the document path is not defined: {part}")
        self._used.add(part)
        return self._names[part]

    def value(self, name: str) -> Attribute:
        if name not in self._values:
            raise invalid(f"An expression attribute value used in expression is not defined: {name}")
        self._used.add(name)
        return self._values[name]

    def path(self, path: Path) -> Path:
        return tuple(self.name(part) if isinstance(part, str) else part for part in path)

    def note(self, tree: Any) -> None:
        """Look up all placeholders of a tree, so that those are known that are missing or never used."""
        if isinstance(tree, tuple):
            if len(tree) == 2 and tree[0] == "path":
                self.path(tree[1])
            elif len(tree) == 2 and tree[0] == "value":
                self.value(tree[1])
            else:
                for part in tree:
                    self.note(part)

    def check(self) -> None:
        for given in (self._names, self._values):
            unused = set(given) - self._used
            if unused:
                raise invalid(f"Value provided in expression is unused: {sorted(unused)}")


def holds(text: str, item: Mapping[str, Attribute], placeholders: Placeholders) -> bool:
    """Whether the condition *text* holds on *item*; no item is an empty one."""
    tree = parse_condition(text)
    placeholders.note(tree)
    return _true(tree, item, placeholders)


def _true(tree: Any, item: Mapping[str, Attribute], given: Placeholders) -> bool:
    match tree:
        case ("and", left, right):
            return _true(left, item, given) and _true(right, item, given)
        case ("or", left, right):
            return _true(left, item, given) or _true(right, item, given)
        case ("not", inner):
            return not _true(inner, item, given)
        case ("between", operand, low, high):
            value, least, most = (_operand(each, item, given) for each in (operand, low, high))
            return _ordered(value, ">=", least) and _ordered(value, "<=", most)
        case ("in", operand, operands):
            value = _operand(operand, item, given)
            return any(_equal(value, _operand(each, item, given)) for each in operands)
        case ("call", function, operands):
            return _call(function, operands, item, given)
        case (comparator, left, right):
            return _compared(comparator, _operand(left, item, given), _operand(right, item, given))
    raise invalid("Invalid expression")


def _compared(comparator: str, left: Attribute | None, right: Attribute | None) -> bool:
    if comparator == "=":
        return _equal(left, right)
    if comparator == "<>":
        return not _equal(left, right)
    return _ordered(left, comparator, right)


def _equal(left: Attribute | None, right: Attribute | None) -> bool:
    return left is not None and right is not None and bool(canonical(left) == canonical(right))


def _ordered(left: Attribute | None, comparator: str, right: Attribute | None) -> bool:
    sign = None if left is None or right is None else compare(left, right)
    return sign is not None and bool(_SIGNS[comparator](sign))


def _call(function: str, operands: Any, item: Mapping[str, Attribute], given: Placeholders) -> bool:
    first, *rest = (_operand(operand, item, given) for operand in operands)
    match function:
        case "attribute_exists":
            return first is not None
        case "attribute_not_exists":
            return first is None
    (second,) = rest
    if first is None or second is None:
        return False
    ((kind, value),), ((other, part),) = first.items(), second.items()
    match function:
        case "attribute_type":
            return bool(kind == part)
        case "begins_with":
            return kind == other and kind in ("S", "B") and bool(value.startswith(part))
        case "contains":
            if kind == "L":
                return any(canonical(entry) == canonical(second) for entry in value)
            if kind in ("SS", "NS", "BS"):
                return kind == f"{other}S" and part in value
            return kind == other == "S" and part in value
    raise invalid(f"Invalid function name; function: {function}")


def _operand(tree: Any, item: Mapping[str, Attribute], given: Placeholders) -> Attribute | None:
    match tree:
        case ("value", name):
            return given.value(name)
        case ("path", path):
            return _found(item, given.path(path))
        case ("call", "size", (inner,)):
            return _length(_operand(inner, item, given))
        case ("call", "if_not_exists", (path, otherwise)):
            found = _operand(path, item, given)
            return _operand(otherwise, item, given) if found is None else found
        case ("call", "list_append", (first, second)):
            lists = [_operand(each, item, given) for each in (first, second)]
            if any(each is None or "L" not in each for each in lists):
                raise invalid("An operand in the update expression has an incorrect data type")
            return {"L": [entry for each in lists if each for entry in each["L"]]}
        case (("+" | "-") as sign, first, second):
            return _sum(sign, _operand(first, item, given), _operand(second, item, given))
    raise invalid("Invalid expression")


def _length(attribute: Attribute | None) -> Attribute | None:
    if attribute is None:
        return None
    ((kind, value),) = attribute.items()
    if kind in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(len(value.encode()) if kind == "S" else len(value))}


def _sum(sign: str, first: Attribute | None, second: Attribute | None) -> Attribute:
    if first is None or second is None:
        raise invalid("The provided expression refers to an attribute that does not exist in the item")
    if "N" not in first or "N" not in second:
        raise invalid("An operand in the update expression has an incorrect data type")
    add = _ARITHMETIC.add if sign == "+" else _ARITHMETIC.subtract
    return {"N": number_text(str(add(Decimal(first["N"]), Decimal(second["N"]))))}


def _found(item: Mapping[str, Attribute], path: Path) -> Attribute | None:
    name, *rest = path
    attribute = item.get(str(name))
    for part in rest:
        if attribute is None:
            return None
        if isinstance(part, int):
            entries = attribute.get("L", [])
            attribute = entries[part] if part < len(entries) else None
        else:
            attribute = attribute.get("M", {}).get(part)
    return attribute


def projected(item: Item, text: str, placeholders: Placeholders) -> Item:
    """The attributes of *item* that a projection names; parts of maps too, but not of lists."""
    found: Item = {}
    for path in (placeholders.path(path) for path in parse_paths(text)):
        if any(isinstance(part, int) for part in path):
            raise invalid("Elements of lists cannot be projected here")
        attribute = _found(item, path)
        if attribute is None:
            continue
        holder = found
        for part in path[:-1]:
            holder = holder.setdefault(str(part), {"M": {}})["M"]
        holder[str(path[-1])] = attribute
    return found


def updated(
    item: Item, text: str, placeholders: Placeholders, keys: tuple[str, ...]
) -> tuple[Item, set[str]]:
    """A copy of *item* after the update *text*, and the names of the attributes that it is about.

    Operands see the item as it was.
    """
    actions = [(word, placeholders.path(path), operand) for word, path, operand in parse_update(text)]
    paths = [path for _, path, _ in actions]
    for number, path in enumerate(paths):
        if path[0] in keys:
            raise invalid(f"Cannot update attribute {path[0]}. This attribute is part of the key")
        for other in paths[:number]:
            if path[: len(other)] == other[: len(path)]:
                raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")
    new = copy.deepcopy(item)
    values = []
    for _, _, operand in actions:
        placeholders.note(operand)
        values.append(None if operand is None else _operand(operand, item, placeholders))
    for (word, path, operand), value in zip(actions, values, strict=True):
        if operand is not None and value is None:
            raise invalid("The provided expression refers to an attribute that does not exist in the item")
        _act(new, word, path, value)
    return new, {str(path[0]) for path in paths}


def _act(item: Item, word: str, path: Path, value: Attribute | None) -> None:
    holder: Any = item
    for part, following in itertools.pairwise(path):
        try:
            holder = holder[part]["L" if isinstance(following, int) else "M"]
        except (KeyError, IndexError, TypeError):
            raise invalid(
                "The document path provided in the update expression is invalid for update"
            ) from None
    last = path[-1]
    if isinstance(last, int):
        _act_on_list(holder, word, last, value)
        return
    if word == "REMOVE":
        holder.pop(last, None)
    elif word == "SET":
        holder[last] = value
    elif value is not None:
        changed = _combined(word, holder.get(last), value)
        if changed is None:
            holder.pop(last, None)
        else:
            holder[last] = changed


def _act_on_list(entries: list[Attribute], word: str, index: int, value: Attribute | None) -> None:
    if word == "REMOVE":
        del entries[index : index + 1]
    elif word == "SET" and value is not None:
        entries[index : index + 1] = [value]
    else:
        raise invalid(f"{word} on an element of a list is not supported here")


def _combined(word: str, old: Attribute | None, value: Attribute) -> Attribute | None:
    """An attribute after ADD or DELETE; None: it is gone."""
    ((kind, given),) = value.items()
    wanted = ("SS", "NS", "BS") if word == "DELETE" else ("N", "SS", "NS", "BS")
    if kind not in wanted:
        raise invalid(
            f"Incorrect operand type for operator or function; operator: {word}, operand type: {kind}"
        )
    if old is not None and kind not in old:
        raise invalid("An operand in the update expression has an incorrect data type")
    if word == "DELETE":
        left = [member for member in (old or {kind: []})[kind] if member not in given]
        return {kind: left} if left else None
    if old is None:
        return value
    if kind == "N":
        return _sum("+", old, value)
    return {kind: [*old[kind], *(member for member in given if member not in old[kind])]}
