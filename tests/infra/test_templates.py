"""What the nested templates promise: who reaches whom, what a host is, and that they agree with the functions' defaults."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stepwise.config import Settings
from stepwise.coordination.hosts import HOSTS
from stepwise.observability import NAMESPACE, SERVICE
from support.infra import INFRA, bundle, defaults, host_files, template

NAMES = ("network", "model-host", "monitoring", "edge")


def _resources(name: str, kind: str) -> dict[str, dict[str, Any]]:
    return {
        key: value.get("Properties", {})
        for key, value in template(name)["Resources"].items()
        if value["Type"] == kind
    }


def _one(name: str, kind: str) -> dict[str, Any]:
    (properties,) = _resources(name, kind).values()
    return properties


def test_cfn_lint_finds_nothing() -> None:
    paths = [str(INFRA / name / "template.yaml") for name in NAMES]

    done = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), *paths],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_and_output_says_what_it_is(name: str) -> None:
    loaded = template(name)

    for section in ("Parameters", "Outputs"):
        silent = [key for key, value in loaded[section].items() if len(value.get("Description", "")) < 8]
        assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_every_suppressed_check_has_its_reason(name: str) -> None:
    skips = [
        skip
        for resource in template(name)["Resources"].values()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]

    assert [skip["id"] for skip in skips if len(skip.get("comment", "")) < 40] == []


# The network


def test_there_is_no_way_in() -> None:
    kinds = {resource["Type"] for resource in template("network")["Resources"].values()}

    assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EIP"}
    assert "AWS::EC2::EgressOnlyInternetGateway" in kinds
    for subnet in _resources("network", "AWS::EC2::Subnet").values():
        assert "MapPublicIpOnLaunch" not in subnet


def _ingress() -> Iterator[tuple[str, str, int]]:
    """(from, to, port) of every rule that lets something in; addresses instead of groups would be a KeyError."""
    for properties in _resources("network", "AWS::EC2::SecurityGroupIngress").values():
        yield (
            properties["SourceSecurityGroupId"]["Ref"],
            properties["GroupId"]["Ref"],
            properties["FromPort"] if isinstance(properties["FromPort"], int) else 80,
        )
    for name, properties in _resources("network", "AWS::EC2::SecurityGroup").items():
        for rule in properties.get("SecurityGroupIngress", []):
            yield rule["SourceSecurityGroupId"]["Ref"], name, rule["FromPort"]


def test_only_functions_reach_the_load_balancer_and_only_that_reaches_the_host() -> None:
    assert set(_ingress()) == {
        ("FunctionsSecurityGroup", "LoadBalancerSecurityGroup", 80),
        ("LoadBalancerSecurityGroup", "HostSecurityGroup", 8080),
        ("HostSecurityGroup", "HostEndpointsSecurityGroup", 443),
        # The optional endpoint of SQS.
        ("FunctionsSecurityGroup", "QueueEndpointSecurityGroup", 443),
    }


def test_every_group_says_what_may_leave_it() -> None:
    for properties in _resources("network", "AWS::EC2::SecurityGroup").values():
        for rule in properties["SecurityGroupEgress"]:
            # Either nothing at all, or TLS; without a rule a group lets everything out.
            assert rule.get("CidrIp") == "127.0.0.1/32" or rule["FromPort"] == rule["ToPort"] == 443


def test_endpoints_let_nothing_out_but_to_what_is_ours() -> None:
    for endpoint in _resources("network", "AWS::EC2::VPCEndpoint").values():
        for statement in endpoint["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not any("*" in action for action in actions)
            if actions != ["s3:GetObject"]:
                assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == {
                    "Ref": "AWS::AccountId"
                }


# The model host


def test_a_host_is_what_it_should_be() -> None:
    launch = _one("model-host", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]

    assert launch["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
    }
    (disk,) = (mapping["Ebs"] for mapping in launch["BlockDeviceMappings"])
    assert (disk["VolumeType"], disk["Encrypted"]) == ("gp3", True)
    assert "KeyName" not in launch
    (interface,) = launch["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False


def test_the_default_instance_is_among_the_allowed_ones() -> None:
    parameter = template("model-host")["Parameters"]["InstanceType"]

    assert parameter["Default"] == "g6.xlarge"
    assert all(kind.startswith(("g4dn.", "g5.", "g6.", "g6e.")) for kind in parameter["AllowedValues"])
    assert parameter["Default"] in parameter["AllowedValues"]


def _ollama_environment(**parameters: str) -> dict[str, str]:
    lines = host_files(**parameters)["/etc/stepwise/ollama.env"].split()
    return dict(line.split("=", 1) for line in lines)


def test_the_host_runs_as_the_functions_expect() -> None:
    settings = Settings()
    ollama = _ollama_environment()
    values = defaults("model-host")

    assert ollama["OLLAMA_NUM_PARALLEL"] == str(settings.model_slots)
    assert ollama["OLLAMA_CONTEXT_LENGTH"] == str(settings.num_ctx)
    assert ollama["OLLAMA_KEEP_ALIVE"] == settings.keep_alive
    assert values["ModelName"] == settings.model_name
    # The load balancer must not cut a model that only thinks; the functions give up first.
    assert int(values["IdleTimeoutSeconds"]) > settings.idle_timeout


def test_the_hosts_settings_follow_the_parameters() -> None:
    ollama = _ollama_environment(SlotsPerHost="8", ContextLength="32768", KvCacheType="q8_0")

    assert ollama["OLLAMA_NUM_PARALLEL"] == "8"
    assert ollama["OLLAMA_CONTEXT_LENGTH"] == "32768"
    assert ollama["OLLAMA_KV_CACHE_TYPE"] == "q8_0"
    assert "NUM_CTX=32768\n" in host_files(ContextLength="32768")["/etc/stepwise/host.env"]


def test_ollama_listens_on_loopback_with_its_cloud_switched_off() -> None:
    ollama = _ollama_environment()
    unit = host_files()["/etc/systemd/system/ollama.service"]

    assert ollama["OLLAMA_HOST"] == "127.0.0.1:11434"
    assert ollama["OLLAMA_NO_CLOUD"] == "1"
    # Its debug log would hold what partners ask.
    assert ollama["OLLAMA_DEBUG"] == "0"
    assert "IPAddressDeny=any\n" in unit
    assert "IPAddressAllow=localhost\n" in unit


@pytest.mark.parametrize("version", ["0.30.0", "0.23.9", "latest", "0.24"])
def test_a_release_that_was_not_tested_cannot_be_chosen(version: str) -> None:
    assert not re.fullmatch(template("model-host")["Parameters"]["OllamaVersion"]["AllowedPattern"], version)


def test_a_host_may_read_its_bucket_and_report_and_open_a_session_and_nothing_else() -> None:
    statements = [
        statement.get("Fn::If", [None, statement])[1]
        for policy in _one("model-host", "AWS::IAM::Role")["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    actions = {
        action
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }

    assert actions == {
        "s3:GetObject",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "dynamodb:UpdateItem",
        "autoscaling:CompleteLifecycleAction",
        "cloudformation:SignalResource",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    everywhere = {json.dumps(s["Action"]) for s in statements if s["Resource"] == "*"}
    assert len(everywhere) == 1
    (tells,) = (statement for statement in statements if statement["Action"] == "dynamodb:UpdateItem")
    assert tells["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [HOSTS[0]]}}


def test_a_new_host_serves_before_an_old_one_goes() -> None:
    group = template("model-host")["Resources"]["Hosts"]
    update = group["UpdatePolicy"]["AutoScalingRollingUpdate"]

    assert update["MinInstancesInService"] == group["Properties"]["MinSize"]
    assert update["WaitOnResourceSignals"] is True
    assert group["Properties"]["InstanceMaintenancePolicy"]["MinHealthyPercentage"] == 100
    (hook,) = group["Properties"]["LifecycleHookSpecificationList"]
    assert (hook["LifecycleTransition"], hook["DefaultResult"]) == (
        "autoscaling:EC2_INSTANCE_LAUNCHING",
        "ABANDON",
    )
    # The names that the boot script reports to.
    script = host_files()["/opt/stepwise/host.sh"]
    assert f"--lifecycle-hook-name {hook['LifecycleHookName']} " in script
    assert "--logical-resource-id Hosts " in script
    assert "GROUP=stepwise-hosts\n" in host_files()["/etc/stepwise/host.env"]
    assert group["Properties"]["AutoScalingGroupName"] == {"Fn::Sub": "${AWS::StackName}-hosts"}
    least, most = (int(defaults("model-host")[name]) for name in ("MinHosts", "MaxHosts"))
    assert least < most


def test_hosts_are_added_by_what_waits_for_each() -> None:
    policy = _one("model-host", "AWS::AutoScaling::ScalingPolicy")
    metrics = policy["TargetTrackingConfiguration"]["CustomizedMetricSpecification"]["Metrics"]

    (expression,) = (metric["Expression"] for metric in metrics if metric["ReturnData"])
    assert expression == "IF(hosts > 0, waiting / hosts, waiting)"
    assert {
        metric["MetricStat"]["Metric"]["MetricName"] for metric in metrics if not metric["ReturnData"]
    } == {
        "ApproximateNumberOfMessagesVisible",
        "GroupInServiceInstances",
    }


# The edge


def _managed_rules() -> dict[str, set[str]]:
    """Names of the rules that only count, by managed rule group."""
    return {
        statement["Name"]: {
            override["Name"]
            for override in statement.get("RuleActionOverrides", [])
            if override["ActionToUse"] == {"Count": {}}
        }
        for rule in _one("edge", "AWS::WAFv2::WebACL")["Rules"]
        if (statement := rule["Statement"].get("ManagedRuleGroupStatement"))
    }


# Every rule of these groups that looks into a body (AWS WAF Developer Guide, "AWS Managed Rules rule groups list").
BODY_RULES = {
    "AWSManagedRulesCommonRuleSet": {
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    },
    "AWSManagedRulesKnownBadInputsRuleSet": {"JavaDeserializationRCE_BODY", "Log4JRCE_BODY"},
    "AWSManagedRulesSQLiRuleSet": {"SQLi_BODY", "SQLiExtendedPatterns_BODY"},
}


@pytest.mark.parametrize("group", BODY_RULES)
def test_no_managed_rule_refuses_a_body(group: str) -> None:
    assert BODY_RULES[group] <= _managed_rules()[group]


def test_managed_rules_still_refuse_what_is_not_a_body() -> None:
    counting = {name for names in _managed_rules().values() for name in names}

    assert {name for name in counting if not name.endswith("_BODY")} == {"NoUserAgent_HEADER"}


def test_one_address_cannot_take_everything() -> None:
    (rule,) = (
        r for r in _one("edge", "AWS::WAFv2::WebACL")["Rules"] if "RateBasedStatement" in r["Statement"]
    )

    response = rule["Action"]["Block"]["CustomResponse"]
    assert response["ResponseCode"] == 429
    assert "retry-after" in {header["Name"] for header in response["ResponseHeaders"]}
    body = _one("edge", "AWS::WAFv2::WebACL")["CustomResponseBodies"][response["CustomResponseBodyKey"]]
    assert json.loads(body["Content"])["code"] == "rate_limited"


def test_the_firewall_stands_before_the_stage() -> None:
    association = _one("edge", "AWS::WAFv2::WebACLAssociation")

    assert association["WebACLArn"] == {"Fn::GetAtt": ["Firewall", "Arn"]}
    assert association["ResourceArn"]["Fn::Sub"].endswith("::/restapis/${RestApiId}/stages/${StageName}")
    passed = bundle()["Resources"]["Edge"]["Properties"]["Parameters"]
    assert (passed["RestApiId"], passed["StageName"]) == ({"Ref": "Api"}, {"Ref": "StageName"})


def test_the_firewalls_log_holds_no_keys() -> None:
    redacted = {
        field["SingleHeader"]["Name"]
        for field in _one("edge", "AWS::WAFv2::LoggingConfiguration")["RedactedFields"]
    }

    assert {"x-api-key", "authorization"} <= redacted


def test_tiers_rise() -> None:
    values = defaults("edge")

    for what in ("Rate", "Quota"):
        trial, standard, premium = (int(values[f"{tier}{what}"]) for tier in ("Trial", "Standard", "Premium"))
        assert 0 < trial < standard < premium


# Monitoring


def _watched() -> set[str]:
    """Names of the metrics that some alarm looks at."""
    names: set[str] = set()
    for alarm in _resources("monitoring", "AWS::CloudWatch::Alarm").values():
        names |= {alarm["MetricName"]} if "MetricName" in alarm else set()
        names |= {
            m["MetricStat"]["Metric"]["MetricName"] for m in alarm.get("Metrics", []) if "MetricStat" in m
        }
    return names


def _intervals() -> list[int]:
    """Each number of minutes that ``WarmUpMinutes`` may be."""
    parameter = bundle()["Parameters"]["WarmUpMinutes"]
    allowed = parameter.get("AllowedValues") or range(parameter["MinValue"], parameter["MaxValue"] + 1)
    return [int(minutes) for minutes in allowed]


def _seconds(period: Any, minutes: int) -> int:
    """An alarm's *period*, which may be looked up in a mapping by ``WarmUpMinutes``."""
    if isinstance(period, int):
        return period
    mapping, key, name = period["Fn::FindInMap"]
    assert key == {"Ref": "WarmUpMinutes"}
    return int(template("monitoring")["Mappings"][mapping][str(minutes)][name])


