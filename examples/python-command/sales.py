"""Adds up sales: CSV in, totals out."""

import csv
import io
from collections import defaultdict
from decimal import Decimal, InvalidOperation

from message import Rejected

COLUMNS = ["day", "region", "amount"]


def total_by_region(text):
    """@raise Rejected: with the line at which the file is wrong."""
    rows = csv.reader(io.StringIO(text))
    if next(rows, None) != COLUMNS:
        raise Rejected(f"line 1: the columns are not {','.join(COLUMNS)}")
    totals = defaultdict(Decimal)
    for row in rows:
        try:
            _, region, amount = row
            totals[region] += Decimal(amount)
        except (ValueError, InvalidOperation):
            raise Rejected(f"line {rows.line_num}: {','.join(row)!r} is no sale") from None
    return {region: str(total) for region, total in sorted(totals.items())}


def join_totals(all_totals):
    joined = defaultdict(Decimal)
    for totals in all_totals:
        for region, total in totals.items():
            joined[region] += Decimal(total)
    return {region: str(total) for region, total in sorted(joined.items())}
