"""Scheduled: keep the model loaded, and requeue runs that a crash left without a message."""

from typing import Any

from stepwise import wiring
from stepwise.answering.maintenance import learn_thinking_marks, sweep
from stepwise.observability import count, gauge, logger, observed, timing_ms


def _handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    deps = wiring.dependencies()
    mended = sweep(deps, deps.shared) if deps.shared is not None else 0
    if mended:
        count("Swept", mended)
    try:
        warm = wiring.warm_up()
    except Exception:
        gauge("ModelResident", 0)
        raise
    gauge("ModelResident", 1)
    if deps.shared is not None:
        learn_thinking_marks(deps, deps.shared)
    timing_ms("WarmUp", warm.took_ms)
    logger.info("warm", extra={"took_ms": warm.took_ms, "context_length": warm.context_length})
    return {"resident": warm.resident, "context_length": warm.context_length, "took_ms": warm.took_ms}


wiring.prepare(wiring.dependencies)
handler = observed(_handle, function="warmup")
