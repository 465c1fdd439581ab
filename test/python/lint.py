"""Reads names of template files as JSON, and writes what cfn-lint finds in them.

There is one process for each core, since loading the rules takes longer than checking a template.
"""

import json
import os
import sys
from multiprocessing import Pool

# Settings of the user must not change what is found.
os.environ["HOME"] = os.devnull

from cfnlint.config import ConfigMixIn  # noqa: E402
from cfnlint.runner import Runner  # noqa: E402
from cfnlint.runner.template import run_template_by_file_path  # noqa: E402


def load() -> None:
    global runner
    runner = Runner(
        ConfigMixIn(
            # The regions of the fixtures. A type or value that one of them does not have is an error.
            regions=["us-east-1", "eu-west-1"],
            include_checks=["E", "W", "I"],
            include_experimental=True,
            templates=[],
        )
    )


def lint(file: str) -> list[dict]:
    found = run_template_by_file_path(file, runner.config, runner.rules, ignore_bad_template=False)
    return [
        {
            "file": file,
            "rule": match.rule.id,
            "message": match.message,
            "path": "/".join(str(key) for key in getattr(match, "path", None) or []),
        }
        for match in found
    ]


if __name__ == "__main__":
    files = json.load(sys.stdin)
    with Pool(min(os.cpu_count() or 1, len(files) or 1), initializer=load) as pool:
        findings = [finding for found in pool.imap(lint, files) for finding in found]
    json.dump(findings, sys.stdout)
