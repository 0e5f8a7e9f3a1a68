# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of interlockctl share: the real program on a store of each back end.

The program is INTERLOCK_BIN/interlockctl, or the path given as the test's first argument.
"""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import uuid


def program():
    folder = os.environ.get("INTERLOCK_BIN")
    return os.path.join(folder, "interlockctl") if folder else PROGRAM


PROGRAM = ""


def main():
    """Runs the calling module: cli_x_test.py PROGRAM [UNITTEST-OPTION...]"""
    global PROGRAM
    PROGRAM = sys.argv.pop(1)
    # The modules know this one under its name; under __main__ there is none of it.
    sys.modules["cli_support"].PROGRAM = PROGRAM
    unittest.main(verbosity=2)


class Sqlite:
    """A file of its own for each test."""

    def makeStore(self):
        return "sqlite:" + os.path.join(self.folder, "store.sqlite")


class Postgres:
    """A database of its own for each test, in the throw-away cluster that INTERLOCK_TEST_POSTGRES names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "INTERLOCK_TEST_POSTGRES" not in os.environ:
            if os.environ.get("CI") == "true":
                raise AssertionError("INTERLOCK_TEST_POSTGRES is not set: in CI the server must be there")
            raise unittest.SkipTest("no INTERLOCK_TEST_POSTGRES (run beside tests/support/withpostgres)")

    def makeStore(self):
        server = os.environ["INTERLOCK_TEST_POSTGRES"]
        name = "cli_" + uuid.uuid4().hex[:12]

        def psql(statement):
            subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", statement],
                           check=True, capture_output=True, timeout=60)

        psql(f"CREATE DATABASE {name}")
        self.addCleanup(psql, f"DROP DATABASE {name} WITH (FORCE)")
        return server.rsplit("/", 1)[0] + "/" + name


class Cli:
    """The program as a script uses it. Mix with a back end and unittest.TestCase."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.store = self.makeStore()
        self.known = None  # the last fingerprint, while nothing ran since

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run_(self, *arguments, stdin=b"", env=None, store=True):
        self.known = None
        environment = {k: v for k, v in os.environ.items() if not k.startswith("INTERLOCK_STORE")}
        environment["HOME"] = environment["XDG_DATA_HOME"] = self.folder
        if store:
            environment["INTERLOCK_STORE"] = self.store
        environment.update(env or {})
        if isinstance(stdin, str):
            stdin = stdin.encode()
        return subprocess.run([program(), *arguments], input=stdin, capture_output=True, timeout=120, env=environment)

    def text(self, *arguments, code=0, **options):
        """Standard output of a run for people; errors are on standard error only."""
        result = self.run_(*arguments, **options)
        self.assertEqual(result.returncode, code, (arguments, result.stdout, result.stderr))
        return (result.stdout if code == 0 else result.stderr).decode()

    def json(self, *arguments, code=0, **options):
        """The one document of a run with --json."""
        result = self.run_("--json", *arguments, **options)
        self.assertEqual(result.returncode, code, (arguments, result.stdout, result.stderr))
        return json.loads(result.stdout.decode())  # refuses a second document, and an empty output

    def sql(self, statement):
        """Writes into the store behind the program's back."""
        if self.store.startswith("sqlite:"):
            with sqlite3.connect(self.store[len("sqlite:"):]) as database:
                database.execute(statement)
            database.close()
        else:
            subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", self.store, "-c", statement],
                           check=True, capture_output=True, timeout=60)

    def fingerprint(self):
        """Everything a forbidden write would change: the counts of all tables and the head of the journal."""
        info = self.json("store", "info")
        return info["head"], info["counts"], self.json("mac", "list")

    def assertRefused(self, kind, *arguments, code=1, **options):
        """The command fails with that kind and changes nothing. Returns the error."""
        before = self.known or self.fingerprint()
        error = self.json(*arguments, code=code, **options)
        self.assertEqual(list(error), ["error"], arguments)
        self.assertEqual(sorted(error["error"]), ["details", "kind", "message"], arguments)
        self.assertEqual(error["error"]["kind"], kind, (arguments, error))
        self.assertNotEqual(error["error"]["message"], "")
        after = self.fingerprint()
        self.assertEqual(after, before, arguments)
        self.known = after
        return error["error"]

    def assertChangesNothing(self, *arguments, **options):
        before = self.fingerprint()
        answer = self.json(*arguments, **options)
        self.assertEqual(self.fingerprint(), before, arguments)
        return answer

    # The network of most tests: one instance, and as many sites as are named, all with the same LAN.

    def addInstance(self, name="berlin", pool="10.8.0.0/24", *options):
        return self.json("instance", "add", name, "--management", f"unix:/run/openvpn/{name}.sock", "--pool", pool, *options)

    def addSites(self, *names, lan="192.168.1.0/24", instance="berlin"):
        for name in names:
            self.json("iroute", "set", name, lan)
            self.json("allocation", "request", name, "--instance", instance)


def onBothBackEnds(case):
    """Makes two test classes of `case` in its module: NameOnSqlite and NameOnPostgres."""
    module = sys.modules[case.__module__]
    for backEnd in (Sqlite, Postgres):
        name = f"{case.__name__}On{backEnd.__name__}"
        setattr(module, name, type(name, (case, backEnd, unittest.TestCase), {"__module__": case.__module__}))
    return case
