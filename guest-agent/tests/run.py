"""Runs all tests against the agent in $AGENT (default: the sanitized build). Arguments: names to run only those that contain one."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def chosen(suite, words):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, words)
        elif not words or any(word in test.id() for word in words):
            yield test


def main():
    found = unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__)), "test_*.py")
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=2 if sys.argv[1:] else 1)
    result = runner.run(unittest.TestSuite(chosen(found, sys.argv[1:])))
    failed = result.failures + result.errors + [(test, "succeeded, which was not expected") for test in result.unexpectedSuccesses]
    for test, reason in failed:
        print(f"failed: {test.id()}: {reason.strip().splitlines()[-1]}")
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    print(f"{result.passed} passed, {len(failed)} failed")
    return 1 if failed or result.passed == 0 else 0


sys.exit(main())
