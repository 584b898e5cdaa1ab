"""``make deploy-test``: the whole deployment on an emulator of AWS, as far as that goes without a change to its code.

Builds, deploys, calls every route with a key, deploys a changed layer and a changed setting and sees them live, deploys a
release that does not answer and sees it taken back, deletes the stack, and says what was left. What the emulator lacks and
which test holds it instead is in ``lacks.py``. Everything listens on the loopback interface.
"""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

import httpx
from calls import Calls, every_route
from deployment import STACK, Deployment, Failed
from emulator import ROOT, emulator, model_host
from lacks import LACKS
from support.built import HERE, free_port, sam_build

FOLDER = ROOT / ".local" / "deploy-test"
MODEL = "embedded-sympy"
VERSION = "9.9.9-deploy-test"
PATIENCE = 300
"""Seconds for one call: the emulator starts a function's process at its first one, and a machine may be busy."""


class Steps:
    """Says what is done, and when it was."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self._began:6.1f} s  {line}\n")
        sys.stdout.flush()


def main() -> int:
    """Run all steps; returns the exit status."""
    say = Steps()
    # So that what runs beside it is ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("build", "tools.log"):
        path = FOLDER / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    try:
        say("sam build")
        sam_build(FOLDER / "build", HERE)
        with emulator(FOLDER) as variables, model_host(FOLDER) as host:
            deployment = Deployment(FOLDER, variables, say)
            deployment.prepare()
            # A check may take longer on a busy machine than its usual two seconds.
            parameters = {"ModelHostUrl": host, "ModelName": MODEL, "CheckerTimeoutSeconds": "20"}
            _first(deployment, parameters, say)
            parameters = _changed(deployment, parameters, say)
            _taken_back(deployment, parameters, say)
            _deleted(deployment, say)
    except Failed as failed:
        say(f"FAILED: {failed}")
        return 1
    say(f"not seen here, because the emulator lacks it ({len(LACKS)}):")
    for lack in LACKS:
        say(f"  {lack.what}; held by {', '.join(lack.tests)}")
    say("deploy-test passed")
    return 0


def _first(deployment: Deployment, parameters: Mapping[str, str], say: Steps) -> None:
    say("first deployment")
    _check(deployment.deploy(parameters) == 0, "the stack was not made")
    _check(_versions(deployment) == {"1"}, f"aliases are at {_versions(deployment)}")
    url, key = deployment.api()
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
        calls = Calls(http, key, say)
        every_route(calls, MODEL)
    routes = _routes(deployment)
    _check(calls.routes == routes, f"routes that were not called: {routes ^ calls.routes}")
    _check(not calls.faults, f"{len(calls.faults)} calls: {calls.faults}")
    _check(deployment.smoke() == 0, "the smoke test failed")
    made = deployment.made_key("acme")
    models = httpx.get(f"{url}/v1/models", headers={"x-api-key": made}, timeout=PATIENCE, trust_env=False)
    _check(models.status_code == 200, f"the key that partners.py made is answered {models.status_code}")
    say("partners.py create acme --tier standard: its key is answered 200")


def _changed(deployment: Deployment, parameters: Mapping[str, str], say: Steps) -> dict[str, str]:
    """Deploy a changed layer, then a changed setting; every function's alias moves each time."""
    module = deployment.build / "StepwiseLayer" / "python" / "stepwise" / "__init__.py"
    text = module.read_text("utf-8")
    module.write_text(f'{text}\n__version__ = "{VERSION}"\n', "utf-8")
    # What was compiled at the build is not compared with its source.
    for compiled in (module.parent / "__pycache__").glob("__init__.*"):
        compiled.unlink()
    say("a changed layer")
    before = deployment.live()
    _check(deployment.deploy(parameters) == 0, "a changed layer was not deployed")
    after = deployment.live()
    _check({one["Version"] for one in after.values()} == {"2"}, f"aliases are at {_versions(deployment)}")
    same = [name for name, one in after.items() if _layers(one) == _layers(before[name])]
    _check(not same, f"functions with the old layer: {same}")
    shown = _get(deployment, "/")["version"]
    _check(shown == VERSION, f"GET / shows version {shown}")
    say(f"live: version 2 of {len(after)} functions; GET / shows {shown}")

    say("a changed setting")
    parameters = {**parameters, "NumPredict": "4096"}
    _check(deployment.deploy(parameters) == 0, "a changed setting was not deployed")
    after = deployment.live()
    _check({one["Version"] for one in after.values()} == {"3"}, f"aliases are at {_versions(deployment)}")
    schema = _get(deployment, "/openapi.json")["components"]["schemas"]["ChatRequest"]
    shown = schema["properties"]["max_tokens"]["anyOf"][0]["maximum"]
    _check(shown == 4096, f"/openapi.json shows a limit of {shown}")
    say(f"live: version 3 of {len(after)} functions; /openapi.json shows a limit of {shown} tokens")
    return parameters


