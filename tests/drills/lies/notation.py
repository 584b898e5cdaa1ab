"""Writes formulas as LaTeX, as plain text, with Unicode's signs, and with full-width characters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal

from drills.lies.expressions import Formula, constant

__all__ = ["NOTATIONS", "Language", "Notation", "Pen"]

Notation = Literal["latex", "plain", "unicode", "full-width"]
NOTATIONS: tuple[Notation, ...] = ("latex", "plain", "unicode", "full-width")
Language = Literal["en", "zh"]

_STRENGTH = {"add": 1, "sub": 1, "neg": 1, "mul": 2, "div": 2, "pow": 3}
_LATEX = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "<": "<", ">": ">", "=": "="}
_UNICODE = {"<=": "≤", ">=": "≥", "!=": "≠", "<": "<", ">": ">", "=": "="}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F) if chr(sign) not in "^_\\{}|,.$"}


@dataclass(frozen=True)
class Pen:
    """Writes one problem: in one notation, in one language, with the choices of its own chance."""

    notation: Notation
    language: Language
    chance: Random

    def math(self, *parts: Formula | Fraction | int | str) -> str:
        """Formulas and the signs between them, as they stand in a sentence."""
        texts = [self._sign(part) if isinstance(part, str) else self.bare(constant(part)) for part in parts]
        return self.framed(" ".join(texts))

    def framed(self, text: str) -> str:
        """A formula that is written already, as it stands in a sentence."""
        if self.notation == "latex":
            return f"${text}$"
        return text.translate(_WIDE) if self.notation == "full-width" else text

    def either(self, latex: str, plain: str) -> str:
        """A formula of its own in a sentence, where the notations differ by more than the signs."""
        return self.framed(latex if self.notation == "latex" else plain)

    def bare(self, formula: Formula) -> str:
        """A formula without what frames it."""
        return self._written(formula, 0)

    def say(self, **sentences: str) -> str:
        """The sentence of this pen's language."""
        return sentences[self.language]

    def pick(self, *texts: str) -> str:
        return self.chance.choice(texts)

    def _sign(self, sign: str) -> str:
        table = {"latex": _LATEX, "unicode": _UNICODE}.get(self.notation, {})
        return table.get(sign, sign)

    def _written(self, formula: Formula, strength: int) -> str:
        own = _STRENGTH.get(formula.kind, 4)
        text = self._plain_or_latex(formula)
        fraction = formula.kind == "div" and self.notation == "latex"
        if (own < strength and not fraction) or (fraction and strength == 3):
            return rf"\left({text}\right)" if self.notation == "latex" and fraction else f"({text})"
        return text

    def _plain_or_latex(self, formula: Formula) -> str:
        kind, parts = formula.kind, formula.parts
        minus = "−" if self.notation == "unicode" else "-"
        if kind in ("num", "var"):
            return formula.text
        if kind == "call":
            return self._call(formula)
        if kind == "neg":
            return minus + self._written(parts[0], 2)
        if kind == "add":
            return f"{self._written(parts[0], 0)} + {self._written(parts[1], 1)}"
        if kind == "sub":
            return f"{self._written(parts[0], 0)} {minus} {self._written(parts[1], 2)}"
        if kind == "mul":
            return self._product(*parts)
        if kind == "div":
            if self.notation == "latex":
                return rf"\frac{{{self.bare(parts[0])}}}{{{self.bare(parts[1])}}}"
            return f"{self._written(parts[0], 2)}/{self._written(parts[1], 3)}"
        return self._raised(*parts)

    def _product(self, left: Formula, right: Formula) -> str:
        one, two = self._written(left, 2), self._written(right, 3 if right.kind == "div" else 2)
        if two[0].isdigit() or (right.kind == "div" and self.notation != "latex"):
            times = {"latex": r" \times ", "unicode": "×"}.get(self.notation, "*")
            return one + times + two
        tight = left.kind in ("num", "var") or two.startswith("(")
        return one + ("" if tight else " ") + two

    def _raised(self, base: Formula, exponent: Formula) -> str:
        below, above = self._written(base, 4), self.bare(exponent)
        if self.notation == "unicode" and exponent.kind == "num":
            return below + above.translate(_RAISED)
        if len(above) == 1:
            return f"{below}^{above}"
        return f"{below}^{{{above}}}" if self.notation == "latex" else f"{below}^({above})"

    def _call(self, formula: Formula) -> str:
        inside = self.bare(formula.parts[-1])
        name = formula.text
        if name == "abs":
            return f"|{inside}|"
        if self.notation == "latex":
            if name in ("sqrt", "cbrt"):
                return (r"\sqrt[3]" if name == "cbrt" else r"\sqrt") + f"{{{inside}}}"
            if name == "log":
                return rf"\log_{{{self.bare(formula.parts[0])}}}({inside})"
            return rf"\ln({inside})" if name == "ln" else f"{name}({inside})"
        if name == "sqrt":
            return f"√({inside})" if self.notation == "unicode" else f"sqrt({inside})"
        if name == "cbrt":
            return f"∛({inside})" if self.notation == "unicode" else f"cbrt({inside})"
        if name == "log":
            return f"log_{self._written(formula.parts[0], 4)}({inside})"
        return f"{name}({inside})"
