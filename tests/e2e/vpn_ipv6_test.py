#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""LANs with IPv6: installed, routed and reached like the others; one that two sites have is the first one's alone.

usage: vpn_ipv6_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
from vpn import scenario
from vpn.console import Console

LAN = "fd00:1::/64"
HOST = "fd00:1::10"
SITES = ("branch-a", "branch-b")
NAMES = (*SITES, "laptop")


def addIPv6(bed, router, prefix):
    """Puts the LAN `prefix` (of /64, "x::/64") beside the one that is behind `router` already."""
    network = prefix.removesuffix("/64")
    # Without duplicate detection, which takes seconds.
    bed.ip("-n", router, "address", "add", f"{network}1/64", "dev", "lan0", "nodad")
    bed.ip("-n", f"{router}-host", "address", "add", f"{network}10/64", "dev", "eth0", "nodad")
    bed.ip("-n", f"{router}-host", "-6", "route", "add", "default", "via", f"{network}1")
    forward(bed, router)


def forward(bed, namespace):
    bed.run(namespace, "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1")


class IPv6(scenario.Scenario):
    def setUp(self):
        super().setUp()
        clients = [self.bed.site("branch-a", "192.168.1.0/27"), self.bed.site("branch-b", "192.168.2.0/27"),
                   self.bed.client("laptop")]
        for cn in SITES:
            addIPv6(self.bed, cn, LAN)
        self.bed.inside()
        self.bed.ip("-n", "server", "address", "add", "fd00:50::1/64", "dev", "in0", "nodad")
        self.bed.ip("-n", "inside", "address", "add", "fd00:50::10/64", "dev", "eth0", "nodad")
        self.bed.ip("-n", "inside", "-6", "route", "add", "default", "via", "fd00:50::1")
        forward(self.bed, "server")

        self.console = Console(self.bed)
        self.console.addInstance("--pool", "fd00:8::/64")
        self.console.ctl("option", "set", "--instance", "vpn", "route-ipv6", "fd00:50::/64")
        self.console.allocate(*NAMES)
        for number, cn in enumerate(NAMES, 11):
            self.console.ctl("allocation", "set", cn, f"fd00:8::{number}", "--instance", "vpn")
        for cn, lans in (("branch-a", ("192.168.1.0/27", LAN)), ("branch-b", ("192.168.2.0/27",))):
            self.console.iroutes(cn, *lans)
            for lan in lans:
                self.console.ctl("claim", "resolve", cn, lan, "--instance", "vpn")
        self.console.iroutes("branch-b", "192.168.2.0/27", LAN)
        # What `instance config` prints for such an instance.
        config = self.console.ctl("instance", "config", "vpn")["text"].splitlines()
        lines = [line for line in config if line.startswith(("route ", "ifconfig-ipv6 "))]
        self.assertIn("ifconfig-ipv6 fd00:8::1/64 fd00:8::2", lines)
        self.bed.startServer(lines=lines)
        self.console.serve()
        self.bed.serverUp()
        for client in clients:
            client.start().established()
        self.sessions = self.console.settled(*NAMES)

    def routes(self):
        shown = self.bed.run("server", "ip", "-6", "-N", "route", "show", "proto", "77").stdout
        return [line.split()[:3] for line in shown.splitlines()]

    # openvpn/FACTS.md 46
    def testLanIsInstalledRoutedAndReachedThroughTheTunnel(self):
        self.assertEqual(self.sessions["branch-a"]["installed"], ["192.168.1.0/27", LAN])
        self.assertIn(f"iroute-ipv6 {LAN}", self.sessions["branch-a"]["answer"])
        self.assertEqual(self.sessions["branch-a"]["address6"], "fd00:8::11")
        self.assertEqual(self.routes(), [[LAN, "dev", "tun0"]])
        lans = {cn: self.bed.capture(f"{cn}-host", what="icmp6 and ip6[40] == 128") for cn in SITES}
        self.assertEqual(self.bed.pings(("laptop", HOST), ("inside", HOST)), [3, 3])
        self.assertEqual({cn: sorted(set(lan.afterEnd())) for cn, lan in lans.items()},
                         {"branch-a": [("fd00:50::10", HOST), ("fd00:8::13", HOST)], "branch-b": []})

    # SEMANTICS 2: there are no stand-ins for IPv6.
    def testLanThatAnotherHasIsLeftOutAndTheSiteIsAdmittedWithTheRest(self):
        session = self.sessions["branch-b"]
        self.assertEqual((session["installed"], session["declared"]), (["192.168.2.0/27"], ["192.168.2.0/27"]))
        self.assertEqual([line for line in session["answer"] if line.startswith("iroute")],
                         ["iroute 192.168.2.0 255.255.255.224"])
        why = f"{LAN} of branch-b collides with {LAN} of branch-a; there are no stand-ins for IPv6"
        self.assertEqual(session["alerts"], [why])
        self.assertEqual({(c["cn"], c["real"]) for c in self.console.ctl("claim", "list")["claims"]},
                         {("branch-a", "192.168.1.0/27"), ("branch-a", LAN), ("branch-b", "192.168.2.0/27")})
        rows = {r["prefix"]: r for r in self.console.ctl("iroute", "list", "branch-b")["iroutes"]}
        self.assertEqual((rows[LAN]["state"], rows[LAN]["verdict"]["kind"], rows[LAN]["verdict"]["message"]),
                         ("conflictIPv6", "conflict", why))
        self.assertEqual(rows["192.168.2.0/27"]["state"], "sentinel")
        self.assertEqual(self.bed.ping("laptop", "192.168.2.10"), 3)

    def testLanThatTheFirstGaveUpIsTheOthersAfterItsReconnect(self):
        self.console.iroutes("branch-a", "192.168.1.0/27")
        self.console.ctl("claim", "release", "branch-a", LAN)
        # The live session still has it, and its route (SEMANTICS 3).
        self.console.inState("branch-a", routes="pending", installed=["192.168.1.0/27", LAN])
        self.assertEqual(self.routes(), [[LAN, "dev", "tun0"]])
        for cn, lans in (("branch-a", ["192.168.1.0/27"]), ("branch-b", ["192.168.2.0/27", LAN]), ("laptop", [])):
            self.console.ctl("session", "kill", "--cn", cn, "--instance", "vpn", "--wait", "10s")
            self.console.inState(cn, state="established", routes="applied", installed=lans, alerts=[])
        lan = self.bed.capture("branch-b-host", what="icmp6 and ip6[40] == 128")
        self.assertEqual(self.bed.ping("laptop", HOST), 3)
        self.assertEqual(lan.afterEnd(), [("fd00:8::13", HOST)] * 3)


if __name__ == "__main__":
    scenario.main(limit=300)