def _taken_back(deployment: Deployment, parameters: Mapping[str, str], say: Steps) -> None:
    say("a release that does not answer")
    nowhere = f"http://127.0.0.1:{free_port()}"
    bad = {**parameters, "ModelHostUrl": nowhere, "ConnectTimeoutSeconds": "1"}
    smoked: list[int] = []
    _check(deployment.deploy(bad, smoked=smoked) == 1, "a release without a model host passed")
    _check(smoked == [1, 0], f"smoke tests of the bad release and of the one before ended with {smoked}")
    live = deployment.live()
    hosts = {one["Environment"]["Variables"]["OLLAMA_HOST"] for one in live.values()}
    _check(hosts == {parameters["ModelHostUrl"]}, f"functions ask {hosts}")
    _check({one["Version"] for one in live.values()} == {"5"}, f"aliases are at {_versions(deployment)}")
    say("taken back: version 5 asks the model host of version 3, and answers")


def _deleted(deployment: Deployment, say: Steps) -> None:
    say("delete the stack")
    cloudformation = deployment.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    say(f"left: {_left(deployment) or 'nothing'}")


def _left(deployment: Deployment) -> dict[str, list[str]]:
    """What is there after the stack has gone, by kind."""
    client = deployment.client
    found = {
        "functions": [one["FunctionName"] for one in client("lambda").list_functions()["Functions"]],
        "layers": [one["LayerName"] for one in client("lambda").list_layers()["Layers"]],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "APIs": [one["name"] for one in client("apigateway").get_rest_apis()["items"]],
        "API keys": [one["name"] for one in client("apigateway").get_api_keys()["items"]],
        "log groups": [one["logGroupName"] for one in client("logs").describe_log_groups()["logGroups"]],
        "roles": [one["RoleName"] for one in client("iam").list_roles()["Roles"]],
        "buckets": [one["Name"] for one in client("s3").list_buckets()["Buckets"]],
        "KMS keys": [one["KeyId"] for one in client("kms").list_keys()["Keys"]],
        "alarms": [one["AlarmName"] for one in client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "firewalls": [one["Name"] for one in client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]],
        "schedules": [one["Name"] for one in client("scheduler").list_schedules()["Schedules"]],
    }
    return {kind: names for kind, names in found.items() if names}


def _routes(deployment: Deployment) -> set[str]:
    client = deployment.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    found = client.get_resources(restApiId=api["id"], limit=500, embed=["methods"])["items"]
    return {each["path"] for each in found if each.get("resourceMethods")}


def _versions(deployment: Deployment) -> set[str]:
    return {one["Version"] for one in deployment.live().values()}


def _layers(function: Mapping[str, Any]) -> list[str]:
    return [layer["Arn"] for layer in function["Layers"]]


def _get(deployment: Deployment, path: str) -> Any:
    url, key = deployment.api()
    return httpx.get(f"{url}{path}", headers={"x-api-key": key}, timeout=PATIENCE, trust_env=False).json()


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


if __name__ == "__main__":
    sys.exit(main())
