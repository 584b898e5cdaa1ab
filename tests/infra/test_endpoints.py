"""What calls AWS from the private network, held against botocore's tables of endpoints.

IPv4 has no way out of that network and IPv6 has. A service is reached over an endpoint in the network, or by a name that
AWS's tables list with IPv6. The rule sets are no evidence: they make such a name for any service.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.session import Session
from support.infra import bundle, host_files, template
from support.transformed import transformed

REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1", "ap-northeast-1")
"""Where the host's instance types are; other Regions need the same look."""


def _listed_with_ipv6(service: str, region: str) -> bool:
    tables = json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text("utf-8"))
    listed = tables["partitions"][0]["services"].get(service, {}).get("endpoints", {}).get(region, {})
    return any("dualstack" in variant["tags"] for variant in listed.get("variants", []))


def _endpoints() -> dict[str, dict[str, Any]]:
    """Unconditional endpoints in the network, by the service's name."""
    return {
        resource["Properties"]["ServiceName"]["Fn::Sub"].rpartition(".")[2]: resource["Properties"]
        for resource in template("network")["Resources"].values()
        if resource["Type"] == "AWS::EC2::VPCEndpoint" and "Condition" not in resource
    }


def _called_by_a_host() -> set[str]:
    return set(re.findall(r"\baws (\w+) ", host_files()["/opt/stepwise/host.sh"]))


def test_tables_can_tell_a_listed_name_from_a_made_up_one() -> None:
    assert _listed_with_ipv6("sqs", "eu-central-1")
    assert not _listed_with_ipv6("cloudformation", "eu-central-1")
    client = Session().create_client(
        "cloudformation",
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=botocore.config.Config(use_dualstack_endpoint=True),
    )
    assert client.meta.endpoint_url == "https://cloudformation.eu-central-1.api.aws"


def test_whatever_a_host_calls_has_an_endpoint_in_the_network() -> None:
    assert _called_by_a_host() == {"s3", "autoscaling", "cloudformation", "dynamodb"}
    assert _called_by_a_host() <= set(_endpoints())
    # These endpoints answer to the usual names only.
    assert "DUALSTACK" not in host_files()["/opt/stepwise/host.sh"]
    for service in ("autoscaling", "cloudformation"):
        assert _endpoints()[service]["PrivateDnsEnabled"] is True


def test_endpoints_allow_what_a_host_reports_with() -> None:
    allowed = {
        service: [statement["Action"] for statement in properties["PolicyDocument"]["Statement"]]
        for service, properties in _endpoints().items()
    }

    assert allowed["autoscaling"] == ["autoscaling:CompleteLifecycleAction"]
    assert allowed["cloudformation"] == ["cloudformation:SignalResource"]


@pytest.mark.parametrize("region", REGIONS)
def test_functions_reach_the_queue_by_a_name_with_ipv6_and_the_table_by_its_endpoint(region: str) -> None:
    variables = bundle()["Globals"]["Function"]["Environment"]["Variables"]
    condition, address, otherwise = variables["AWS_ENDPOINT_URL_SQS"]["Fn::If"]

    assert (condition, otherwise) == ("QueueOverIpv6", {"Ref": "AWS::NoValue"})
    host = address["Fn::Sub"].replace("${AWS::Region}", region).removeprefix("https://")
    assert host == f"sqs.{region}.api.aws"
    assert _listed_with_ipv6("sqs", region)
    assert "dynamodb" in _endpoints()


def test_a_client_of_the_queue_goes_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from stepwise.storage import aws_client

    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://sqs.eu-central-1.api.aws")

    client = aws_client.client("sqs", timeout=1, attempts=1, region="eu-central-1")

    assert client.meta.endpoint_url == "https://sqs.eu-central-1.api.aws"


def test_the_endpoint_of_the_queue_can_be_switched_on_and_allows_what_functions_do() -> None:
    resources = template("network")["Resources"]
    (statement,) = resources["SqsEndpoint"]["Properties"]["PolicyDocument"]["Statement"]
    network = transformed()["Resources"]["Network"]["Properties"]["Parameters"]

    assert network["QueueEndpoint"] == {"Ref": "QueueEndpoint"}
    assert set(statement["Action"]) == {"sqs:SendMessage", "sqs:ChangeMessageVisibility"}
