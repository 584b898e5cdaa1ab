"""A countermodel as JSON that a person can read."""

from __future__ import annotations

from typing import Any

from checkers.logic.interpretations import Interpretation, Vocabulary
from checkers.logic.wording import Language

__all__ = ["shown"]


def shown(world: Interpretation, names: Vocabulary, language: Language) -> dict[str, Any]:
    """``domain``, ``constants``, ``functions``, ``predicates``, ``propositions`` and a ``summary`` in a sentence each.

    A predicate lists what it holds for: elements, or lists of elements where it has several arguments. A name that is
    used with several numbers of arguments is told apart as ``Likes/2``. What is not listed does not hold. Elements without a
    name are called e1, e2, … Empty parts are left out.
    """
    arities: dict[str, set[int]] = {}
    for name, arity in names.predicates:
        arities.setdefault(name, set()).add(arity)
    propositions: dict[str, bool] = {}
    predicates: dict[str, list[Any]] = {}
    for (name, arity), tuples in world.predicates.items():
        if arity == 0:
            propositions[name] = bool(tuples)
        else:
            key = name if len(arities[name]) == 1 else f"{name}/{arity}"
            predicates[key] = [args[0] if arity == 1 else list(args) for args in sorted(tuples)]
    functions = {
        name: {", ".join(args): value for args, value in table.items()}
        for (name, _), table in world.functions.items()
    }
    parts: dict[str, Any] = {
        "domain": [] if names.propositional else list(world.domain),
        "constants": dict(world.constants),
        "functions": functions,
        "predicates": predicates,
        "propositions": propositions,
    }
    things = () if names.propositional else world.domain
    summary = _summary(things, world, predicates, propositions, functions, language)
    return {key: value for key, value in parts.items() if value} | {"summary": summary}


def _summary(
    things: tuple[str, ...],
    world: Interpretation,
    predicates: dict[str, list[Any]],
    propositions: dict[str, bool],
    functions: dict[str, dict[str, str]],
    language: Language,
) -> str:
    chinese = language == "zh"
    said = [f"{'论域' if chinese else 'things'}: {', '.join(things)}"] if things else []
    said += [f"{name} = {element}" for name, element in world.constants.items() if name != element]
    said += [
        f"{name}({args}) = {value}" for name, table in functions.items() for args, value in table.items()
    ]
    true, false, nothing = ("真", "假", "都不成立") if chinese else ("true", "false", "nothing")
    said += [f"{name}: {true if value else false}" for name, value in propositions.items()]
    for name, held in predicates.items():
        tuples = ["(" + ", ".join(each) + ")" if isinstance(each, list) else each for each in held]
        said.append(f"{name}: {', '.join(tuples) if tuples else nothing}")
    return ("；" if chinese else "; ").join(said)
