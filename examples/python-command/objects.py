"""Where objects are: in S3, or in folders that stand for buckets on your machine."""

import os
import uuid
from pathlib import Path


class NotThere(Exception):
    pass


class Busy(Exception):
    """To be tried again."""


def open_objects():
    folder = os.environ.get("BUCKETS")
    return FolderObjects(Path(folder)) if folder else S3Objects()


class S3Objects:
    def __init__(self):
        import boto3

        self.client = boto3.client("s3")

    def read(self, bucket, key):
        try:
            return self.client.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
        except self.client.exceptions.ClientError as error:
            # Some that speak S3's language say no more than 404.
            if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
                raise
            raise NotThere(key) from None

    def write(self, bucket, key, text):
        self.client.put_object(Bucket=bucket, Key=key, Body=text.encode("utf-8"))


class FolderObjects:
    def __init__(self, folder):
        self.folder = folder

    def read(self, bucket, key):
        # S3 is busy now and then. Here it is at the first look at one file, so that a retry is seen.
        if key.endswith("2026-03.csv") and os.environ.get("ApproximateReceiveCount") == "1":
            raise Busy("503 Slow Down")
        try:
            return (self.folder / bucket / key).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotThere(key) from None

    def write(self, bucket, key, text):
        # As in S3, whoever reads sees a whole object: a message may be worked on twice, at once too.
        place = self.folder / bucket / key
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{uuid.uuid4()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(place)
