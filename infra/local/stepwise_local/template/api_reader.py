"""Read the REST API out of a SAM template: routes, authorizers, gateway responses, the usage plan's limits."""

from __future__ import annotations

from typing import Any

from stepwise_local.template.model import Authorizer, GatewayResponse, Route, Throttle
from stepwise_local.template.yaml_values import Template, TemplateError

__all__ = [
    "read_authorizers",
    "read_gateway_responses",
    "read_minimum_compression",
    "read_routes",
    "read_throttle",
]


def _auth(template: Template) -> dict[str, Any]:
    for properties in template.of_type("AWS::Serverless::Api").values():
        auth: dict[str, Any] = template.value(properties.get("Auth")) or {}
        return auth
    return {}


def read_routes(template: Template) -> tuple[Route, ...]:
    shared = _auth(template)
    routes = []
    for function, properties in template.of_type("AWS::Serverless::Function").items():
        for event in (properties.get("Events") or {}).values():
            if event.get("Type") != "Api":
                continue
            values = template.value(event["Properties"])
            auth = values.get("Auth") or {}
            authorizer = auth.get("Authorizer", shared.get("DefaultAuthorizer"))
            routes.append(
                Route(
                    method=str(values["Method"]).upper(),
                    path=str(values["Path"]),
                    function=function,
                    streaming=values.get("ResponseTransferMode") == "RESPONSE_STREAM",
                    authorizer=None if authorizer in (None, "NONE") else str(authorizer),
                    api_key_required=_true(auth.get("ApiKeyRequired", shared.get("ApiKeyRequired", False))),
                    timeout=float(values.get("TimeoutInMillis", 29_000)) / 1000,
                )
            )
    return tuple(routes)


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def read_authorizers(template: Template) -> dict[str, Authorizer]:
    functions = {
        str(template.value({"Fn::GetAtt": [name, "Arn"]})): name
        for name in template.of_type("AWS::Serverless::Function")
    }
    authorizers = {}
    for name, values in (_auth(template).get("Authorizers") or {}).items():
        if values.get("FunctionPayloadType") != "REQUEST" or values.get("FunctionArn") not in functions:
            raise TemplateError(f"The authorizer {name} is no Lambda REQUEST authorizer of this template.")
        identity = values.get("Identity") or {}
        authorizers[name] = Authorizer(
            name=name,
            function=functions[values["FunctionArn"]],
            headers=tuple(header.lower() for header in identity.get("Headers", [])),
            ttl=float(identity.get("ReauthorizeEvery", 300)),
        )
    return authorizers


def read_gateway_responses(template: Template) -> dict[str, GatewayResponse]:
    """By response type, from the API itself and from ``AWS::ApiGateway::GatewayResponse`` resources."""
    responses = {}
    for properties in template.of_type("AWS::Serverless::Api").values():
        for kind, values in (template.value(properties.get("GatewayResponses")) or {}).items():
            headers = (values.get("ResponseParameters") or {}).get("Headers") or {}
            responses[kind] = _gateway_response(values, headers)
    for properties in template.of_type("AWS::ApiGateway::GatewayResponse").values():
        values = template.value(properties)
        headers = {
            name.removeprefix("gatewayresponse.header."): value
            for name, value in (values.get("ResponseParameters") or {}).items()
        }
        responses[values["ResponseType"]] = _gateway_response(values, headers)
    return responses


def _gateway_response(values: dict[str, Any], headers: dict[str, Any]) -> GatewayResponse:
    status = values.get("StatusCode")
    return GatewayResponse(
        status=None if status is None else int(status),
        headers={name: str(value) for name, value in headers.items()},
        templates={name: str(text) for name, text in (values.get("ResponseTemplates") or {}).items()},
    )


def read_throttle(template: Template) -> Throttle | None:
    """The usage plan's limits, if it has any."""
    plans = [template.value(plan) for plan in template.of_type("AWS::ApiGateway::UsagePlan").values()]
    plans.append(_auth(template).get("UsagePlan") or {})
    for plan in plans:
        throttle = plan.get("Throttle")
        if throttle:
            return Throttle(rate=float(throttle["RateLimit"]), burst=int(throttle["BurstLimit"]))
    return None


def read_minimum_compression(template: Template) -> int | None:
    """Bytes from which answers are compressed, if any are."""
    for properties in template.of_type("AWS::Serverless::Api").values():
        size = template.value(properties.get("MinimumCompressionSize"))
        if size is not None:
            return int(size)
    return None