@pytest.mark.parametrize("minutes", _intervals())
def test_every_interval_of_the_warm_up_reports_into_each_period_of_its_alarm(minutes: int) -> None:
    alarm = template("monitoring")["Resources"]["ModelGone"]["Properties"]

    period = _seconds(alarm["Period"], minutes)

    assert period >= 60 * minutes
    assert period % 60 == 0
    assert period * alarm["EvaluationPeriods"] <= 86_400


def test_the_monitoring_knows_the_interval_of_the_warm_up() -> None:
    nested = bundle()["Resources"]["Monitoring"]["Properties"]["Parameters"]

    assert nested["WarmUpMinutes"] == {"Ref": "WarmUpMinutes"}
    assert template("monitoring")["Parameters"]["WarmUpMinutes"]["AllowedValues"] == _intervals()


def test_what_hurts_users_has_an_alarm() -> None:
    assert _watched() >= {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "5XXError",
        "TimeToFirstToken",
        "QueueFull",
        "ModelResident",
        "TokensPerSecond",
        "CacheHits",
        "CacheMisses",
        "HealthyHostCount",
    }


def test_every_alarm_tells_somebody_and_names_its_page_of_the_runbook() -> None:
    headings = [
        line.lstrip("# ").casefold()
        for line in (INFRA / "RUNBOOK.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    for name, alarm in _resources("monitoring", "AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}]
        pages = alarm["AlarmDescription"].partition("Runbook - ")[2].rstrip(".").casefold()
        assert pages, name
        for page in pages.split(", or "):
            assert page in headings, name


