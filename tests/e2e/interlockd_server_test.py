#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real interlockd against a management interface that misbehaves: it says what is wrong, soon, and lives on.

usage: interlockd_server_test.py INTERLOCKD INTERLOCKCTL [UNITTEST-OPTION...]
"""
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from vpn.process import PATIENCE, Process, until

DAEMON = CTL = ""
SOON = 3  # seconds until something specific is said; the time-out is five times that
PASSWORD = "right"
GREETING = b">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n"
CONNECTED_SINCE = 1795290307
STATUS = """\
TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu
TIME\t2026-11-21 19:56:59\t1795291019
HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\
\tConnected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher
CLIENT_LIST\tana\t10.99.0.11:50007\t10.8.0.10\t\t2000\t3000\t2026-11-21 19:56:49\t1795291009\tUNDEF\t7\t0\tAES-256-GCM
HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)
ROUTING_TABLE\t10.8.0.10\tana\t10.99.0.11:50007\t2026-11-21 19:56:59\t1795291019
GLOBAL_STATS\tMax bcast/mcast queue length\t0
END
"""
ANSWERS = {
    "pid": "SUCCESS: pid=16220\n",
    "state": f"{CONNECTED_SINCE},CONNECTED,SUCCESS,10.8.0.1,,,10.99.0.1,1194\nEND\n",
    "state on": "SUCCESS: real-time state notification set to ON\n",
    "log on": "SUCCESS: real-time log notification set to ON\n",
    "bytecount": "SUCCESS: bytecount interval changed\n",
    "hold": "SUCCESS: hold release succeeded\n",
    "status 3": STATUS,
}


class Client:
    """One connection to the server."""

    def __init__(self, connection):
        self._connection = connection
        self._lines = connection.makefile("rb")

    def say(self, data):
        # Whoever hangs up in the middle of it is what several tests are about.
        with contextlib.suppress(OSError):
            self._connection.sendall(data)

    def line(self):
        """The next line, or None at the end."""
        with contextlib.suppress(OSError):
            line = self._lines.readline()
            return line.decode().strip() if line else None
        return None

    def stay(self):
        """Says nothing, until the other side leaves."""
        while self.line() is not None:
            pass

    def serve(self, greeting=GREETING):
        """As OpenVPN does; `asked` of each command, before it is answered."""
        self.say(greeting)
        while (command := self.line()) is not None:
            answer = ANSWERS.get(command) or ANSWERS.get(command.split(" ")[0])
            self.say((answer or "SUCCESS: done\n").replace("\n", "\r\n").encode())

    def hangUp(self):
        self._connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._lines.close()
        self._connection.close()


class Server:
    """A management interface on loopback: one client at a time, the others wait in silence (openvpn/FACTS.md 16)."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.manner = Client.serve
        self.client = None
        self.met = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.client = Client(connection)
            self.met += 1
            self.manner(self.client)
            self.client.close()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the waiting in accept()
        self._listener.close()
        self._thread.join(PATIENCE)


