"""What a message asks for."""

import json
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus


class Rejected(Exception):
    """No retry can help."""


@dataclass(frozen=True)
class Upload:
    """A file of sales was put into the bucket."""

    bucket: str
    key: str


@dataclass(frozen=True)
class Quarter:
    """The quarter is over: its months are to be added up."""

    bucket: str
    name: str
    months: list[str]


def read_message(text):
    """What is to be done, in order. A list, since an event of S3 may tell of several files.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    try:
        message = json.loads(text)
    except ValueError:
        raise Rejected("the message is not JSON") from None
    if not isinstance(message, dict):
        raise Rejected("the message is not a JSON object")
    # S3 sends one when it is told to send events. There is nothing to do.
    if message.get("Event") == "s3:TestEvent":
        return []
    try:
        if "quarter" in message:
            return [quarter_of(message)]
        return [upload_of(record["s3"]) for record in message["Records"]]
    except (KeyError, TypeError):
        raise Rejected("the message is neither an event of S3 nor {bucket, quarter}") from None


def upload_of(record):
    # Keys come encoded as in a form: a space is a plus.
    return Upload(record["bucket"]["name"], unquote_plus(record["object"]["key"]))


def quarter_of(message):
    name = message["quarter"]
    match = re.fullmatch(r"(\d{4})-Q([1-4])", name)
    if match is None:
        raise Rejected(f"{name!r} is no quarter like 2026-Q1")
    year, first = match[1], 3 * int(match[2]) - 2
    return Quarter(message["bucket"], name, [f"{year}-{month:02}" for month in range(first, first + 3)])
