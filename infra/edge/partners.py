"""Partners' API keys: make, rotate, revoke and list them.

    python infra/edge/partners.py create acme --tier standard
    python infra/edge/partners.py rotate acme          # the old key works until it is revoked
    python infra/edge/partners.py revoke acme --key-id abc123
    python infra/edge/partners.py list

A key's value is printed once, to standard output, when the key is created; everything else goes to standard error.
Values are never read back. The credentials are the AWS SDK's usual ones; ``--dry-run`` prints what would be done.

The REST API has the stack's name. A tier is a usage plan of that API's stage, named ``<anything>-<tier>``: the tiers of
infra/edge/template.yaml are trial, standard and premium, the plan of the main template is partners.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import boto3

__all__ = ["Partners", "PartnersError", "main"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


class PartnersError(Exception):
    """An error that the caller can fix; the text says how."""


@dataclass(frozen=True)
class Key:
    """An API key without its value; *created* is a date (YYYY-MM-DD)."""

    id: str
    partner: str
    enabled: bool
    created: str
    tier: str | None


@dataclass(frozen=True)
class Plan:
    """A usage plan of the stage and the tier that its name ends with."""

    id: str
    tier: str


class Partners:
    """The partners of one stage of one deployment.

    *gateway* is a boto3 client of API Gateway. *dry_run* leaves out every call that changes something.
    """

    def __init__(self, gateway: Any, *, stack: str, stage: str, dry_run: bool = False) -> None:
        self._gateway = gateway
        self._stack = stack
        self._stage = stage
        self._dry_run = dry_run

    def create(self, partner: str, tier: str) -> str | None:
        """Make a partner's first key; returns its value, None in a dry run.

        Raises:
            PartnersError: the name is not one, the partner has a key, or there is no such tier.
        """
        if not _NAME.fullmatch(partner):
            raise PartnersError(f"{partner!r} is no partner's name: use 2 to 63 of a-z, 0-9 and the hyphen.")
        if self._enabled(partner):
            raise PartnersError(f"{partner} has a key already: rotate it.")
        return self._make(partner, self._plan(tier))

    def rotate(self, partner: str, *, revoke_old: bool = False) -> str | None:
        """Make another key in the same tier; the old one works on unless *revoke_old*.

        Raises:
            PartnersError: the partner has no key, or two: then the older one is to be revoked first.
        """
        keys = self._enabled(partner)
        if not keys:
            raise PartnersError(f"{partner} has no key that works: create one.")
        if len(keys) > 1:
            raise PartnersError(f"{partner} has {len(keys)} keys that work: revoke the old one first.")
        (old,) = keys
        if old.tier is None:
            raise PartnersError(f"The key {old.id} of {partner} is in no usage plan of this stage.")
        value = self._make(partner, self._plan(old.tier))
        if revoke_old:
            self._disable(old)
        return value

    def revoke(self, partner: str, key_id: str | None = None) -> tuple[str, ...]:
        """Switch off one key, or all of the partner's; returns the ids of those that were switched off.

        A key that is switched off stays in the list, so that it is known whose it was.

        Raises:
            PartnersError: there is nothing to switch off.
        """
        keys = [key for key in self._enabled(partner) if key_id in (None, key.id)]
        if not keys:
            raise PartnersError(f"{partner} has no such key that works.")
        for key in keys:
            self._disable(key)
        return tuple(key.id for key in keys)

    def keys(self, partner: str | None = None) -> tuple[Key, ...]:
        """The keys that this command made, of one partner or of all, oldest first."""
        plans = self._plans()
        tiers = {
            entry["id"]: plan.tier
            for plan in plans
            for entry in self._pages("get_usage_plan_keys", usagePlanId=plan.id)
        }
        found = [
            Key(
                id=entry["id"],
                partner=entry["tags"]["partner"],
                enabled=entry["enabled"],
                created=entry["createdDate"].date().isoformat(),
                tier=tiers.get(entry["id"]),
            )
            for entry in self._pages("get_api_keys", includeValues=False)
            if entry.get("tags", {}).get("stack") == self._stack
            and partner in (None, entry["tags"].get("partner"))
        ]
        return tuple(sorted(found, key=lambda key: (key.partner, key.created, key.id)))

    def _enabled(self, partner: str) -> tuple[Key, ...]:
        return tuple(key for key in self.keys(partner) if key.enabled)

    def _make(self, partner: str, plan: Plan) -> str | None:
        if self._dry_run:
            return None
        made = self._gateway.create_api_key(
            name=f"{self._stack}-{partner}",
            description=f"Partner {partner}, tier {plan.tier}",
            enabled=True,
            tags={"partner": partner, "stack": self._stack},
        )
        try:
            self._gateway.create_usage_plan_key(usagePlanId=plan.id, keyId=made["id"], keyType="API_KEY")
        except Exception:
            # The gateway refuses a key without a plan, and it would block the next attempt.
            self._gateway.delete_api_key(apiKey=made["id"])
            raise
        return str(made["value"])

    def _disable(self, key: Key) -> None:
        if not self._dry_run:
            self._gateway.update_api_key(
                apiKey=key.id, patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}]
            )

    def _plan(self, tier: str) -> Plan:
        plans = self._plans()
        found = [plan for plan in plans if plan.tier == tier]
        if len(found) > 1:
            ids = ", ".join(plan.id for plan in found)
            raise PartnersError(f"{len(found)} usage plans of {self._stack} are of the tier {tier!r}: {ids}.")
        if found:
            return found[0]
        tiers = ", ".join(sorted(plan.tier for plan in plans)) or "none"
        raise PartnersError(
            f"There is no tier {tier!r} at {self._stack}'s stage {self._stage!r}; there is: {tiers}."
        )

    def _plans(self) -> tuple[Plan, ...]:
        apis = [api["id"] for api in self._pages("get_rest_apis") if api["name"] == self._stack]
        if len(apis) != 1:
            raise PartnersError(
                f"{len(apis)} REST APIs are named {self._stack!r}: is --stack right, and the Region?"
            )
        return tuple(
            Plan(id=entry["id"], tier=entry["name"].rpartition("-")[2])
            for entry in self._pages("get_usage_plans")
            if any(at["apiId"] == apis[0] and at["stage"] == self._stage for at in entry.get("apiStages", ()))
        )

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        for page in self._gateway.get_paginator(operation).paginate(**arguments):
            yield from page["items"]


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="partners", description="Make, rotate, revoke and list partners' API keys."
    )
    parser.add_argument("--stack", default="stepwise", help="name of the deployed stack (default: stepwise)")
    parser.add_argument("--stage", default="live", help="stage of its API (default: live)")
    parser.add_argument("--region", help="AWS Region (default: the profile's)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a partner's first key and print it")
    create.add_argument("partner")
    create.add_argument("--tier", required=True, help="usage plan: trial, standard, premium, partners")
    rotate = commands.add_parser("rotate", help="make another key and print it; the old one works on")
    rotate.add_argument("partner")
    rotate.add_argument("--revoke-old", action="store_true", help="switch the old key off at once")
    revoke = commands.add_parser("revoke", help="switch keys off")
    revoke.add_argument("partner")
    revoke.add_argument("--key-id", help="only this key (default: all of the partner's)")
    listing = commands.add_parser("list", help="show keys, never their values")
    listing.add_argument("partner", nargs="?")
    return parser.parse_args(argv)


def _table(keys: Sequence[Key]) -> str:
    rows = [("PARTNER", "KEY ID", "TIER", "STATE", "MADE")]
    rows += [
        (key.partner, key.id, key.tier or "-", "works" if key.enabled else "off", key.created) for key in keys
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def main(argv: Sequence[str], *, gateway: Any, out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    """Run one command; returns the exit status. *gateway* is a function of the Region that makes the boto3 client."""
    arguments = _arguments(argv)
    partners = Partners(
        gateway(arguments.region), stack=arguments.stack, stage=arguments.stage, dry_run=arguments.dry_run
    )
    would = "Would have " if arguments.dry_run else "Have "
    try:
        if arguments.command == "list":
            out.write(_table(partners.keys(arguments.partner)))
            return 0
        if arguments.command == "revoke":
            ids = partners.revoke(arguments.partner, arguments.key_id)
            err.write(f"{would}switched off {', '.join(ids)} of {arguments.partner}.\n")
            return 0
        if arguments.command == "create":
            value = partners.create(arguments.partner, arguments.tier)
        else:
            value = partners.rotate(arguments.partner, revoke_old=arguments.revoke_old)
    except PartnersError as error:
        err.write(f"{error}\n")
        return 1
    err.write(f"{would}made a key for {arguments.partner}.")
    if value is None:
        err.write("\n")
    else:
        err.write(" It is not shown again:\n")
        out.write(f"{value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], gateway=lambda region: boto3.client("apigateway", region_name=region)))
