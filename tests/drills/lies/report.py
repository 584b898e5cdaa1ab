"""Puts problems to the checker, and reports lies, refuted right answers, and how much is recognised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from drills.lies.drilled import Drilled
from support.bounded_checks import Check, checked

__all__ = ["Finding", "Report"]


@dataclass(frozen=True)
class Finding:
    """A lie (a wrong answer that was verified), a right answer that was refuted, or a check that was lost."""

    what: str
    family: str
    kind: str
    problem: str
    answer: str
    truth: str
    language: str

    @property
    def group(self) -> str:
        return f"{self.what}: {self.family}: {self.kind}"


@dataclass
class Report:
    """What was found so far, with the problems asked and recognised by family and by notation."""

    verify: Check
    limit: float
    findings: list[Finding] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    recognised: Counter[str] = field(default_factory=Counter)
    checks: int = 0

    def put(self, drilled: Drilled) -> None:
        """Check every answer of a problem. It is recognised where one spelling of its truth is verified."""
        statuses = [self._status(drilled, answer, "right") for answer in drilled.right]
        for kind, answer in drilled.wrong:
            self._status(drilled, answer, kind)
        if drilled.right:
            for tally in (drilled.family, f"in {drilled.notation}", f"in {drilled.language}"):
                self.asked[tally] += 1
                self.recognised[tally] += "verified" in statuses

    def _status(self, drilled: Drilled, answer: str, kind: str) -> str:
        verdict = checked(self.verify, drilled.text, answer, drilled.language, self.limit)
        self.checks += 1
        status = str(verdict["status"])
        what = ""
        if kind == "right" and status == "refuted":
            what = "refuted right answer"
        elif kind != "right" and status == "verified":
            what = "lie"
        elif verdict["method"] in ("killed", "failed"):
            what, kind = str(verdict["method"]), str(verdict["detail"]) or "out of time"
        if what:
            truth = drilled.right[0] if drilled.right else "none is right"
            self.findings.append(
                Finding(what, drilled.family, kind, drilled.text, answer, truth, drilled.language)
            )
        return status

    def merge(self, other: Report) -> None:
        self.findings += other.findings
        self.asked += other.asked
        self.recognised += other.recognised
        self.checks += other.checks

    def as_dict(self) -> dict[str, Any]:
        """What was found, as JSON."""
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "asked": dict(self.asked),
            "recognised": dict(self.recognised),
            "checks": self.checks,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Report:
        findings = [Finding(**finding) for finding in kept["findings"]]
        return cls(dict, 0, findings, Counter(kept["asked"]), Counter(kept["recognised"]), kept["checks"])

    @property
    def problems(self) -> int:
        """How many problems with an answer were asked."""
        return sum(self.asked[family] for family in self.families)

    @property
    def wrong(self) -> list[Finding]:
        """Lies and refuted right answers, the smallest problem first."""
        found = [finding for finding in self.findings if finding.what in ("lie", "refuted right answer")]
        return sorted(found, key=lambda finding: (len(finding.problem), finding.problem, finding.answer))

    @property
    def share(self) -> float:
        """The part of the problems with an answer that is recognised."""
        known = sum(self.recognised[family] for family in self.families)
        return known / self.problems if self.problems else 0.0

    @property
    def families(self) -> list[str]:
        return [tally for tally in self.asked if not tally.startswith("in ")]

    def text(self, most: int = 5) -> str:
        """The tables and the findings, at most so many a group."""
        lines = [f"{'family':44}{'asked':>8}{'recognised':>12}"]
        for tally in [*sorted(self.families), *sorted(set(self.asked) - set(self.families))]:
            share = self.recognised[tally] / self.asked[tally]
            lines.append(f"{tally:44}{self.asked[tally]:>8}{share:>12.0%}")
        counts = Counter(finding.what for finding in self.findings)
        lines.append(
            f"{'all':44}{self.problems:>8}{self.share:>12.1%}\n{self.checks} checks: {counts['lie']} lies, "
            f"{counts['refuted right answer']} refuted right answers, {counts['killed']} out of time, {counts['failed']} failed"
        )
        return "\n".join([*lines, *self._groups(most)])

    def _groups(self, most: int) -> list[str]:
        groups: dict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(self.findings, key=lambda finding: (len(finding.problem), finding.problem)):
            groups[finding.group].append(finding)
        lines = []
        for group, found in sorted(
            groups.items(), key=lambda item: (item[1][0].what, len(item[1][0].problem))
        ):
            lines.append(f"\n{group} ({len(found)})")
            lines += [
                f"  {one.problem!r}\n      answer {one.answer!r}, truth {one.truth!r}" for one in found[:most]
            ]
        return lines
