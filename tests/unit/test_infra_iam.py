"""Who may do what to the table and the queue, by the policies of template.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from support.infra import bundle

FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in bundle()["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")


def _statements(function: str) -> Iterator[dict[str, Any]]:
    for policy in FUNCTIONS[function].get("Policies", []):
        assert isinstance(policy, dict), "policies are written out, no ready-made ones"
        for statement in policy["Statement"]:
            yield {**statement, "Action": _listed(statement["Action"])}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _keys(statement: dict[str, Any]) -> list[str]:
    """The partition keys that *statement* is bound to."""
    return _listed(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def _may(function: str, action: str, key: str) -> bool:
    """Whether *function* may do *action* to the items under *key*: IAM's rule for what this template uses of it."""
    return any(
        statement["Effect"] == "Allow"
        and action in statement["Action"]
        and any(fnmatchcase(key, pattern) for pattern in _keys(statement))
        for statement in _statements(function)
        if any(name.startswith("dynamodb:") for name in statement["Action"])
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_right_is_wider_than_its_use(function: str) -> None:
    for statement in _statements(function):
        assert "*" not in "".join(statement["Action"])
        assert statement["Resource"] in [
            {"Fn::GetAtt": ["Table", "Arn"]},
            {"Fn::GetAtt": ["Queue", "Arn"]},
        ], statement["Sid"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_right_to_the_table_is_bound_to_keys(function: str) -> None:
    for statement in _statements(function):
        if any(action.startswith("dynamodb:") for action in statement["Action"]):
            assert statement["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
            assert _keys(statement)
            assert "*" not in _keys(statement)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_may_read_the_whole_table_or_change_it(function: str) -> None:
    rights = {action for statement in _statements(function) for action in statement["Action"]}

    # ForAllValues holds where a request names no key at all, as a scan does: it must not be allowed in the first place.
    assert rights <= {
        "dynamodb:GetItem",
        "dynamodb:Query",
        *WRITES,
        "dynamodb:ConditionCheckItem",
        "sqs:SendMessage",
        "sqs:ChangeMessageVisibility",
    }


def test_what_only_reads_a_header_may_do_nothing() -> None:
    authorizers = [name for name in FUNCTIONS if "Authorizer" in name]

    assert authorizers
    assert [name for name in authorizers if list(_statements(name))] == []


@pytest.mark.parametrize("key", ["answer#0", "job#0", "idempotency#0"])
def test_the_warm_up_writes_no_answers_and_no_jobs(key: str) -> None:
    assert not [action for action in WRITES if _may("WarmupFunction", action, key)]


@pytest.mark.parametrize("key", ["answer#0", "run#0", "job#0", "idempotency#0", "queue", "slots"])
def test_the_status_sees_nothing_of_anybody(key: str) -> None:
    assert not [
        action
        for action in (*WRITES, "dynamodb:GetItem", "dynamodb:Query")
        if _may("StatusFunction", action, key)
    ]


def test_a_chat_is_never_in_the_shared_cache() -> None:
    assert not _may("ChatFunction", "dynamodb:PutItem", "answer#0")
    assert not _may("ChatFunction", "dynamodb:GetItem", "answer#0")


@pytest.mark.parametrize("action", [*WRITES, "dynamodb:GetItem", "dynamodb:Query"])
def test_who_asks_for_a_job_gets_at_neither_the_cache_nor_idempotency_keys(action: str) -> None:
    assert not _may("JobsFunction", action, "answer#0")
    assert not _may("JobsFunction", action, "idempotency#0")


@pytest.mark.parametrize("action", [*WRITES, "dynamodb:GetItem"])
def test_the_worker_has_no_use_for_idempotency_keys(action: str) -> None:
    assert not _may("WorkerFunction", action, "idempotency#0")


def test_those_who_answer_may_store_answers() -> None:
    # The other side of the tests above: this reading of policies can tell a right from none.
    for function in ("SolveFunction", "AnalyzeFunction", "WorkerFunction"):
        assert _may(function, "dynamodb:PutItem", "answer#0")
