"""The partners command against API Gateway as moto has it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from support.infra import INFRA, script

partners = script("edge/partners.py")


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("apigateway", region_name="eu-central-1")
        for name in ("stepwise", "another"):
            _deploy(client, name)
        yield client


def _deploy(client: Any, name: str) -> None:
    api = client.create_rest_api(name=name)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="HTTP",
        uri="http://127.0.0.1",
        integrationHttpMethod="GET",
    )
    client.create_deployment(restApiId=api, stageName="live")
    for tier in ("trial", "standard"):
        client.create_usage_plan(name=f"{name}-edge-{tier}", apiStages=[{"apiId": api, "stage": "live"}])


def _run(gateway: Any, *argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = partners.main(argv, gateway=lambda _region: gateway, out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def _keys(gateway: Any) -> list[dict[str, Any]]:
    return list(gateway.get_api_keys(includeValues=True)["items"])


def test_a_new_partner_gets_a_key_in_its_tier(gateway: Any) -> None:
    status, out, err = _run(gateway, "create", "acme", "--tier", "standard")

    (key,) = _keys(gateway)
    assert status == 0
    assert out == f"{key['value']}\n"
    assert key["value"] not in err
    plans = gateway.get_usage_plans(keyId=key["id"])["items"]
    assert [plan["name"] for plan in plans] == ["stepwise-edge-standard"]
    assert key["tags"] == {"partner": "acme", "stack": "stepwise"}


def test_a_dry_run_changes_nothing(gateway: Any) -> None:
    status, out, err = _run(gateway, "--dry-run", "create", "acme", "--tier", "standard")

    assert (status, out) == (0, "")
    assert err.startswith("Would have made")
    assert _keys(gateway) == []


def test_a_dry_run_revokes_nothing(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "standard")

    status, _, err = _run(gateway, "--dry-run", "revoke", "acme")

    assert status == 0
    assert err.startswith("Would have switched off")
    assert _keys(gateway)[0]["enabled"] is True


def test_the_old_key_works_until_it_is_revoked(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "trial")
    (old,) = _keys(gateway)

    status, out, _ = _run(gateway, "rotate", "acme")

    assert status == 0
    by_id = {key["id"]: key for key in _keys(gateway)}
    (new,) = (key for key in by_id.values() if key["id"] != old["id"])
    assert out == f"{new['value']}\n"
    assert new["value"] != old["value"]
    assert by_id[old["id"]]["enabled"] is True
    assert [plan["name"] for plan in gateway.get_usage_plans(keyId=new["id"])["items"]] == [
        "stepwise-edge-trial"
    ]

    assert _run(gateway, "revoke", "acme", "--key-id", old["id"])[0] == 0
    assert {key["id"]: key["enabled"] for key in _keys(gateway)} == {old["id"]: False, new["id"]: True}


def test_rotating_can_switch_the_old_key_off_at_once(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "trial")
    (old,) = _keys(gateway)

    assert _run(gateway, "rotate", "acme", "--revoke-old")[0] == 0

    assert {key["id"] for key in _keys(gateway) if not key["enabled"]} == {old["id"]}


def test_a_third_key_is_not_made(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "trial")
    _run(gateway, "rotate", "acme")

    status, out, err = _run(gateway, "rotate", "acme")

    assert (status, out) == (1, "")
    assert "revoke the old one first" in err
    assert len(_keys(gateway)) == 2


def test_revoking_a_partner_switches_all_its_keys_off_and_nobody_elses(gateway: Any) -> None:
    for partner in ("acme", "umbrella"):
        _run(gateway, "create", partner, "--tier", "trial")
    _run(gateway, "rotate", "acme")

    assert _run(gateway, "revoke", "acme")[0] == 0

    assert {(key["tags"]["partner"], key["enabled"]) for key in _keys(gateway)} == {
        ("acme", False),
        ("umbrella", True),
    }


def test_a_list_shows_tiers_and_never_a_value(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "trial")
    _run(gateway, "create", "umbrella", "--tier", "standard")
    _run(gateway, "revoke", "umbrella")

    status, out, err = _run(gateway, "list")

    assert status == 0
    assert [line.split()[0:4:2] + line.split()[3:4] for line in out.splitlines()[1:]] == [
        ["acme", "trial", "works"],
        ["umbrella", "standard", "off"],
    ]
    for key in _keys(gateway):
        assert key["value"] not in out + err


def test_another_deployment_is_left_alone(gateway: Any) -> None:
    _run(gateway, "--stack", "another", "create", "acme", "--tier", "trial")

    assert _run(gateway, "list")[1].splitlines()[1:] == []
    assert _run(gateway, "revoke", "acme")[0] == 1
    assert _keys(gateway)[0]["enabled"] is True


def test_an_unknown_tier_is_refused_and_the_known_ones_are_named(gateway: Any) -> None:
    status, out, err = _run(gateway, "create", "acme", "--tier", "gold")

    assert (status, out) == (1, "")
    assert "standard, trial" in err
    assert _keys(gateway) == []


def test_a_partner_with_a_key_is_not_made_again(gateway: Any) -> None:
    _run(gateway, "create", "acme", "--tier", "trial")

    assert _run(gateway, "create", "acme", "--tier", "trial")[0] == 1
    assert len(_keys(gateway)) == 1


@pytest.mark.parametrize("name", ["", "a", "Acme", "acme corp", "../acme", "a" * 64])
def test_a_name_that_is_none_is_refused(gateway: Any, name: str) -> None:
    assert _run(gateway, "create", name, "--tier", "trial")[0] == 1
    assert _keys(gateway) == []


def test_an_unknown_stack_is_refused(gateway: Any) -> None:
    status, _, err = _run(gateway, "--stack", "nowhere", "create", "acme", "--tier", "trial")

    assert status == 1
    assert "0 REST APIs" in err


def test_a_key_that_got_no_plan_does_not_stay(gateway: Any) -> None:
    class Broken:
        """API Gateway that fails between the key and its plan."""

        def __getattr__(self, name: str) -> Any:
            return getattr(gateway, name)

        def create_usage_plan_key(self, **_: Any) -> None:
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        _run(Broken(), "create", "acme", "--tier", "trial")

    assert _keys(gateway) == []


def test_a_tier_that_is_there_twice_is_refused_and_both_plans_are_named(gateway: Any) -> None:
    (plan,) = (each for each in gateway.get_usage_plans()["items"] if each["name"] == "stepwise-edge-trial")
    twice = gateway.create_usage_plan(name="stepwise-second-edge-trial", apiStages=plan["apiStages"])

    status, out, err = _run(gateway, "create", "acme", "--tier", "trial")

    assert (status, out) == (1, "")
    assert plan["id"] in err
    assert twice["id"] in err
    assert _keys(gateway) == []


def test_the_readmes_command_makes_a_key(gateway: Any) -> None:
    readme = (INFRA.parent / "README.md").read_text(encoding="utf-8")
    (argv,) = re.findall(r"infra/edge/partners\.py\s+([^`]+)`", readme)

    assert _run(gateway, *argv.split())[0] == 0
    assert len(_keys(gateway)) == 1
