"""GET /, /health, /health/ready, /openapi.json and /docs."""

from aws_lambda_powertools.event_handler import Response
from stepwise import __version__, environment
from stepwise.observability import observed
from stepwise.readiness import readiness
from stepwise.replies import Reply
from stepwise.web import Api

api = Api()

ENDPOINTS = [
    "/v1/math/solve",
    "/v1/logic/analyze",
    "/v1/general/chat",
    "/v1/chat/completions",
    "/v1/models",
    "/v1/jobs/{id}",
    "/health",
    "/health/ready",
    "/openapi.json",
    "/docs",
]


@api.get("/")
def root() -> Response[str]:
    body = {
        "message": "Stepwise solves mathematics and analyses logic step by step.",
        "version": __version__,
        "model": environment.settings().model_name,
        "endpoints": ENDPOINTS,
    }
    return api.reply(Reply(200, body))


@api.get("/health")
def health() -> Response[str]:
    return api.reply(Reply(200, {"status": "ok"}))


@api.get("/health/ready")
def ready() -> Response[str]:
    return api.reply(readiness(environment.settings(), environment.model(), environment.patient_table()))


environment.prepare()
handler = observed(api.resolve, function="status")
