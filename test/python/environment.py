"""Makes the virtual environment of the tests unless it exists.

    environment.py FOLDER REQUIREMENTS

Exits with 0 if the environment is complete, or else with a line that says why it cannot be made.
"""

import fcntl
import hashlib
import pathlib
import subprocess
import sys


def main(folder: pathlib.Path, requirements: pathlib.Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Two test files can run this at the same time. The system releases the lock when a process ends in any way.
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "stamp"
        wanted = hashlib.sha256(f"{sys.version}\n{requirements.read_text()}".encode()).hexdigest()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        make(folder, requirements)
        # The stamp is written last, so that an incomplete environment has none and is made again.
        stamp.write_text(wanted)


def make(folder: pathlib.Path, requirements: pathlib.Path) -> None:
    print("Making the Python environment of the tests; this takes half a minute, once.", flush=True)
    run(sys.executable, "-m", "venv", "--clear", folder)
    # Most modules are never loaded, and Python compiles the others when it loads them.
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--no-compile")
    run(folder / "bin/python", "-m", "pip", "install", *quiet, "--requirement", requirements)


def run(*command: object) -> None:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        lines = (result.stderr + result.stdout).strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR: ")] or lines[:1]
        sys.exit(f"python3 -m {command[2]}: {errors[-1] if errors else result.returncode}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
