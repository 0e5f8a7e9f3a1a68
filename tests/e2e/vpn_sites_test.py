#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two sites with one LAN, both reachable, on a real OpenVPN answered by interlockd; and a LAN that collides with nothing.

usage: vpn_sites_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
from vpn import scenario
from vpn.bed import twoSites
from vpn.console import Console

NAMES = ("branch-a", "branch-b", "laptop")


class Sites(scenario.Scenario):
    def bringUp(self, collision, areClaimsMade=True, moveLive="never", oneByOne=()):
        """Rows first, then the server, interlockd, and all clients at once, or those named one by one, not settled."""
        clients = twoSites(self.bed)
        self.console = Console(self.bed)
        self.console.addInstance("--collision", collision, "--move-live", moveLive)
        self.console.allocate(*NAMES)
        for cn in NAMES[:2]:
            self.console.iroutes(cn, "192.168.1.0/27")
            if areClaimsMade:
                self.console.ctl("claim", "resolve", cn, "192.168.1.0/27", "--instance", "vpn")
        self.bed.startServer()
        with self.measured("server up, three clients answered and applied"):
            self.console.serve()
            self.bed.serverUp()
            for cn in oneByOne:
                clients[NAMES.index(cn)].start().established()
            if not oneByOne:
                for client in clients:
                    client.start()
                self.sessions = self.console.settled(*NAMES)

    def assertEachLanSeesItsOwn(self, pings):
        """Pings all at once from the laptop; each site's LAN sees three requests to its host, and nothing else."""
        lans = {site: self.bed.capture(f"{site}-host") for site in NAMES[:2]}
        self.assertEqual(self.bed.pings(*(("laptop", address) for address in pings)), [3] * len(pings))
        self.assertEqual({site: capture.afterEnd() for site, capture in lans.items()},
                         {site: [("10.8.0.13", "192.168.1.10")] * 3 for site in lans})

    # openvpn/FACTS.md 1, 2
    def testBothSitesAnswerAtTheSameTimeUnderTheirStandIns(self):
        self.bringUp("stand-in-both")
        self.assertEqual({cn: self.sessions[cn]["installed"] for cn in NAMES},
                         {"branch-a": ["100.64.0.0/27"], "branch-b": ["100.64.0.32/27"], "laptop": []})
        self.assertEachLanSeesItsOwn(["100.64.0.10", "100.64.0.42"])
        self.assertEqual(set(self.bed.natRules().values()), {""})

    # openvpn/FACTS.md 3
    def testTheSitesReachEachOtherUnderTheirStandIns(self):
        self.bringUp("stand-in-both")
        self.assertEqual(self.bed.pings(("branch-a-host", "100.64.0.42"), ("branch-b-host", "100.64.0.10")), [3, 3])
        self.assertEqual(set(self.bed.natRules().values()), {""})

    # openvpn/FACTS.md 9
    def testTheFirstKeepsItsPrefixAndTheOtherAnswersUnderItsStandIn(self):
        self.bringUp("keep-first")
        self.assertEqual({cn: self.sessions[cn]["installed"] for cn in NAMES[:2]},
                         {"branch-a": ["192.168.1.0/27"], "branch-b": ["100.64.0.0/27"]})
        self.assertEachLanSeesItsOwn(["192.168.1.10", "100.64.0.10"])
        self.assertEqual(set(self.bed.natRules().values()), {""})

    # The second site's first connect gives the first one, which is live, a stand-in: it is made to ask again, and whoever
    # was pushed a route to where its LAN was as well. (Who came before the first one would lack a route, and be pending.)
    def testCollisionThatTheConnectItselfFindsSettlesWithoutAnOperator(self):
        self.bringUp("stand-in-both", areClaimsMade=False, moveLive="now", oneByOne=("branch-a", "laptop", "branch-b"))
        virtual = {c["cn"]: c["virtual"] for c in self.console.ctl("claim", "list")["claims"]}
        self.assertEqual(sorted(virtual.values()), ["100.64.0.0/27", "100.64.0.32/27"])
        for cn in NAMES[:2]:
            self.console.inState(cn, patience=30, state="established", installed=[virtual[cn]])
        self.console.settled(*NAMES, patience=60)
        host = {"100.64.0.0/27": "100.64.0.10", "100.64.0.32/27": "100.64.0.42"}
        self.assertEachLanSeesItsOwn([host[virtual[cn]] for cn in NAMES[:2]])


class NoCollision(scenario.Scenario):
    # openvpn/FACTS.md 5; the management interface is TCP with a password here.
    def testLanBehindAConnectorIsReachedFromBehindTheServerWithoutALineInItsConfiguration(self):
        self.bed.inside()
        site = self.bed.site("branch-c", "172.20.5.0/27")
        console = Console(self.bed)
        self.bed.startServer(management="tcp", lines=())
        configured = self.bed.routes()
        console.addInstance("--collision", "keep-first", management="tcp")
        console.serve()
        self.bed.serverUp()
        console.allocate("branch-c")
        console.iroutes("branch-c", "172.20.5.0/27")
        site.start().established()
        self.assertEqual(console.settled("branch-c")["branch-c"]["installed"], ["172.20.5.0/27"])
        self.assertEqual([r for r in self.bed.routes() if r not in configured and " proto 2 " not in r],
                         [f"{prefix} dev tun0 proto 77 scope 253" for prefix in ("100.64.0.0/10", "172.20.5.0/27")])
        self.assertEqual(self.bed.ping("inside", "172.20.5.10"), 3)
        self.assertEqual(set(self.bed.natRules().values()), {""})


if __name__ == "__main__":
    scenario.main(limit=400)
