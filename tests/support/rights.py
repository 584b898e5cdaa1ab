"""What the policies of template.yaml allow, as a question; and a table and a queue that hold a function to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from stepwise.storage.attribute_values import Item
from stepwise.storage.table import Delete, Put, TableUnavailable, Update, Write
from stepwise.storage.work_queue import QueueUnavailable
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
"""What every function may do with the key of a deployment that has one of its own: to use it, through AWS's services."""
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
    """The partition keys that *statement* is bound to."""
    return _listed(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def may(function: str, action: str, key: str) -> bool:
    """Whether *function* may do *action* to the items under *key*: IAM's rule for what this template uses of it."""
    return any(
        statement["Effect"] == "Allow"
        and action in statement["Action"]
        and any(fnmatchcase(key, pattern) for pattern in keys_of(statement))
        for statement in statements(function)
        if any(name.startswith("dynamodb:") for name in statement["Action"])
    )


def may_send(function: str) -> bool:
    """Whether *function* may put a message into the queue."""
    return any(
        statement["Effect"] == "Allow"
        and "sqs:SendMessage" in statement["Action"]
        and statement["Resource"] == {"Fn::GetAtt": ["Queue", "Arn"]}
        for statement in statements(function)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Guard:
    """Who is at work, and what was asked for in vain."""

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

    def _apply(self, name: str, write: Write) -> Any:
        self._ask(_ACTIONS[type(write)], str(write.item["pk"]) if isinstance(write, Put) else write.pk)
        return super()._apply(name, write)

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
    """A scene in which whoever acts has the rights of one function, and no others."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._guard = _Guard()
        self.table = _GuardedTable(self._guard)
        self.queue = _GuardedQueue(self, self._guard)
        self.deps = self.environment()

    @property
    def denied(self) -> set[str]:
        """What was asked for without the right to it: function, action, kind of key."""
        return self._guard.denied

    @contextmanager
    def acting(self, function: str) -> Iterator[None]:
        """Until the end, everything is done with the rights of *function*."""
        self._guard.function = function
        try:
            yield
        finally:
            self._guard.function = None
