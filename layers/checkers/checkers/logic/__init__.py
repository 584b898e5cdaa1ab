"""Decide with Z3 whether a conclusion follows from its premises, given as formulas."""

from __future__ import annotations

from typing import Any

from checkers.logic import decisions

__all__ = ["decide"]


def decide(request: dict[str, Any]) -> dict[str, Any]:
    """Decide an argument; JSON values in, JSON values out.

    ``request``: ``premises`` (list of ``{"id", "text", "formula"}``), ``conclusion`` (``{"text", "formula"}`` or None),
    ``missing`` (list of ``{"text", "formula"}``: single premises that might be added), ``language`` (``zh`` or ``en``).

    The result: ``verdict`` is ``entailed``, ``contradicted``, ``neither``, ``inconsistent`` or ``unknown``. ``solver`` is
    ``valid`` only for ``entailed``, ``invalid`` only with a ``countermodel`` (see :func:`checkers.logic.worlds.shown`), and
    ``unknown`` for the rest: inconsistent premises entail everything, which says nothing for the conclusion. An ``unknown``
    verdict with solver ``invalid`` means that the conclusion does not follow, but whether it is contradicted was not settled.
    ``detail`` is a sentence or two in the language asked for; ``missing_that_suffices`` the place of the first missing
    premise with which the conclusion follows, or None.

    The formulas are somebody's translation. Where the conclusion shares no predicate with the premises, or does not follow
    but would if a name that stands alone meant what another one means, the solver is ``unknown`` and ``detail`` says so.

    If a formula is missing or cannot be read, the verdict is ``unknown`` and ``detail`` names it. Never raises for what is
    in a request. Loads Z3 when imported; meant for a process that may be killed.
    """
    return decisions.decide(request)
