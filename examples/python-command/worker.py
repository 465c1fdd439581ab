"""Runs once for each message. Its exit code says what becomes of the message."""

import json
import os
import re
import sys
from pathlib import Path

from message import Quarter, Rejected, read_message
from objects import Busy, NotThere, open_objects
from sales import join_totals, total_by_region

# 0 is done: the message is deleted.
RETRY = 1  # Comes again after 2, 4, 8 … seconds, and at last goes to the dead-letter queue.
REJECT = 3  # Is deleted, and counted as a failure.
NOT_YET = 4  # Comes again likewise, but is not counted, and never goes to the dead-letter queue.


class NotYet(Exception):
    pass


def report_month(objects, upload):
    month = re.fullmatch(r"sales/(\d{4}-\d{2})[^/]*\.csv", upload.key)
    if month is None:
        raise Rejected(f"{upload.key} is not named like sales/2026-01.csv")
    totals = total_by_region(objects.read(upload.bucket, upload.key))
    write_report(objects, upload.bucket, month[1], totals)


def report_quarter(objects, quarter):
    try:
        reports = [objects.read(quarter.bucket, report_key(month)) for month in quarter.months]
    except NotThere as missing:
        raise NotYet(f"{missing} is not there yet") from None
    write_report(objects, quarter.bucket, quarter.name, join_totals(map(json.loads, reports)))


def write_report(objects, bucket, name, totals):
    # The same message writes the same report, however often it comes.
    objects.write(bucket, report_key(name), json.dumps(totals))
    print(f"{name}: {', '.join(f'{region} {total}' for region, total in totals.items())}")


def report_key(name):
    return f"reports/{name}.json"


def main():
    # The file has the whole message, also where it is too large for a variable.
    for job in read_message(Path(os.environ["MessageFile"]).read_text(encoding="utf-8")):
        work = report_quarter if isinstance(job, Quarter) else report_month
        work(open_objects(), job)


def end(exit_code, line):
    print(line, file=sys.stderr)
    sys.exit(exit_code)


if __name__ == "__main__":
    try:
        main()
    except Rejected as reason:
        end(REJECT, f"rejected: {reason}")
    except NotYet as reason:
        end(NOT_YET, f"not yet: {reason}")
    except NotThere as key:
        end(RETRY, f"{key} is not there")
    except Busy as reason:
        end(RETRY, f"S3 is busy: {reason}")
