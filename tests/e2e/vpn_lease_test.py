#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two interlockd on one PostgreSQL store: one answers, and when it dies the other does.

usage: vpn_lease_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
Starts a PostgreSQL of its own unless INTERLOCK_TEST_POSTGRES names one.
"""
import collections
import os
import signal
import subprocess
import time
import uuid

from vpn import scenario
from vpn.bed import twoSites
from vpn.console import Console
from vpn.process import until
from vpn.wiretap import Wiretap

NAMES = ("branch-a", "branch-b", "laptop")
GOAL = 5  # seconds from the holder's death until the other answers


class TakeOver(scenario.Scenario):
    def makeStore(self):
        server = os.environ["INTERLOCK_TEST_POSTGRES"]
        name = "vpn_" + uuid.uuid4().hex[:12]

        def psql(statement):
            subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", statement],
                           check=True, capture_output=True, timeout=60)

        psql(f"CREATE DATABASE {name}")
        self.addCleanup(psql, f"DROP DATABASE {name} WITH (FORCE)")
        return server.rsplit("/", 1)[0] + "/" + name

    def setUp(self):
        store = self.makeStore()  # dropped after the bed's end
        super().setUp()
        clients = twoSites(self.bed)
        self.late = self.bed.client("late")
        self.console = Console(self.bed, store)
        tapped = self.bed.folder / "tapped"
        self.console.addInstance("--collision", "stand-in-both", socketPath=tapped)
        self.console.allocate(*NAMES, "late")
        for cn in NAMES[:2]:
            self.console.iroutes(cn, "192.168.1.0/27")
            self.console.ctl("claim", "resolve", cn, "192.168.1.0/27", "--instance", "vpn")
        self.bed.startServer()
        self.wire = Wiretap(tapped, self.bed.socket)
        self.addCleanup(self.wire.close)
        self.holder = self.console.serve(label="holder")
        self.bed.serverUp()
        self.other = self.console.serve(label="other")
        for client in clients:
            client.start()
        for client in clients:
            client.established()
        self.console.settled(*NAMES)

    def answers(self):
        """Every answer on the wire, by client."""
        return collections.Counter(line.text for line in self.wire.sent if line.text.startswith("client-auth "))

    def assertTakenOver(self, began):
        self.late.established(5 * GOAL)
        scenario.said("the other has answered", time.monotonic() - began, GOAL)
        self.console.settled(*NAMES, "late")
        self.assertEqual(self.bed.pings(("laptop", "100.64.0.10"), ("laptop", "100.64.0.42")), [3, 3])
        self.assertEqual([answer for answer, times in self.answers().items() if times > 1], [])

    def testHolderIsKilledAndTheOtherAnswers(self):
        stream = self.bed.stream("laptop", "100.64.0.10")
        before = self.console.settled(*NAMES)
        self.assertEqual(len(self.answers()), 3)
        began = time.monotonic()
        self.holder.kill()
        self.late.start()
        self.assertTakenOver(began)
        self.assertEqual({cn: s["session"] for cn, s in self.console.settled(*NAMES).items()},
                         {cn: s["session"] for cn, s in before.items()})
        self.assertEqual(self.bed.lost(stream), [])

    def testHolderThatEndsInOrderHandsOver(self):
        began = time.monotonic()
        self.assertEqual(self.holder.end(), 0)
        self.late.start()
        self.assertTakenOver(began)

    # It hangs while a client asks, and its lease runs out. When it wakes up the question is in its hands, and the answer
    # is not its own any more: SEMANTICS 4.
    def testHolderThatStandsStillBeyondItsLeaseDoesNotAnswerWhenItWakes(self):
        owner = self.console.owner()
        self.holder.process.send(signal.SIGSTOP)
        self.late.start()
        self.bed.server.line(r"\[late\] Peer Connection Initiated")
        link = self.wire.sent[-1].link
        until(lambda: self.console.owner() not in (None, owner), "another owner", patience=30, every=0.2)
        woken = time.monotonic()
        self.holder.process.send(signal.SIGCONT)
        self.assertTakenOver(woken)
        self.assertEqual([line for line in self.wire.sent if line.link == link and line.moment > woken
                          and line.text.startswith("client-")], [])


if __name__ == "__main__":
    scenario.main(limit=400, needsPostgres=True)
