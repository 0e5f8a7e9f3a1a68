#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A LAN around the public address of a server, and a public address inside of a LAN, have to be confirmed (SEMANTICS 2);
on both back ends.

usage: cli_publicaddress_test.py PROGRAM [UNITTEST-OPTION...]
"""
import os

import cli_support
from cli_support import Cli, onBothBackEnds

HOME, MEANT = "203.0.113.7", ("--confirm", "public-address")
AROUND = {"cn": "a", "prefix": "203.0.113.0/24", "instance": "berlin", "publicAddress": HOME}


@onBothBackEnds
class PublicAddress(Cli):
    def setUp(self):
        super().setUp()
        self.addInstance("berlin", "10.8.0.0/24", "--public-address", HOME)

    def shown(self):
        return self.json("instance", "list")["instances"][0]["publicAddress"]

    def lans(self, cn):
        return [row["prefix"] for row in self.json("iroute", "list", cn)["iroutes"]]

    def assertAsked(self, lans, *arguments):
        details = self.assertRefused("conflict", *arguments)["details"]
        self.assertEqual(details, {"confirm": ["public-address"], "lans": lans})

    def testItIsSetChangedAndTakenAway(self):
        self.assertEqual(self.shown(), HOME)
        self.assertEqual(self.json("instance", "set", "berlin", "--public-address", "2001:db8::7")["publicAddress"], "2001:db8::7")
        self.assertEqual(self.json("instance", "set", "berlin", "--block-length", "24")["publicAddress"], "2001:db8::7")
        self.assertIsNone(self.json("instance", "set", "berlin", "--public-address=")["publicAddress"])
        self.assertIsNone(self.shown())
        self.json("journal", "revert", "4")
        self.assertEqual(self.shown(), "2001:db8::7")
        self.assertRefused("invalid", "instance", "set", "berlin", "--public-address", "vpn.example.org")
        self.assertRefused("invalid", "instance", "set", "berlin", "--public-address", "10.8.0.9")

    def testALanAroundItIsAskedForAndTakenBack(self):
        self.assertAsked([AROUND], "iroute", "set", "a", "203.0.113.0/24", "192.168.1.0/24")
        self.assertAsked([AROUND], "iroute", "set", "a", "203.0.113.0/24", "--dry-run")
        self.assertRefused("invalid", "iroute", "set", "a", "203.0.113.0/24", "--confirm", "everything")
        made = self.json("iroute", "set", "a", "203.0.113.0/24", *MEANT)["journal"]
        self.assertEqual(self.json("journal", "show", str(made))["arguments"]["confirmed"], ["public-address"])
        self.json("iroute", "set", "a", "203.0.113.0/24", "192.168.1.0/24")  # it is there: not asked again
        undone = self.json("journal", "revert", str(self.json("iroute", "set", "a")["journal"]), *MEANT)
        self.assertEqual(self.lans("a"), ["192.168.1.0/24", "203.0.113.0/24"])
        self.json("journal", "revert", str(undone["journal"]))
        self.assertEqual(self.lans("a"), [])
        self.assertAsked([AROUND], "journal", "revert", str(undone["journal"] + 1))
        self.assertEqual(self.json("journal", "verify"), {"problems": []})

    def testTheTextSaysWhyAndHow(self):
        text = self.text("iroute", "set", "a", "203.0.113.0/24", code=1)
        self.assertIn("203.0.113.0/24 of a contains 203.0.113.7, the public address of instance berlin", text)
        self.assertIn("Nothing was changed. Where that is meant: --confirm public-address.", text)

    def testAnAddressInsideOfALanIsAskedFor(self):
        self.json("iroute", "set", "a", "198.51.100.0/24")
        inside = {"cn": "a", "prefix": "198.51.100.0/24", "instance": "berlin", "publicAddress": "198.51.100.1"}
        change = ("instance", "set", "berlin", "--public-address", "198.51.100.1")
        self.assertAsked([inside], *change)
        self.assertEqual(self.json(*change, *MEANT)["publicAddress"], "198.51.100.1")
        self.assertAsked([{**inside, "instance": "paris"}], "instance", "add", "paris", "--management", "unix:/run/paris",
                         "--pool", "10.9.0.0/24", "--public-address", "198.51.100.1")

    def testAnImportIsAskedFor(self):
        folder = self.path("ccd")
        os.mkdir(folder)
        with open(os.path.join(folder, "a"), "w", encoding="utf-8") as file:
            file.write("iroute 203.0.113.0 255.255.255.0\n")
        self.assertAsked([AROUND], "ccd", "import", folder, "--instance", "berlin")
        self.json("ccd", "import", folder, "--instance", "berlin", *MEANT)
        self.assertEqual(self.lans("a"), ["203.0.113.0/24"])

    def testTheLinterNamesWhatWasConfirmed(self):
        self.json("iroute", "set", "a", "203.0.113.0/24", *MEANT)
        problems = self.json("instance", "check", "berlin")["problems"]
        self.assertEqual([(p["severity"], p["rule"], p["details"]) for p in problems],
                         [("warning", "publicAddress", {"connectors": ["a"]})])

    def testItIsInABackupAndInACopy(self):
        backup = self.path("backup")
        self.json("store", "backup", backup)
        self.json("instance", "set", "berlin", "--public-address=")
        copy = "sqlite:" + self.path("copy.sqlite")
        self.json("store", "restore", backup)
        self.assertEqual(self.shown(), HOME)
        self.json("store", "copy", copy)
        self.store = copy
        self.assertEqual(self.shown(), HOME)


if __name__ == "__main__":
    cli_support.main()
