#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real interlockd: readiness, the log of what others commit, signals, and a store that goes away.

usage: interlockd_test.py INTERLOCKD INTERLOCKCTL WITHPOSTGRES [UNITTEST-OPTION...]
"""
import os
import pathlib
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

DAEMON = CTL = WITHPOSTGRES = ""
PATIENCE = 60  # seconds until something that has to come is called missing


class Running:
    """An interlockd whose lines and notifications can be waited for."""

    def __init__(self, folder, *arguments, **environment):
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.settimeout(PATIENCE)
        self.process = subprocess.Popen([DAEMON, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                                        env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), **environment})
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def notification(self, state):
        """Waits for the datagram that holds the line `state`, and returns its lines."""
        while True:
            lines = self.manager.recv(4096).decode().split("\n")
            if state in lines:
                return lines

    def line(self, part):
        """Waits for a line with `part` and returns it."""
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no line with '{part}' in {self.seen}") from None
            self.seen.append(line)
            if part in line:
                return line

    def end(self, number=signal.SIGTERM):
        """Sends the signal; returns the exit status and every line there was."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return status, self.seen

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()
        self.manager.close()


class Daemon(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.store = f"sqlite:{self.folder}/store.db"

    def ctl(self, *words):
        result = subprocess.run([CTL, "--store", self.store, "--actor", "ops", *words], capture_output=True, text=True,
                                timeout=PATIENCE, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def daemon(self, *arguments):
        return subprocess.run([DAEMON, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, check=False)

    def makeStore(self):
        self.ctl("instance", "add", "vpn", "--management", "tcp:127.0.0.1:7505", "--pool", "10.8.0.0/16")

    def testCommitsOfOthersAreLoggedByIdActorAndCommandWithoutValues(self):
        self.makeStore()
        with Running(self.folder, "--store", self.store, "--instance", "vpn") as running:
            ready = running.notification("READY=1")
            self.assertTrue(any(line.startswith("STATUS=") for line in ready), ready)
            self.ctl("iroute", "set", "branch-secret-name", "192.168.77.0/24")
            self.assertEqual(running.line("id=2"), 'interlock.journal: committed id=2 actor="ops" command=replaceIroutes')
            status, lines = running.end()
        self.assertEqual(status, 0)
        self.assertFalse([line for line in lines if "192.168.77" in line or "branch-secret-name" in line], lines)

    def testInterruptEndsItAsTerminationDoes(self):
        self.makeStore()
        with Running(self.folder, "--store", self.store) as running:
            running.notification("READY=1")
            self.assertEqual(running.end(signal.SIGINT)[0], 0)
            running.notification("STOPPING=1")

    def testSignsOfLifeComeWhileTheManagerWatches(self):
        self.makeStore()
        with Running(self.folder, "--store", self.store, WATCHDOG_USEC="200000") as running:
            for _ in range(3):
                running.notification("WATCHDOG=1")

    def testNoSignsOfLifeForAnotherProcess(self):
        self.makeStore()
        with Running(self.folder, "--store", self.store, WATCHDOG_USEC="1000", WATCHDOG_PID="1") as running:
            running.notification("READY=1")
            running.end()
            running.manager.settimeout(0)
            rest = []
            try:
                while True:
                    rest.append(running.manager.recv(4096))
            except BlockingIOError:
                pass
            self.assertNotIn(b"WATCHDOG=1", rest)

    def testReloadOpensTheStoreAnewAndGoesOnLogging(self):
        self.makeStore()
        with Running(self.folder, "--store", self.store, "--instance", "vpn") as running:
            running.notification("READY=1")
            running.process.send_signal(signal.SIGHUP)
            self.assertTrue(any(line.startswith("MONOTONIC_USEC=") for line in running.notification("RELOADING=1")))
            running.notification("READY=1")
            running.line("interlock.store: reopened")
            self.ctl("connector", "set", "a")
            running.line("committed id=2")
            status, lines = running.end()
        self.assertEqual((status, sum("committed id=2" in line for line in lines)), (0, 1), lines)

    def testReloadThatCannotBeDoneIsLoggedAndChangesNothing(self):
        self.makeStore()
        self.ctl("instance", "add", "spare", "--management", "tcp:127.0.0.1:7506", "--pool", "10.9.0.0/16")
        with Running(self.folder, "--store", self.store, "--instance", "spare") as running:
            running.notification("READY=1")
            self.ctl("instance", "remove", "spare")
            running.line("command=removeInstance")
            running.process.send_signal(signal.SIGHUP)
            self.assertIn("kind=notFound", running.line("error: reload refused"))
            self.ctl("connector", "set", "a")
            running.line("command=setConnector")
            self.assertEqual(running.end()[0], 0)

    def testStoreThatIsNotThereIsRefusedAndNotMade(self):
        result = self.daemon("--store", self.store)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("notFound", result.stderr)
        self.assertIn("store init", result.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def testFileThatIsNoStoreIsRefusedWithItsKindAndLeftAlone(self):
        file = self.folder / "store.db"
        file.write_bytes(b"not a database, but long enough to be looked at\n" * 100)
        before = file.read_bytes()
        result = self.daemon("--store", self.store)
        self.assertEqual(result.returncode, 1)
        self.assertIn("storeCorrupt", result.stderr)
        self.assertEqual(file.read_bytes(), before)

    def testStoreOfANewerProgramIsRefused(self):
        self.makeStore()
        with sqlite3.connect(self.folder / "store.db") as database:
            columns = [c[1] for c in database.execute("PRAGMA table_info(schema_version)")]
            row = database.execute("SELECT * FROM schema_version ORDER BY 1 DESC LIMIT 1").fetchone()
            database.execute(f"INSERT INTO schema_version VALUES ({','.join('?' * len(columns))})", (9999, *row[1:]))
        database.close()
        result = self.daemon("--store", self.store)
        self.assertEqual(result.returncode, 1)
        self.assertIn("storeNewer", result.stderr)

    def testUnknownInstanceIsRefusedByName(self):
        self.makeStore()
        result = self.daemon("--store", self.store, "--instance", "vpn", "--instance", "nowhere")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nowhere", result.stderr)
        self.assertNotIn("vpn,", result.stderr)

    def testWrongUsageIsStatusTwo(self):
        for arguments in ((), ("--store", self.store, "extra"), ("--store", self.store, "--instance", "no good"),
                          ("--store", self.store, "--what")):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.daemon(*arguments).returncode, 2)

    def testPasswordInTheUrlIsNotRepeated(self):
        result = self.daemon("--store", "postgresql://ops:opensesame@127.0.0.1:1/nothing?sslmode=disable")
        self.assertEqual(result.returncode, 1)
        self.assertNotIn("opensesame", result.stderr)

    def testHelpSaysWhatItServes(self):
        result = self.daemon("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("answers the clients that connect", result.stdout)

    def testVersionIsOneLine(self):
        result = self.daemon("--version")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"\Ainterlockd [\d.]+\n\Z")


class ServerThatGoesAway(Daemon):
    """Run beside a server of its own: the outer run starts withpostgres, the inner one stops and starts that server."""

    def testUnavailableAndAvailableAreSaidOnceEach(self):
        if "INTERLOCK_INNER" not in os.environ:
            result = subprocess.run([WITHPOSTGRES, sys.executable, __file__, DAEMON, CTL, WITHPOSTGRES,
                                     self.id().removeprefix("__main__.")],
                                    env={**os.environ, "INTERLOCK_INNER": "1"}, capture_output=True, text=True,
                                    timeout=5 * PATIENCE, check=False)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            return
        self.store = os.environ["INTERLOCK_TEST_POSTGRES"]
        control = os.environ["INTERLOCK_TEST_POSTGRES_CTL"]
        self.makeStore()
        with Running(self.folder, "--store", self.store, "--instance", "vpn") as running:
            running.notification("READY=1")
            subprocess.run([control, "stop"], check=True, timeout=PATIENCE)
            running.line("warning: unavailable")
            subprocess.run([control, "start"], check=True, timeout=PATIENCE)
            running.line("interlock.store: available")
            self.ctl("connector", "set", "a")
            running.line("command=setConnector")
            status, lines = running.end()
        said = [line.split(" why=")[0] for line in lines if "available" in line]
        self.assertEqual((status, said), (0, ["interlock.store: warning: unavailable", "interlock.store: available"]), lines)


# Inherited for its helpers, not to be run twice.
for name in [n for n in vars(Daemon) if n.startswith("test")]:
    setattr(ServerThatGoesAway, name, None)

if __name__ == "__main__":
    DAEMON, CTL, WITHPOSTGRES = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(3))
    unittest.main(verbosity=2)
