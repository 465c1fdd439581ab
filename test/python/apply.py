"""Calls AWS's APIs with boto3 at a server that answers as they do.

Reads {endpoint, region, batches: [[{service, operation, parameters, gives}]]} as JSON. Each batch begins in an empty
account. Writes for each call {ok: true, response} or {ok: false, error: {code, message}}.

botocore checks types, required and unknown names, and lower limits. This script checks the rest of botocore's models of
the APIs (upper limits, patterns, enums), and the server checks rules of its own.
"""

import functools
import json
import sys
import urllib.request

import boto3
import regex
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REQUEST = json.load(sys.stdin)


def main() -> None:
    session = boto3.Session("test", "test", region_name=REQUEST["region"])
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
    clients = {}

    def client(service: str):
        if service not in clients:
            clients[service] = session.client(service, endpoint_url=REQUEST["endpoint"], config=config)
        return clients[service]

    json.dump([apply_batch(client, batch) for batch in REQUEST["batches"]], sys.stdout, default=str)


def apply_batch(client, calls: list[dict]) -> list[dict]:
    reset = urllib.request.Request(f"{REQUEST['endpoint']}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset).close()
    # Placeholders of the caller, and the real values that the server returned.
    names = {}
    return [apply(client(call["service"]), call, names) for call in calls]


def apply(client, call: dict, names: dict[str, str]) -> dict:
    operation = client.meta.service_model.operation_model(call["operation"])
    parameters = spell(rename(call["parameters"], names), operation.input_shape)
    problems = list(beyond(parameters, operation.input_shape, ""))
    if problems:
        return {"ok": False, "error": {"code": "BeyondTheModel", "message": "; ".join(problems)}}
    method = {name: python for python, name in client.meta.method_to_api_mapping.items()}
    try:
        response = getattr(client, method[call["operation"]])(**parameters)
    except ClientError as error:
        return {"ok": False, "error": {"code": error.response["Error"]["Code"], "message": str(error)}}
    except BotoCoreError as error:
        return {"ok": False, "error": {"code": type(error).__name__, "message": str(error)}}
    response.pop("ResponseMetadata", None)
    for name, path in call.get("gives", {}).items():
        names[name] = functools.reduce(lambda value, key: value[key], path.split("."), response)
    return {"ok": True, "response": response}


def rename(value, names: dict[str, str]):
    if isinstance(value, dict):
        return {key: rename(entry, names) for key, entry in value.items()}
    if isinstance(value, list):
        return [rename(entry, names) for entry in value]
    if isinstance(value, str):
        for name, real in names.items():
            value = value.replace(name, real)
    return value


def spell(value, shape):
    """Changes CloudFormation's names to those of the API: `ContainerDefinitions` to `containerDefinitions`."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = {name.lower(): name for name in shape.members}
        spelled = {members.get(key.lower(), key): entry for key, entry in value.items()}
        return {
            key: spell(entry, shape.members[key]) if key in shape.members else entry
            for key, entry in spelled.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [spell(entry, shape.member) for entry in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: spell(entry, shape.value) for key, entry in value.items()}
    return value


def beyond(value, shape, where: str):
    """Checks what botocore leaves to the server. botocore itself checks types."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, entry in value.items():
            if key in shape.members:
                yield from beyond(entry, shape.members[key], f"{where}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        yield from above(len(value), shape, where)
        for index, entry in enumerate(value):
            yield from beyond(entry, shape.member, f"{where}[{index}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from above(len(value), shape, where)
        for key, entry in value.items():
            yield from beyond(key, shape.key, f"{where}.{key} (the key)")
            yield from beyond(entry, shape.value, f"{where}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from above(len(value), shape, where)
        yield from unlike(value, shape, where)
    elif isinstance(value, (int, float)):
        yield from above(value, shape, where)


def above(size, shape, where: str):
    limit = shape.metadata.get("max")
    if limit is not None and size > limit:
        yield f"{where}: {size} is above {limit}"


def unlike(text: str, shape, where: str):
    words = shape.metadata.get("enum")
    if words and text not in words:
        yield f"{where}: {text!r} is none of {', '.join(words)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not is_like(text, pattern):
        yield f"{where}: {text!r} is not like {pattern}"


def is_like(text: str, pattern: str) -> bool:
    try:
        return regex.fullmatch(pattern, text) is not None
    except regex.error:
        # The pattern is for the regular expressions of another language.
        return True


if __name__ == "__main__":
    main()
