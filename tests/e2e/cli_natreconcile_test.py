#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`nat reconcile` on a real kernel, in network namespaces of its own.

usage: cli_natreconcile_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import shutil
import subprocess
import unittest

import cli_support
from cli_support import Cli, Sqlite

LAN = "192.168.1.0/27"
FOREIGN = "table ip nat { chain post { type nat hook postrouting priority srcnat; masquerade; }; }"


class Reconcile(Cli, Sqlite, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.addInstance()

    def addSite(self, name, lan=LAN, translation="host"):
        # First, because it is refused for a LAN that is known to be somebody else's as well.
        self.json("connector", "set", name, "--translation", translation)
        self.addSites(name, lan=lan)
        self.json("claim", "resolve", name, lan, "--instance", "berlin")

    def inNamespace(self, script):
        """Runs a shell script in a network namespace of its own; $CTL is the program. Returns code, output, errors."""
        missing = [name for name in ("unshare", "nft", "setpriv") if not shutil.which(name)]
        if os.geteuid() != 0:
            missing.append("root")
        if missing:
            if os.environ.get("CI"):
                raise AssertionError("in CI there must be: " + ", ".join(missing))
            self.skipTest("not here: " + ", ".join(missing))
        environment = {**os.environ, "INTERLOCK_STORE": self.store, "CTL": cli_support.program(), "HOME": self.folder}
        done = subprocess.run(["unshare", "-n", "sh", "-c", script], capture_output=True, timeout=120, env=environment)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def testDryRunPrintsThePlanAnywhere(self):
        self.addSite("branch-a")
        self.json("claim", "stand-in", "branch-a", LAN)
        answer = self.assertChangesNothing("nat", "reconcile", "--dry-run", "--interface", "tun3")
        self.assertEqual({k: v for k, v in answer.items() if k != "text"},
                         {"rules": [{"cn": "branch-a", "real": LAN, "virtual": "100.64.0.0/27"}], "refused": [], "dryRun": True})
        self.assertIn("delete table ip interlock_host\n", answer["text"])
        self.assertIn('iifname { "tun3" } snat ip prefix to ip saddr map { 192.168.1.0/27 : 100.64.0.0/27 }\n', answer["text"])
        self.assertIn(answer["text"].strip(), self.text("nat", "reconcile", "--dry-run", "--interface", "tun3"))

    def testRulesAreLoadedOnceAndForeignOnesSurvive(self):
        self.addSite("branch-a")
        self.json("claim", "stand-in", "branch-a", LAN)
        code, out, err = self.inNamespace(f"""set -e
            nft '{FOREIGN}'; nft list table ip nat > {self.path('before')}
            "$CTL" --json nat reconcile > {self.path('first')}
            nft list ruleset > {self.path('once')}
            "$CTL" --json nat reconcile > {self.path('second')}
            nft list ruleset > {self.path('twice')}
            nft list table ip nat > {self.path('after')}
            "$CTL" connector set branch-a --translation client
            "$CTL" --json nat reconcile > {self.path('third')}
            nft list ruleset > {self.path('gone')}""")
        self.assertEqual((code, err), (0, ""), out)

        def read(name):
            with open(self.path(name), encoding="utf-8") as file:
                return file.read()

        self.assertEqual([json.loads(read(n))["changed"] for n in ("first", "second", "third")], [True, False, True])
        self.assertIn("dnat ip prefix to ip daddr map { 100.64.0.0/27 : 192.168.1.0/27 }", read("once"))
        self.assertEqual(read("twice"), read("once"))
        self.assertEqual(read("after"), read("before"))
        self.assertEqual(read("gone"), read("before"))

    def testWhatCannotBeCorrectIsRefusedWithTheReason(self):  # openvpn/FACTS.md 10
        self.addSite("branch-a", translation="client")
        self.addSite("branch-b")
        self.addSite("branch-c", lan="10.1.0.0/16")
        self.json("claim", "stand-in", "branch-c", "10.1.0.0/16")
        code, out, err = self.inNamespace('"$CTL" --json nat reconcile; echo "exit $?"; nft list ruleset')
        document, rest = out.split("\nexit ")
        answer = json.loads(document)
        self.assertEqual(rest.split("\n")[0], "3")
        self.assertEqual([rule["cn"] for rule in answer["rules"]], ["branch-c"])
        self.assertEqual(answer["refused"],
                         [{"cn": "branch-b", "real": LAN, "virtual": "100.64.0.0/27", "kind": "conflict",
                           "message": f"{LAN} overlaps {LAN} of branch-a, so the VPN host cannot tell the two apart",
                           "details": {"real": LAN, "overlaps": LAN, "owner": "branch-a"}}])
        self.assertIn("refused: branch-b: ", err)
        self.assertIn("10.1.0.0/16", rest)
        self.assertNotIn("192.168.1.0", rest)

    def testWithoutTheCapabilityNothingIsChangedAndItSaysSo(self):
        self.addSite("branch-a")
        self.json("claim", "stand-in", "branch-a", LAN)
        code, out, err = self.inNamespace(
            'setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$CTL" --json nat reconcile; echo "exit $?"; nft list ruleset')
        document, rest = out.split("\nexit ")
        self.assertEqual(json.loads(document)["error"],
                         {"kind": "readOnly", "message": "the rules of this host cannot be read or changed: it needs CAP_NET_ADMIN",
                          "details": {"capability": "CAP_NET_ADMIN"}})
        self.assertEqual(rest, "1\n", err)

    def testABadDeviceIsRefused(self):
        self.assertRefused("invalid", "nat", "reconcile", "--dry-run", "--interface", "tun0; flush ruleset")


if __name__ == "__main__":
    cli_support.main()
