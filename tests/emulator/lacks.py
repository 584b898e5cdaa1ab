"""What ministack 1.5.33 lacks, as ``make deploy-test`` found it, and the tests that hold it on the template instead."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LACKS", "Lack"]

_TRANSFORMED = "infra/test_transformed_template.py::"
_TEMPLATES = "infra/test_templates.py::"


@dataclass(frozen=True)
class Lack:
    """What is not as on AWS, what ``make deploy-test`` does about it, and which tests (under tests/) hold it instead."""

    what: str
    done: str
    tests: tuple[str, ...]


LACKS = (
    Lack(
        "its SAM transform gets no values of parameters: AutoPublishCodeSha256 must be a string",
        "AWS's translator makes the template before it is deployed",
        (f"{_TRANSFORMED}test_another_release_publishes_every_function_and_the_same_one_none",),
    ),
    Lack(
        "CodeDeploy: a gradual deployment, and its way back on an alarm",
        "GradualDeployment=false",
        (
            f"{_TRANSFORMED}test_a_new_version_is_tried_and_taken_back_on_alarms",
            f"{_TRANSFORMED}test_gradual_deployment_can_be_switched_off",
        ),
    ),
    Lack(
        "alarms of several metrics",
        "left out",
        (
            f"{_TRANSFORMED}test_the_alarm_of_failures_counts_every_function_behind_its_alias",
            f"{_TEMPLATES}test_every_alarm_tells_somebody_and_names_its_page_of_the_runbook",
        ),
    ),
    Lack(
        "the firewall before a stage, and its log",
        "left out; the firewall itself is made",
        (
            f"{_TEMPLATES}test_the_firewall_stands_before_the_stage",
            f"{_TEMPLATES}test_the_firewalls_log_holds_no_keys",
        ),
    ),
    Lack(
        "the firewall's ARN when a stack is updated",
        "that output is left out",
        (f"{_TEMPLATES}test_cfn_lint_finds_nothing",),
    ),
    Lack(
        "x-amazon-apigateway-any-method in the API's definition",
        "each method is written out",
        ("e2e/test_http_contract.py::test_each_refusal_is_a_problem_document",),
    ),
    Lack(
        "the API's own answers (no key, unknown key, throttled, ...): it gives API Gateway's",
        "only their status is looked at",
        (f"{_TRANSFORMED}test_what_the_gateway_says_itself_is_a_problem_of_the_contract",),
    ),
    Lack(
        "integrations that stream, and the runtime that AWS_LAMBDA_EXEC_WRAPPER starts",
        "they answer in one piece, in the emulator's own runtime",
        (
            f"{_TRANSFORMED}test_what_the_model_answers_is_streamed_for_as_long_as_the_functions_run",
            "infra/test_bootstrap_template.py::test_every_route_of_our_runtime_is_a_streaming_integration_and_no_other",
        ),
    ),
    Lack(
        "keys that an authorizer finds (Authorization: Bearer): it reads x-api-key",
        "every call has x-api-key",
        (f"{_TRANSFORMED}test_the_authorizer_is_asked_for_every_request_whichever_header_has_the_key",),
    ),
    Lack(
        "numbers that are parameters: an event source's MaximumConcurrency stays a text, and its poller fails",
        "the number is written out",
        (
            f"{_TRANSFORMED}test_as_many_workers_run_as_the_model_has_slots_and_each_says_what_it_could_not_do",
        ),
    ),
    Lack(
        "the network and the GPU host: egress-only gateways, IPv6 blocks, flow logs, rules of security groups",
        "DeployModelHost=false, and the embedded model server",
        (
            f"{_TEMPLATES}test_there_is_no_way_in",
            f"{_TEMPLATES}test_a_host_is_what_it_should_be",
            "infra/test_endpoints.py::test_whatever_a_host_calls_has_an_endpoint_in_the_network",
        ),
    ),
    Lack(
        "the roles' policies, which are not enforced unless asked for",
        "not asked for",
        ("infra/test_iam.py::test_every_function_may_do_what_it_does",),
    ),
    Lack(
        "arm64, SnapStart, Lambda's filter of log levels",
        "functions run in a Python of this machine",
        (
            f"{_TRANSFORMED}test_a_function_is_called_by_its_alias_whose_versions_start_from_a_snapshot",
            f"{_TRANSFORMED}test_lambda_drops_no_metric_whatever_the_level_of_the_log",
        ),
    ),
)