@pytest.mark.parametrize("host", ["", ',\n{"type": "metric"}'])
def test_the_dashboard_is_json(host: str) -> None:
    text, _ = _one("monitoring", "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"]

    body = json.loads(text.replace("${HostWidget}", host))

    assert len(body["widgets"]) == 7 + bool(host)


def test_the_widget_of_the_hosts_is_json() -> None:
    _, values = _one("monitoring", "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"]
    _, widget, nothing = values["HostWidget"]["Fn::If"]

    assert nothing == ""
    assert widget["Fn::Sub"].startswith(",")
    assert json.loads(widget["Fn::Sub"].removeprefix(","))["type"] == "metric"


def test_every_check_that_is_skipped_everywhere_has_its_reason() -> None:
    lines = (INFRA.parent / ".ci" / "checkov.yaml").read_text(encoding="utf-8").splitlines()
    skipped = [index for index, line in enumerate(lines) if line.startswith("  - CKV")]

    assert skipped
    assert [lines[index] for index in skipped if not lines[index - 1].startswith("  # ")] == []


def _alarmed_metrics() -> Iterator[str]:
    """Names of the functions' own metrics that some alarm looks at, with the dimension that they have to have."""
    for alarm in _resources("monitoring", "AWS::CloudWatch::Alarm").values():
        for metric in (
            alarm,
            *(entry.get("MetricStat", {}).get("Metric", {}) for entry in alarm.get("Metrics", [])),
        ):
            if metric.get("Namespace") == NAMESPACE:
                assert metric["Dimensions"] == [{"Name": "service", "Value": {"Ref": "ServiceName"}}]
                yield metric["MetricName"]


def _shown_metrics() -> Iterator[str]:
    """Names of the functions' own metrics on the dashboard; "." repeats what stands above, "..." all of it."""
    text, _ = _one("monitoring", "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"]
    for widget in json.loads(text.replace("${HostWidget}", ""))["widgets"]:
        namespace = ""
        for entry in widget["properties"]["metrics"]:
            if isinstance(entry[0], dict) or entry[0] == "...":
                continue
            namespace = namespace if entry[0] == "." else entry[0]
            if namespace == NAMESPACE:
                yield entry[1]


def test_every_metric_that_is_watched_is_one_that_the_functions_write() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("layers/stepwise/stepwise", "functions")
        for path in sorted((INFRA.parent / folder).rglob("*.py"))
    )
    names = {*_alarmed_metrics(), *_shown_metrics()}

    assert {
        "TimeToFirstToken",
        "QueueFull",
        "ModelResident",
        "TokensPerSecond",
        "CacheHits",
        "Requests",
    } <= names
    assert [name for name in sorted(names) if f'"{name}"' not in code] == []
    assert defaults("monitoring")["ServiceName"] == SERVICE
