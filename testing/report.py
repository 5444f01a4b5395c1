"""Ends a run of the tests: names what failed, adds up what the runners wrote, and exits with 1 unless everything passed.

usage: report.py HOME LOGS [STEP=EXIT_CODE]...

HOME: the tree, whose modules hold surefire's reports; LOGS: the folder with the output of the guest agent's tests and of its
fuzzer. Each STEP is one that ended with an exit code other than 0.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as xml

LINES = 30
WIDTH = 300
AGENT_TESTS = "guest-agent-tests"
FUZZER = "guest-agent-fuzz"


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def fail(self, what, why):
        self.failed += 1
        self.failures.append(f"failed: {what}: {' '.join(why.split())}"[:WIDTH])

    def add_modules(self, home):
        for file in sorted(home.glob("*/target/surefire-reports/TEST-*.xml")):
            for case in xml.parse(file).getroot().iter("testcase"):
                broken = case.find("failure") if case.find("failure") is not None else case.find("error")
                if broken is not None:
                    self.fail(f"{case.get('classname')} {case.get('name')}", broken.get("message") or broken.get("type") or "no reason given")
                elif case.find("skipped") is not None:
                    self.skipped += 1
                else:
                    self.passed += 1

    def add_agent(self, log):
        """Whether the log names a test that failed."""
        lines = read(log)
        failed = [line.removeprefix("failed: ") for line in lines if line.startswith("failed: ")]
        for line in failed:
            what, _, why = line.partition(": ")
            self.fail("guest agent " + what, why)
        self.skipped += sum(line.startswith("skipped: ") for line in lines)
        totals = [match for line in lines if (match := re.match(r"(\d+) passed, \d+ failed", line))]
        self.passed += int(totals[-1][1]) if totals else 0
        return bool(failed)

    def add_fuzzer(self, code, log):
        told = [line for line in read(log) if line.startswith(("SUMMARY: ", "Base64: "))]
        self.fail(FUZZER, f"exit code {code}. " + " ".join(told))

    def print(self):
        for line in self.failures[:LINES]:
            print(line)
        if len(self.failures) > LINES:
            print(f"failed: {len(self.failures) - LINES} more")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")


def read(log):
    return log.read_text(errors="replace").splitlines() if log.exists() else []


def main(home, logs, *broken):
    report = Report()
    report.add_modules(home)
    agent_failed = report.add_agent(logs / f"{AGENT_TESTS}.log")
    for step in broken:
        name, _, code = step.partition("=")
        if name == FUZZER:
            report.add_fuzzer(code, logs / f"{FUZZER}.log")
        elif name != AGENT_TESTS or not agent_failed:
            report.fail(name, f"exit code {code}; its output is above")
    if report.passed + report.failed == 0:
        report.fail("everything", "no test ran")
    report.print()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), *sys.argv[3:]))
