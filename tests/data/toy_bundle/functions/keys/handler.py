"""An authorizer that counts how often it is asked."""

_asked = 0


def handler(event, context):
    global _asked
    _asked += 1
    headers = {name.lower(): value for name, value in event["headers"].items()}
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
    effect = "Deny" if key == "denied" else "Allow"
    if key == "broken":
        raise RuntimeError("the authorizer fails")
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "*"}
    return {
        "principalId": "somebody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"asked": _asked},
        "usageIdentifierKey": key,
    }
