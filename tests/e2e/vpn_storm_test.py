#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty routers with one and the same LAN connect in the same moment, twice.

usage: vpn_storm_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import time

from vpn import scenario
from vpn.console import Console
from vpn.process import until

COUNT = 30
NAMES = [f"router-{n:02}" for n in range(COUNT)]
LAN = "192.168.1.0/27"


class Storm(scenario.Scenario):
    def storm(self, what):
        """Everybody at once; returns the settled sessions by name."""
        began = time.monotonic()
        for router in self.routers:
            router.start()
        scenario.said(f"{what}: processes started", time.monotonic() - began)
        for router in self.routers:
            router.established(60)
        # openvpn/FACTS.md 65: 1.1 to 1.3 s when somebody answers at once
        scenario.said(f"{what}: {COUNT} routers established", time.monotonic() - began, 5)
        sessions = self.console.settled(*NAMES, patience=60)
        scenario.said(f"{what}: shown as applied", time.monotonic() - began)
        return sessions

    def testThirtyAtOnceAreAllAnsweredEachWithAStandInOfItsOwnAndTheSameOneAgain(self):
        self.routers = self.bed.crowd((cn, ()) for cn in NAMES)
        self.console = Console(self.bed)
        # Everybody in a block of its own: whom the others see does not change while they come.
        self.console.addInstance("--collision", "keep-first", "--auto-allocate", "yes", "--block-length", "32")
        for cn in NAMES:
            self.console.iroutes(cn, LAN)
        self.bed.startServer()
        self.console.serve()
        self.bed.serverUp()

        first = self.storm("first")
        installed = [tuple(s["installed"]) for s in first.values()]
        self.assertEqual((len(set(installed)), {len(i) for i in installed}), (COUNT, {1}))
        self.assertEqual(sum(i == (LAN,) for i in installed), 1)
        self.assertEqual(len({s["address"] for s in first.values()}), COUNT)
        self.assertEqual({cn: s["alerts"] for cn, s in first.items()}, {cn: [] for cn in NAMES})

        for router in self.routers:
            router.process.process.terminate()
        for router in self.routers:
            router.stop()
        until(lambda: not self.console.sessions(), "no session is left")
        again = self.storm("again")
        self.assertEqual({cn: (s["address"], s["installed"]) for cn, s in again.items()},
                         {cn: (s["address"], s["installed"]) for cn, s in first.items()})
        history = self.console.ctl("session", "history")["sessions"]
        self.assertEqual(len(history), 2 * COUNT)
        self.assertEqual(sum(h["endedAt"] is None for h in history), COUNT)


if __name__ == "__main__":
    scenario.main(limit=300)