class Misbehaving(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.store = f"sqlite:{self.folder}/store.db"
        self.server = Server()
        self.addCleanup(self.server.close)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def ctl(self, *words):
        result = subprocess.run([CTL, "--store", self.store, "--json", *words], capture_output=True, text=True,
                                timeout=5 * PATIENCE, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return json.loads(result.stdout)

    def start(self, *options):
        self.ctl("instance", "add", "vpn", "--management", f"tcp:127.0.0.1:{self.server.port}", "--pool", "10.8.0.0/24",
                 *options)
        self.ctl("allocation", "set", "ana", "10.8.0.10", "--instance", "vpn")
        self.daemon = Process("interlockd", [DAEMON, "--store", self.store, "--no-kernel-routes", "--http-port",
                                             str(self.port)])
        self.addCleanup(self.daemon.end)
        return time.monotonic()

    def health(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except urllib.error.URLError as error:
            raise AssertionError(str(error)) from None

    def peak(self):
        """The most memory that it ever had, in MB."""
        status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024

    def assertSaid(self, began, link, why, since=0):
        """The log names the fault, and soon."""
        self.daemon.line(f'instance=vpn link={link} why=".*{why}', since, patience=5 * SOON)
        took = time.monotonic() - began
        print(f"  measured: link={link} said after {took:.2f} s (goal {SOON} s, time-out {5 * SOON} s)", file=sys.stderr)

    def assertShown(self, link, why):
        """While it lasts: where an operator looks."""
        until(lambda: self.shown() == link, f"session list shows {link}")
        code, text = self.health()
        self.assertEqual(code, 503)
        self.assertRegex(text, f"^instance vpn: {link} .*{why}")

    def shown(self):
        instance = self.ctl("session", "list")["instances"][0]
        return instance["link"]

    def assertWell(self):
        """It is attached, and the one session is there: none was lost or invented."""
        until(lambda: self.health() == (200, "ok\n"), "it is attached")
        self.assertTrue(self.daemon.isRunning)
        sessions = until(lambda: self.ctl("session", "list")["sessions"], "the session is shown")
        self.assertEqual([(s["session"], s["cn"], s["address"]) for s in sessions], [("vpn/1/7", "ana", "10.8.0.10")])
        ended = [s["endedAt"] for s in self.ctl("session", "history")["sessions"]]
        self.assertEqual(ended, [None])

    # --- at the greeting ---

    def testGarbageInPlaceOfAGreeting(self):
        self.server.manner = lambda client: client.say(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n\x00\xff\xfe\r\n")
        began = self.start()
        self.assertSaid(began, "gone", "")
        self.server.manner = Client.serve
        self.assertWell()

    def testHalfALineAndNoMore(self):
        def half(client):
            client.say(GREETING[:20])
            client.stay()
        self.server.manner = half
        began = self.start()
        self.assertSaid(began, "busy", "")
        self.assertShown("busy", "")

    def testPasswordThatIsRefusedThreeTimes(self):
        def refuse(client):
            for _ in range(3):
                client.say(b"ENTER PASSWORD:")
                if client.line() is None:
                    return
        self.server.manner = refuse
        (self.folder / "password").write_text("wrong\n", encoding="ascii")
        (self.folder / "password").chmod(0o600)
        began = self.start("--password-file", str(self.folder / "password"))
        self.assertSaid(began, "wrongPassword", "password")
        self.assertShown("wrongPassword", "password")
        self.assertFalse([line for line in self.daemon.lines if '"wrong"' in line])

    def testPasswordThatIsWantedAndNotGiven(self):
        self.server.manner = lambda client: (client.say(b"ENTER PASSWORD:"), client.stay())
        began = self.start()
        self.assertSaid(began, "wrongPassword", "password")
        self.assertShown("wrongPassword", "password")

    def testSecondConsoleWaitsInLineAndSaysSo(self):
        first = socket.create_connection(("127.0.0.1", self.server.port))
        until(lambda: self.server.met == 1, "the other console is attached")
        began = self.start()
        self.assertSaid(began, "busy", "another")
        self.assertShown("busy", "another")
        first.shutdown(socket.SHUT_RDWR)
        first.close()
        self.assertWell()

    def testNobodyListens(self):
        self.server.close()
        began = self.start()
        self.assertSaid(began, "refused", "")
        self.assertShown("refused", "")

    # --- in the middle ---

    def attached(self):
        self.start()
        self.assertWell()
        return self.daemon.seen, self.peak()

    def assertMemoryIsBounded(self, before, most=16):
        grown = self.peak() - before
        print(f"  measured: {before:.0f} MB, and {grown:.1f} MB more at the most", file=sys.stderr)
        self.assertLess(grown, most)

    def testLineOfTenMegabytes(self):
        seen, before = self.attached()
        began = time.monotonic()
        self.server.client.say(b">LOG:" + b"x" * 10_000_000 + b"\r\n")
        self.assertSaid(began, "gone", "line", seen)
        self.assertWell()
        self.assertMemoryIsBounded(before)

    def testHundredMegabytesWithoutALine(self):
        seen, before = self.attached()
        began = time.monotonic()
        for _ in range(100):
            self.server.client.say(b"\x00\x01\xff" * 333_333)
        self.assertSaid(began, "gone", "line", seen)
        self.assertWell()
        self.assertMemoryIsBounded(before)

    def testGarbageInPlaceOfEvents(self):
        seen, before = self.attached()
        self.server.client.say(b">CLIENT:CONNECT,x,y\r\n>CLIENT:ENV,\r\n>CLIENT:\r\n>STATE\r\n>BYTECOUNT_CLI:1,2\r\n"
                               b">NONSENSE:\r\n\xff\xfe\r\n" * 1000)
        self.server.client.say(b">LOG:1795291019,I,still here\r\n")
        # Passed over line by line.
        self.assertWell()
        self.assertMemoryIsBounded(before)
        self.assertFalse([line for line in self.daemon.lines[seen:] if "x,y" in line and "error" in line])

    def testBlockThatStopsInTheMiddleOfALine(self):
        self.stopInABlock(b">CLIENT:ENV,common_na")

    def testBlockThatStopsBetweenLines(self):
        self.stopInABlock(b">CLIENT:ENV,common_name=bob\r\n")

    def stopInABlock(self, end):
        seen, _ = self.attached()
        began = time.monotonic()
        client = self.server.client
        ANSWERS["pid"], pid = "", ANSWERS["pid"]  # it says nothing any more
        self.addCleanup(ANSWERS.__setitem__, "pid", pid)
        client.say(b">CLIENT:CONNECT,9,1\r\n>CLIENT:ENV,n_clients=1\r\n" + end)
        self.assertSaid(began, "blocked", "in the middle", seen)
        self.assertShown("blocked", "in the middle")

    def testBlockThatTheServersEndCutsOff(self):
        seen, _ = self.attached()
        began = time.monotonic()
        client = self.server.client
        client.say(b">CLIENT:CONNECT,9,1\r\n>CLIENT:ENV,n_clients=1\r\n>CLIENT:ENV,common_name=bob\r\n")
        client.hangUp()
        self.assertSaid(began, "gone", "", seen)
        self.assertWell()

    def testBlockThatGoesOnForEverTakesNoMemory(self):
        seen, before = self.attached()
        client = self.server.client
        client.say(b">CLIENT:CONNECT,9,1\r\n")
        for _ in range(100):
            client.say((b">CLIENT:ENV,X=" + b"y" * 200 + b"\r\n>CLIENT:ENV,Y=1\r\n") * 2000)
        began = time.monotonic()
        client.hangUp()
        self.assertSaid(began, "gone", "", seen)
        self.assertWell()
        self.assertMemoryIsBounded(before)


if __name__ == "__main__":
    DAEMON, CTL = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
    if folder := os.environ.get("INTERLOCK_BIN"):  # those whose memory says something: a sanitizer keeps what was freed
        DAEMON, CTL = (str(pathlib.Path(folder, name).resolve()) for name in ("interlockd", "interlockctl"))
    os.environ.pop("INTERLOCK_STORE", None)
    unittest.main(verbosity=2)
