"""Evaluate the policies of template.yaml, and a table and a queue that enforce them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from stepwise.storage.attribute_values import Item
from stepwise.storage.table import Delete, Key, Put, TableUnavailable, Update, Write
from stepwise.storage.work_queue import QueueUnavailable
from stepwise.storage.writes import key_in
from support.infra import bundle
from support.scene import FakeQueue, Scene
from support.tables import MemoryTable

__all__ = ["FUNCTIONS", "GuardedScene", "keys_of", "may", "may_send", "statements"]

FUNCTIONS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for name, resource in bundle()["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
OWN_KEY = FUNCTIONS["KeyAuthorizerFunction"]["Policies"][0]
"""The statement that lets every function use a deployment's own KMS key, through AWS services."""
_ACTIONS = {
    Put: "dynamodb:PutItem",
    Update: "dynamodb:UpdateItem",
    Delete: "dynamodb:DeleteItem",
}


def statements(function: str) -> Iterator[dict[str, Any]]:
    """The statements of a function's own policies, each with its actions as a list."""
    for policy in FUNCTIONS[function].get("Policies", []):
        if policy == OWN_KEY:
            continue
        assert isinstance(policy, dict), "policies are written out, no ready-made ones"
        for statement in policy["Statement"]:
            yield {**statement, "Action": _listed(statement["Action"])}


def keys_of(statement: dict[str, Any]) -> list[str]:
    """The partition keys that *statement* is restricted to."""
    return _listed(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def may(function: str, action: str, key: str) -> bool:
    """Whether *function* may do *action* on items under *key*; evaluates what this template uses of IAM."""
    return any(
        statement["Effect"] == "Allow"
        and action in statement["Action"]
        and any(fnmatchcase(key, pattern) for pattern in keys_of(statement))
        for statement in statements(function)
        if any(name.startswith("dynamodb:") for name in statement["Action"])
    )


def may_send(function: str) -> bool:
    """Whether *function* may send a message to the queue."""
    return any(
        statement["Effect"] == "Allow"
        and "sqs:SendMessage" in statement["Action"]
        and statement["Resource"] == {"Fn::GetAtt": ["Queue", "Arn"]}
        for statement in statements(function)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Guard:
    """The current function, and the calls that were denied."""

    def __init__(self) -> None:
        self.function: str | None = None
        self.denied: set[str] = set()

    def allows(self, action: str, key: str = "") -> bool:
        if self.function is None:
            return True
        allowed = may_send(self.function) if action == "sqs:SendMessage" else may(self.function, action, key)
        if not allowed:
            self.denied.add(f"{self.function} {action} {key.partition('#')[0]}")
        return allowed


class _GuardedTable(MemoryTable):
    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self._guard = guard

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Item | None:
        self._ask("dynamodb:GetItem", pk)
        return super().get(pk, sk, consistent=consistent)

    def query(
        self, pk: str, *, begins_with: str | None = None, consistent: bool = True, limit: int | None = None
    ) -> list[Item]:
        self._ask("dynamodb:Query", pk)
        return super().query(pk, begins_with=begins_with, consistent=consistent, limit=limit)

    def batch_get(self, keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
        for pk, _ in keys:
            self._ask("dynamodb:BatchGetItem", pk)
        return super().batch_get(keys, consistent=consistent)

    def _apply(self, name: str, *writes: Write) -> Any:
        for write in writes:
            self._ask(_ACTIONS[type(write)], key_in(write)[0])
        return super()._apply(name, *writes)

    def _ask(self, action: str, key: str) -> None:
        if not self._guard.allows(action, key):
            raise TableUnavailable("not allowed")


class _GuardedQueue(FakeQueue):
    def __init__(self, scene: Scene, guard: _Guard) -> None:
        super().__init__(scene.clock)
        self._guard = guard

    def send(self, run_id: str, group: str, **options: Any) -> None:
        if not self._guard.allows("sqs:SendMessage"):
            raise QueueUnavailable("not allowed")
        super().send(run_id, group, **options)


class GuardedScene(Scene):
    """A scene in which all calls are made with the rights of one function."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._guard = _Guard()
        self.table = _GuardedTable(self._guard)
        self.queue = _GuardedQueue(self, self._guard)
        self.deps = self.environment()

    @property
    def denied(self) -> set[str]:
        """The denied calls: function, action, kind of key."""
        return self._guard.denied

    @contextmanager
    def acting(self, function: str) -> Iterator[None]:
        """Make all calls inside the block with the rights of *function*."""
        self._guard.function = function
        try:
            yield
        finally:
            self._guard.function = None
