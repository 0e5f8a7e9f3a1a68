# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests on the bed share: where they run, how they end, how a measured time is said."""
import contextlib
import os
import pathlib
import sys
import time
import unittest

from vpn import isolation
from vpn.bed import Bed

OPTIONS = {"keep": False, "folder": None}


def takeFlag(flag):
    if flag not in sys.argv:
        return False
    sys.argv.remove(flag)
    return True


def main(limit, needsPostgres=False):
    """Runs the calling module's tests in a place of their own: x_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]

    The programs are in INTERLOCK_BIN, or in FOLDER.
    limit: seconds after which everything is ended, whatever hangs.
    """
    if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]):
        os.environ.setdefault("INTERLOCK_BIN", os.path.abspath(sys.argv.pop(1)))
    if needsPostgres and "INTERLOCK_TEST_POSTGRES" not in os.environ:
        besidePostgres()
    missing = isolation.whatIsMissing()
    if missing:
        isolation.giveUp(missing)
    OPTIONS["keep"] = takeFlag("--keep")
    sys.exit(isolation.inside(runTests, None if OPTIONS["keep"] else limit))


def besidePostgres():
    """Goes on beside a server of its own, unless there is none to start."""
    runner = pathlib.Path(__file__).resolve().parents[2] / "support" / "withpostgres"
    programs = os.environ.get("INTERLOCK_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
    if not os.access(f"{programs}/postgres", os.X_OK):
        isolation.giveUp([f"no PostgreSQL 15 in {programs}, and no INTERLOCK_TEST_POSTGRES"])
    os.execv(runner, [str(runner), sys.executable, *sys.argv])


def runTests(folder):
    OPTIONS["folder"] = folder
    result = unittest.main(module="__main__", verbosity=2, exit=False).result
    return 0 if result.wasSuccessful() else 1


class Scenario(unittest.TestCase):
    """A test with a bed of its own, `self.bed`, which tells its logs when the test fails."""

    longMessage = True

    def setUp(self):
        # Numbered, not named: the path of a unix socket is short.
        self.bed = Bed(OPTIONS["folder"] / str(len(list(OPTIONS["folder"].glob("[0-9]*"))) + 1))
        self.addCleanup(self.endBed)

    def endBed(self):
        outcome = self._outcome.result
        failed = any(test is self for test, _ in outcome.errors + outcome.failures)
        if failed and not OPTIONS["keep"]:
            print(f"\n{self.bed.tails()}", file=sys.stderr)
        if OPTIONS["keep"]:
            self.bed.stay()
        self.bed.end()

    @contextlib.contextmanager
    def measured(self, what, goal=None):
        """Prints how long the body took; the body itself has to give up at five times the goal."""
        began = time.monotonic()
        yield
        said(what, time.monotonic() - began, goal)


def said(what, seconds, goal=None):
    against = f" (goal {goal:g} s, time-out {5 * goal:g} s)" if goal else ""
    print(f"  measured: {what}: {seconds:.2f} s{against}", file=sys.stderr, flush=True)
