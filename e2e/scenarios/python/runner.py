"""Runs the scenarios against the installed version of the PyPI package `e2b` and prints one line of JSON for each.

`python runner.py blocking|async [WORD]`: by which of the package's two interfaces, and only those whose name contains WORD.
"""

import json
import sys
import time
import traceback

import kit
import commands
import pty_scenarios
import files
import watching
import lifecycle
import pausing
import copies
import tls
import metrics
import git
import ends

MODULES = (commands, pty_scenarios, files, watching, lifecycle, pausing, copies, tls, metrics, git, ends)


def outcome(run):
    try:
        run()
        return "WORKS", ""
    except kit.NotInThisVersion as e:
        return "ABSENT", str(e)
    except BaseException:
        return "FAILS", traceback.format_exc()


def main():
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    for name, run in kit.SCENARIOS:
        if only in name:
            started = time.monotonic()
            state, why = outcome(run)
            milliseconds = round((time.monotonic() - started) * 1000)
            print(json.dumps({"scenario": name, "state": state, "why": why, "milliseconds": milliseconds}), flush=True)
    kit.close_shared()


if __name__ == "__main__":
    main()
