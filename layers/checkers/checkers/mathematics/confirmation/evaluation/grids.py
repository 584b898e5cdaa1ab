"""Matrices of plain numbers, with the operations that the second way needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from checkers.mathematics.confirmation.evaluation.errors import CannotTell, Undefined

__all__ = ["Grid"]


@dataclass(frozen=True)
class Grid:
    """`cells` row by row. Raises `CannotTell` where shapes do not fit."""

    rows: int
    columns: int
    cells: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    def at(self, row: int, column: int) -> Any:
        return self.cells[row * self.columns + column]

    def plus(self, other: Grid, sign: int) -> Grid:
        if self.shape != other.shape:
            raise CannotTell("shapes that differ")
        return Grid(*self.shape, tuple(a + sign * b for a, b in zip(self.cells, other.cells, strict=True)))

    def scaled(self, factor: Any) -> Grid:
        return Grid(*self.shape, tuple(factor * cell for cell in self.cells))

    def dot(self, other: Grid) -> Any:
        if len(self.cells) != len(other.cells):
            raise CannotTell("shapes that differ")
        return sum(a * b for a, b in zip(self.cells, other.cells, strict=True))

    def cross(self, other: Grid) -> Grid:
        if len(self.cells) != 3 or len(other.cells) != 3:
            raise CannotTell("no cross product")
        (a, b, c), (d, e, f) = self.cells, other.cells
        return Grid(3, 1, (b * f - c * e, c * d - a * f, a * e - b * d))

    def times(self, other: Grid) -> Grid:
        if self.columns != other.rows:
            raise CannotTell("shapes that do not fit")
        cells = [
            sum(self.at(i, k) * other.at(k, j) for k in range(self.columns))
            for i in range(self.rows)
            for j in range(other.columns)
        ]
        return Grid(self.rows, other.columns, tuple(cells))

    def transposed(self) -> Grid:
        cells = [self.at(i, j) for j in range(self.columns) for i in range(self.rows)]
        return Grid(self.columns, self.rows, tuple(cells))

    def power(self, exponent: Any) -> Grid:
        if not isinstance(exponent, int) or self.rows != self.columns or not -1 <= exponent <= 64:
            raise CannotTell("no power of a matrix")
        if exponent == -1:
            return self._inverse()
        made = Grid(
            self.rows, self.rows, tuple(int(i == j) for i in range(self.rows) for j in range(self.rows))
        )
        for _ in range(exponent):
            made = made.times(self)
        return made

    def determinant(self) -> Any:
        if self.rows != self.columns or self.rows > 6:
            raise CannotTell("no determinant")
        if self.rows == 1:
            return self.cells[0]
        return sum((-1) ** j * self.at(0, j) * self._minor(0, j).determinant() for j in range(self.columns))

    def _minor(self, row: int, column: int) -> Grid:
        kept = [
            self.at(i, j) for i in range(self.rows) for j in range(self.columns) if i != row and j != column
        ]
        return Grid(self.rows - 1, self.columns - 1, tuple(kept))

    def _inverse(self) -> Grid:
        whole = self.determinant()
        if whole == 0:
            raise Undefined("a matrix without inverse")
        cells = [
            (-1) ** (i + j)
            * (self._minor(j, i).determinant() if self.rows > 1 else 1)
            * (1 / Fraction(whole) if isinstance(whole, int | Fraction) else 1 / whole)
            for i in range(self.rows)
            for j in range(self.rows)
        ]
        return Grid(self.rows, self.rows, tuple(cells))
