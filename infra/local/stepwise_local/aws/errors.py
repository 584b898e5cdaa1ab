"""An error of an AWS service, as its protocol words it."""

from __future__ import annotations

from typing import Any

__all__ = ["AwsError", "invalid"]


class AwsError(Exception):
    """*code* is the service's name of the error; *more* stands beside its message in the answer."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.more = more


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
