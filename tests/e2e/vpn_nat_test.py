#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins that the VPN host translates, or the branch's router, in place of the OpenVPN client.

usage: vpn_nat_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
from vpn import scenario
from vpn.bed import twoSites
from vpn.console import Console
from vpn.process import until

LAN = "192.168.1.0/27"


class Host(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.bed.inside()
        site, laptop = self.bed.site("branch-a", LAN), self.bed.client("laptop")
        self.console = Console(self.bed)
        self.console.addInstance("--collision", "keep-first")
        self.console.allocate("branch-a", "laptop")
        self.console.ctl("connector", "set", "branch-a", "--translation", "host")
        self.console.iroutes("branch-a", LAN)
        self.console.ctl("claim", "resolve", "branch-a", LAN, "--instance", "vpn")
        self.console.ctl("claim", "stand-in", "branch-a", LAN)
        self.bed.startServer()
        self.console.serve()
        self.bed.serverUp()
        for client in (site, laptop):
            client.start().established()
        self.sessions = self.console.settled("branch-a", "laptop")

    def rules(self):
        """The packet filter of the server's namespace; no other has one."""
        rules = self.bed.natRules()
        self.assertEqual({n for n, text in rules.items() if text} - {"server"}, set())
        return rules["server"]

    def hasRules(self):
        return until(lambda: "100.64.0.0/27 : 192.168.1.0/27" in self.rules(), "the host's rules", patience=30)

    def hasNone(self):
        until(lambda: not self.rules(), "no rule left", patience=30)

    def assertReached(self):
        capture = self.bed.capture("branch-a-host")
        self.assertEqual(self.bed.pings(("inside", "100.64.0.10"), ("laptop", "100.64.0.10")), [3, 3])
        self.assertEqual({to for _, to in capture.afterEnd()}, {"192.168.1.10"})

    # SEMANTICS 3
    def testStandInIsTranslatedByTheHostWhileTheRowsWantIt(self):
        self.assertEqual(self.sessions["branch-a"]["installed"], [LAN])
        self.assertFalse([line for line in self.sessions["branch-a"]["answer"] if "client-nat" in line])
        self.hasRules()
        self.assertReached()
        handle = self.bed.run("server", "nft", "-a", "list", "ruleset").stdout
        self.console.ctl("connector", "set", "laptop", "--description", "an edit that changes nothing here")
        self.assertReached()
        self.assertEqual(self.bed.run("server", "nft", "-a", "list", "ruleset").stdout, handle)

        self.bed.run("server", "nft", "flush", "ruleset")  # somebody cleans up
        self.hasRules()
        self.bed.run("server", "nft", "add", "table", "ip", "somebody_elses")
        self.console.ctl("connector", "set", "branch-a", "--translation", "client")
        until(lambda: "interlock_host" not in self.rules(), "the host's rules are gone", patience=30)
        self.assertIn("somebody_elses", self.rules())

    # openvpn/FACTS.md 10: the host could not tell the two sites apart.
    def testOnceAnotherSiteHasTheSameLanTheHostTranslatesNoMoreAndSaysWhy(self):
        self.hasRules()
        self.console.ctl("claim", "resolve", "branch-b", LAN, "--instance", "vpn")
        self.hasNone()
        why = f"{LAN} overlaps {LAN} of branch-b, so the VPN host cannot tell the two apart"
        self.console.inState("branch-a", alerts=[why])
        refused = self.console.ctl("nat", "reconcile", "--dry-run", code=3)["refused"]
        self.assertEqual([(r["cn"], r["message"]) for r in refused], [("branch-a", why)])

        self.console.ctl("claim", "release", "branch-b", LAN)
        self.hasRules()
        self.console.inState("branch-a", alerts=[])
        self.assertReached()


class Router(scenario.Scenario):
    # openvpn/FACTS.md 13
    def testRenderedRulesOnTheBranchesMakeBothSitesReachable(self):
        names = ("branch-a", "branch-b", "laptop")
        clients = twoSites(self.bed, inside=False)
        console = Console(self.bed)
        console.addInstance("--collision", "stand-in-both")
        console.allocate(*names)
        for cn in names[:2]:
            console.ctl("connector", "set", cn, "--translation", "router")
            console.iroutes(cn, LAN)
            console.ctl("claim", "resolve", cn, LAN, "--instance", "vpn")
        self.bed.startServer()
        console.serve()
        self.bed.serverUp()
        for client in clients:
            client.start()
        sessions = console.settled(*names)
        self.assertEqual([sessions[cn]["installed"] for cn in names], [["100.64.0.0/27"], ["100.64.0.32/27"], []])
        self.assertFalse([line for s in sessions.values() for line in s["answer"] if "client-nat" in line])
        for cn in names[:2]:
            file = self.bed.folder / f"{cn}.nft"
            file.write_text(console.ctl("nat", "plan", "--cn", cn, "--format", "nft")["text"], encoding="utf-8")
            self.bed.run(cn, "nft", "-f", str(file))
        lans = {cn: self.bed.capture(f"{cn}-host") for cn in names[:2]}
        self.assertEqual(self.bed.pings(("laptop", "100.64.0.10"), ("laptop", "100.64.0.42")), [3, 3])
        self.assertEqual({cn: capture.afterEnd() for cn, capture in lans.items()},
                         {cn: [("10.8.0.13", "192.168.1.10")] * 3 for cn in lans})
        self.assertEqual(self.bed.pings(("branch-a-host", "100.64.0.42"), ("branch-b-host", "100.64.0.10")), [3, 3])


if __name__ == "__main__":
    scenario.main(limit=400)
