#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bed by itself: a real OpenVPN server answered with the lines that openvpn/FACTS.md 2 says, and nothing of ours.

When this fails, the machine or the bed is at fault, and the other vpn tests say nothing about the program.

usage: vpn_bed_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
from vpn import scenario
from vpn.bed import twoSites
from vpn.stub import Stub

STAND_INS = ("100.64.0.0", "100.64.0.32")


def branch(address, mine, other):
    return (f"ifconfig-push {address} 255.255.255.0",
            f"iroute {mine} 255.255.255.224",
            f'push "client-nat snat 192.168.1.0 255.255.255.224 {mine}"',
            f'push "route {other} 255.255.255.224"')


ANSWERS = {
    "branch-a": branch("10.8.0.11", *STAND_INS),
    "branch-b": branch("10.8.0.12", *reversed(STAND_INS)),
    "laptop": ("ifconfig-push 10.8.0.13 255.255.255.0", *(f'push "route {s} 255.255.255.224"' for s in STAND_INS)),
}


class TheBed(scenario.Scenario):
    def bringUp(self):
        clients = twoSites(self.bed, inside=False)
        self.bed.startServer()
        self.stub = Stub(self.bed.socket, ANSWERS)
        self.addCleanup(self.stub.close)
        self.bed.serverUp()
        for client in clients:
            client.start()
        for client in clients:
            client.established()

    # openvpn/FACTS.md 1, 2
    def testTwoSitesWithOneLanAnswerAtTheSameTimeUnderTheirStandIns(self):
        with self.measured("bed with three clients up"):
            self.bringUp()
        lans = {site: self.bed.capture(f"{site}-host") for site in ("branch-a", "branch-b")}
        self.assertEqual(self.bed.pings(("laptop", "100.64.0.10"), ("laptop", "100.64.0.42"), count=3), [3, 3])
        self.assertEqual({site: capture.afterEnd() for site, capture in lans.items()},
                         {site: [("10.8.0.13", "192.168.1.10")] * 3 for site in lans})
        self.assertEqual(set(self.bed.natRules().values()), {""})

    # openvpn/FACTS.md 3
    def testTheSitesReachEachOtherUnderTheirStandIns(self):
        self.bringUp()
        self.assertEqual(self.bed.pings(("branch-a-host", "100.64.0.42"), ("branch-b-host", "100.64.0.10")), [3, 3])

    # openvpn/FACTS.md 10: a ping that is answered does not say by whom, the captures do.
    def testWithoutItsIrouteASiteIsNotReachedAndItsLanSeesNothing(self):
        self.addCleanup(ANSWERS.update, {"branch-b": ANSWERS["branch-b"]})
        ANSWERS["branch-b"] = tuple(line for line in ANSWERS["branch-b"] if not line.startswith("iroute"))
        self.bringUp()
        silent = self.bed.capture("branch-b-host")
        self.assertEqual(self.bed.pings(("laptop", "100.64.0.10"), ("laptop", "100.64.0.42"), count=2), [2, 0])
        self.assertEqual(silent.afterEnd(), [])


if __name__ == "__main__":
    scenario.main(limit=150)
