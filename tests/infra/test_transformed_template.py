"""What CloudFormation gets from template.yaml: SAM's silent defaults and misunderstandings show only here.

That streams stream is in ``tests/infra/test_bootstrap_template.py``, what the functions need of the table and the
queue in ``test_infra_iam.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest
from support.infra import script
from support.transformed import transformed

OPEN = {
    *("/", "/health", "/openapi.json", "/docs", "/docs/{asset}"),
    *("/playground", "/playground/{version}/{name}"),
}
FUNCTIONS = (
    "KeyAuthorizerFunction",
    "SolveFunction",
    "AnalyzeFunction",
    "ChatFunction",
    "JobsFunction",
    "WorkerFunction",
    "WarmupFunction",
    "StatusFunction",
)
STREAMED = {
    "/v1/math/solve": 300_000,
    "/v1/logic/analyze": 300_000,
    "/v1/general/chat": 300_000,
    "/v1/chat/completions": 300_000,
}
BASIC = {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return _resources()


def _resources(**parameters: str) -> dict[str, Any]:
    found: dict[str, Any] = transformed(**parameters)["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: resource.get("Properties", {})
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


def methods(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi").values()
    for path, by_method in api["Body"]["paths"].items():
        for method in by_method.values():
            yield path, method


def asked_of_a_caller(method: dict[str, Any]) -> set[str]:
    return {name for scheme in method.get("security", []) for name in scheme}


# The API


def test_everything_but_the_open_paths_needs_a_key_that_an_authorizer_finds(
    resources: dict[str, Any],
) -> None:
    asked = {path: asked_of_a_caller(method) for path, method in methods(resources)}

    assert {path for path, names in asked.items() if not names} == OPEN
    for path, names in asked.items():
        assert names == (set() if path in OPEN else {"Key", "api_key"}), path


def test_the_authorizer_is_asked_for_every_request_whichever_header_has_the_key(
    resources: dict[str, Any],
) -> None:
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi").values()
    body = api["Body"]
    schemes = body.get("securityDefinitions") or body["components"]["securitySchemes"]
    asked = {
        name: (
            scheme["x-amazon-apigateway-authorizer"].get("identitySource"),
            scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"],
            scheme["x-amazon-apigateway-authorizer"]["type"],
        )
        for name, scheme in schemes.items()
        if name != "api_key"
    }

    # An identity source that is not there makes the gateway answer 401 without asking.
    assert asked == {"Key": (None, 0, "request")}
    assert api["ApiKeySourceType"] == "AUTHORIZER"


def test_what_the_model_answers_is_streamed_for_as_long_as_the_functions_run(
    resources: dict[str, Any],
) -> None:
    integrations = {
        path: method["x-amazon-apigateway-integration"]
        for path, method in methods(resources)
        if path in STREAMED
    }

    assert {path: one["timeoutInMillis"] for path, one in integrations.items()} == STREAMED
    for one in integrations.values():
        assert one["responseTransferMode"] == "STREAM"
        assert json.dumps(one["uri"]).count("/response-streaming-invocations") == 1
    timeouts = of_type(resources, "AWS::Lambda::Function")
    assert all(timeouts[f"{name}Function"]["Timeout"] == 300 for name in ("Solve", "Analyze", "Chat"))


# Versions


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_called_by_its_alias_whose_versions_start_from_a_snapshot(
    resources: dict[str, Any], function: str
) -> None:
    alias = resources[f"{function}Aliaslive"]["Properties"]

    assert resources[function]["Properties"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert alias["Name"] == "live"
    assert alias["FunctionVersion"]["Fn::GetAtt"][1] == "Version"


def _versions(**parameters: str) -> dict[str, str]:
    """The version that each function's alias points to, by the function."""
    resources = _resources(**parameters)
    return {
        name: resources[f"{name}Aliaslive"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        for name in of_type(resources, "AWS::Lambda::Function")
    }


def test_another_release_publishes_every_function_and_the_same_one_none() -> None:
    old, again, new = _versions(Release="a" * 64), _versions(Release="a" * 64), _versions(Release="b" * 64)

    assert set(old) == set(FUNCTIONS)
    assert old == again
    assert [name for name in FUNCTIONS if old[name] == new[name]] == []


def test_another_release_is_another_configuration_of_every_function() -> None:
    # Lambda publishes no version of a function whose code and configuration are those of its last version (API reference,
    # PublishVersion); CloudFormation then fails with "A version for this Lambda function exists".
    for function in of_type(_resources(), "AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["RELEASE"] == {"Ref": "Release"}


def test_a_deployment_without_a_release_is_refused() -> None:
    assert "Default" not in transformed()["Parameters"]["Release"]


def test_there_is_one_stage(resources: dict[str, Any]) -> None:
    (stage,) = of_type(resources, "AWS::ApiGateway::Stage").values()

    assert stage["StageName"] == {"Ref": "StageName"}
    assert [
        one for one in of_type(resources, "AWS::ApiGateway::Deployment").values() if "StageName" in one
    ] == []


def test_what_the_gateway_says_itself_is_a_problem_of_the_contract(resources: dict[str, Any]) -> None:
    said = resources["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]

    assert {"UNAUTHORIZED", "INVALID_API_KEY", "THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_TIMEOUT"} <= set(
        said
    )
    for name, response in said.items():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert body["type"] == f"urn:stepwise:problem:{body['code']}"
        assert str(body["status"]) == response.get("statusCode", "400"), name
        assert body["instance"] == "$context.requestId"
        header = response["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert header == "'application/problem+json'"


def test_lambda_drops_no_metric_whatever_the_level_of_the_log() -> None:
    for level in ("INFO", "WARNING", "ERROR"):
        for function in of_type(_resources(LogLevel=level), "AWS::Lambda::Function").values():
            assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
    assert transformed()["Parameters"]["LogLevel"]["AllowedValues"] == ["INFO", "WARNING", "ERROR"]


def test_lambda_does_not_stop_a_worker_for_its_own_messages(resources: dict[str, Any]) -> None:
    allowed = {
        name for name, one in of_type(resources, "AWS::Lambda::Function").items() if "RecursiveLoop" in one
    }

    assert allowed == {"WorkerFunction"}
    assert resources["WorkerFunction"]["Properties"]["RecursiveLoop"] == "Allow"


def test_nothing_calls_a_function_past_its_alias(resources: dict[str, Any]) -> None:
    callers = [
        *(method["x-amazon-apigateway-integration"]["uri"] for _, method in methods(resources)),
        *(one["FunctionName"] for one in of_type(resources, "AWS::Lambda::Permission").values()),
        *(one["FunctionName"] for one in of_type(resources, "AWS::Lambda::EventSourceMapping").values()),
        *(one["Target"]["Arn"] for one in of_type(resources, "AWS::Scheduler::Schedule").values()),
    ]

    assert len(callers) > 20
    assert [one for one in callers if "FunctionAliaslive" not in json.dumps(one)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_new_version_is_tried_and_taken_back_on_alarms(resources: dict[str, Any], function: str) -> None:
    group = resources[f"{function}DeploymentGroup"]["Properties"]
    update = resources[f"{function}Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    watched = [alarm["Name"] for alarm in group["AlarmConfiguration"]["Alarms"]]

    assert update["DeploymentGroupName"] == {"Ref": f"{function}DeploymentGroup"}
    assert group["AlarmConfiguration"]["Enabled"] is True
    assert watched[:2] == [{"Ref": "FailedInvocations"}, {"Ref": "UnexpectedErrors"}]
    assert "Outputs.AlarmNames" in json.dumps(watched[2])
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert "Canary10Percent5Minutes" in json.dumps(group["DeploymentConfigName"])


def test_the_alarm_of_failures_counts_every_function_behind_its_alias(resources: dict[str, Any]) -> None:
    counted, summed = set(), ""
    for metric in resources["FailedInvocations"]["Properties"]["Metrics"]:
        if "Expression" in metric:
            summed = metric["Expression"]
            continue
        name, alias = (dimension["Value"] for dimension in metric["MetricStat"]["Metric"]["Dimensions"])
        assert alias == {"Fn::Sub": f"${{{name['Ref']}}}:live"}
        counted.add((metric["Id"], name["Ref"]))

    # The authorizers fail by design: it is how they refuse.
    assert {name for _, name in counted} == {name for name in FUNCTIONS if "Authorizer" not in name}
    assert set(re.findall(r"FILL\((\w+), 0\)", summed)) == {one for one, _ in counted}


def test_gradual_deployment_can_be_switched_off() -> None:
    resources = _resources(GradualDeployment="false")

    assert of_type(resources, "AWS::CodeDeploy::DeploymentGroup") == {}
    assert all("UpdatePolicy" not in resources[f"{function}Aliaslive"] for function in FUNCTIONS)


# The queue


def test_as_many_workers_run_as_the_model_has_slots_and_each_says_what_it_could_not_do(
    resources: dict[str, Any],
) -> None:
    sources = of_type(resources, "AWS::Lambda::EventSourceMapping")
    work = next(one for one in sources.values() if one["EventSourceArn"] == {"Fn::GetAtt": ["Queue", "Arn"]})

    assert work["ScalingConfig"] == {
        "MaximumConcurrency": {
            "Fn::If": ["OwnWorkerConcurrency", {"Ref": "WorkerConcurrency"}, {"Ref": "ModelSlots"}]
        }
    }
    parameters = transformed()["Parameters"]
    assert parameters["ModelSlots"]["MinValue"] >= 2, "SQS event sources take no less"
    assert parameters["WorkerConcurrency"]["MaxValue"] == script("deploy.py").MOST_WORKERS
    for source in sources.values():
        assert source["BatchSize"] == 1
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_stays_hidden_for_six_times_the_time_of_its_worker(resources: dict[str, Any]) -> None:
    timeout = resources["WorkerFunction"]["Properties"]["Timeout"]
    queues = of_type(resources, "AWS::SQS::Queue")
    read = {
        one["EventSourceArn"]["Fn::GetAtt"][0]
        for one in of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    }

    assert read == set(queues)
    assert all(queue["VisibilityTimeout"] >= 6 * timeout for queue in queues.values())


# Rights


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_a_role_of_its_own_with_nothing_of_everything(
    resources: dict[str, Any], function: str
) -> None:
    role = resources[f"{function}Role"]["Properties"]
    managed = {arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]}
    policies = [one.get("Fn::If", [None, one])[1]["PolicyDocument"] for one in role.get("Policies", [])]
    statements = [statement for policy in policies for statement in policy["Statement"]]

    assert resources[function]["Properties"]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
    assert managed - BASIC == ({"AWSLambdaSQSQueueExecutionRole"} if function == "WorkerFunction" else set())
    assert statements
    for statement in statements:
        text = json.dumps([statement["Action"], statement["Resource"]])
        assert "*" not in text, statement["Sid"]
        assert "DeleteTable" not in text
        assert not any(word in text for word in ("CreateGrant", "PutKeyPolicy", "Scan"))


def test_a_key_of_ones_own_is_used_wherever_something_is_kept(resources: dict[str, Any]) -> None:
    own = {"Fn::If": ["OwnKey", {"Ref": "KmsKeyArn"}, {"Ref": "AWS::NoValue"}]}

    assert {name: one["KmsKeyArn"] for name, one in of_type(resources, "AWS::Lambda::Function").items()} == (
        dict.fromkeys(FUNCTIONS, own)
    )
    assert resources["Table"]["Properties"]["SSESpecification"]["KMSMasterKeyId"] == own
    for queue in of_type(resources, "AWS::SQS::Queue").values():
        assert queue["KmsMasterKeyId"] == own
        # SQS refuses both at once.
        assert queue["SqsManagedSseEnabled"] == {"Fn::If": ["OwnKey", {"Ref": "AWS::NoValue"}, True]}


# The whole


def test_all_functions_log_to_a_group_that_forgets(resources: dict[str, Any]) -> None:
    logging = {
        json.dumps(one["LoggingConfig"]["LogGroup"])
        for one in of_type(resources, "AWS::Lambda::Function").values()
    }

    assert logging == {'{"Ref": "FunctionLogs"}'}
    assert resources["FunctionLogs"]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_two_stacks_of_an_account_do_not_fight_over_a_name(resources: dict[str, Any]) -> None:
    names = [
        value
        for resource in resources.values()
        for key, value in resource.get("Properties", {}).items()
        if resource["Type"] not in ("AWS::Lambda::Alias", "AWS::CloudFormation::Stack")
        if key in ("Name", "LogGroupName", "QueueName", "TableName", "FunctionName", "UsagePlanName")
        if not (key == "FunctionName" and isinstance(value, dict) and set(value) == {"Ref"})
    ]

    assert names
    assert [name for name in names if "AWS::StackName" not in json.dumps(name)] == []


def test_nothing_waits_for_itself(resources: dict[str, Any]) -> None:
    def wanted(node: Any) -> Iterator[str]:
        if isinstance(node, list):
            for item in node:
                yield from wanted(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key == "Ref":
                    yield value
                elif key == "Fn::GetAtt":
                    yield value[0] if isinstance(value, list) else value.split(".")[0]
                elif key == "Fn::Sub":
                    text = value if isinstance(value, str) else value[0]
                    yield from re.findall(r"\$\{([A-Za-z0-9]+)[.}]", text)
                    yield from wanted(value if isinstance(value, list) else [])
                elif key == "DependsOn":
                    yield from [value] if isinstance(value, str) else value
                else:
                    yield from wanted(value)

    graph = {name: set(wanted(resource)) & set(resources) for name, resource in resources.items()}
    order = list(TopologicalSorter(graph).static_order())

    assert set(order) == set(resources)
    assert order.index("FailedInvocations") < order.index("SolveFunctionAliaslive")
