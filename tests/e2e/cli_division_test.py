#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The group division of interlockctl, on both back ends. \source CASES.md 10, S1 to S11

usage: cli_division_test.py PROGRAM [UNITTEST-OPTION...]
"""
import cli_support
from cli_devicebed import DeviceBed
from cli_support import onBothBackEnds

NODE, OTHER = "aabbccddee", "1122334455"


class DivisionBed(DeviceBed):
    def setUp(self):
        super().setUp()
        self.json("subnet", "add", "10.9.0.0/16")

    def addRule(self, label="OW", *options, master="10.9.0.0/16", length=28, **more):
        return self.json("division", "add", label, "--master", master, "--length", str(length), *options, **more)

    def shares(self, label="OW"):
        """{device: [(subnet, [address...])...]}"""
        return {share["device"]: [(part["subnet"], part["addresses"]) for part in share["parts"]]
                for share in self.json("division", "show", label)["shares"]}

    def subnets(self, within="10.9.0.0/16"):
        return [row["prefix"] for row in self.json("subnet", "list", "--within", within)["subnets"] if row["prefix"] != within]

    def ruleValues(self, device, label="OW"):
        return {name: value for name, value in self.values(device).items() if name.startswith(label + "_")}


@onBothBackEnds
class Divisions(DivisionBed):
    def testEveryDeviceHasItsShareAndItsVariables(self):  # CASES:S1 CASES:S9
        self.addDevice("a")
        rule = self.addRule("OW", "--subnets", "2", "--addresses", "2")
        self.assertEqual({key: rule[key] for key in ("label", "tenant", "master", "length", "subnets", "addresses", "network", "deviceCount")},
                         {"label": "OW", "tenant": "", "master": "10.9.0.0/16", "length": 28, "subnets": 2, "addresses": 2, "network": "", "deviceCount": 1})
        self.assertEqual(self.ruleValues("a"), {
            "OW_prefixlen": "28", "OW_subnet1": "10.9.0.16/28", "OW_subnet1_ip1": "10.9.0.17", "OW_subnet1_ip2": "10.9.0.18",
            "OW_subnet2": "10.9.0.32/28", "OW_subnet2_ip1": "10.9.0.33", "OW_subnet2_ip2": "10.9.0.34"})
        preview = self.text("device", "add", "b", "--dry-run")
        self.assertEqual(preview.count("10.9.0.48/28"), 1)
        added = self.run_("device", "add", "b")
        self.assertEqual(added.returncode, 0)
        self.assertIn(b"By division rule OW it has 10.9.0.48/28, 10.9.0.49, 10.9.0.50, 10.9.0.64/28", added.stderr)
        self.assertEqual(self.shares()["b"], [("10.9.0.48/28", ["10.9.0.49", "10.9.0.50"]), ("10.9.0.64/28", ["10.9.0.65", "10.9.0.66"])])
        origins = {row["name"]: (row["origin"], row["holder"]) for row in self.json("device", "variables", "b")["variables"]}
        self.assertEqual(origins["OW_subnet1"], ("network", "rule OW"))
        self.assertRegex(self.text("division", "list"), r"(?m)^OW +10\.9\.0\.0/16 +/28 +2 +2 +- +2$")
        self.assertRegex(self.text("division", "show", "OW"), r"(?m)^b +10\.9\.0\.48/28 +10\.9\.0\.49 10\.9\.0\.50$")
        self.assertEqual(self.json("subnet", "show", "10.9.0.16/28")["name"], "a")

    def testWhatARemovedDeviceHadIsGivenAgain(self):  # CASES:S2 CASES:S3
        self.addRule()
        for name in ("a", "b", "c"):
            self.addDevice(name)
        before = self.shares()
        self.json("device", "remove", "b")
        self.assertEqual(self.subnets(), ["10.9.0.16/28", "10.9.0.48/28"])
        self.addDevice("b")
        self.assertEqual(self.shares(), before)

    def testWhoGetsNothingIsNamedAndNothingIsKept(self):  # CASES:S4
        self.json("subnet", "add", "10.8.0.0/29")
        self.addRule("P", "--subnets", "2", master="10.8.0.0/29", length=31)
        self.addDevice("a")
        error = self.assertRefused("exhausted", "device", "add", "b")
        self.assertEqual({key: error["details"][key] for key in ("prefix", "device", "wanted", "free")},
                         {"prefix": "10.8.0.0/29", "device": "b", "wanted": 2, "free": 1})
        self.assertEqual(self.subnets("10.8.0.0/29"), ["10.8.0.2/31", "10.8.0.4/31"])

    def testSingleAddressesHaveNoSubnet(self):  # CASES:S5
        self.addDevice("a")
        self.addRule("LO", length=32)
        self.assertEqual(self.shares("LO"), {"a": [(None, ["10.9.0.1"])]})
        self.assertEqual(self.subnets(), [])
        self.assertRefused("invalid", "division", "add", "L2", "--master", "10.9.0.0/16", "--length", "32", "--addresses", "2")
        self.json("subnet", "add", "fd00:9::/64")
        self.addRule("V6", master="fd00:9::/64", length=128)
        self.assertEqual(self.ruleValues("a", "V6"), {"V6_prefixlen": "128", "V6_subnet1_ip1": "fd00:9::1"})

    def testARuleGivesMoreAndNeverLess(self):  # CASES:S6
        self.addRule()
        self.addDevice("a")
        self.json("division", "set", "OW", "--addresses", "3")
        self.assertEqual(self.shares(), {"a": [("10.9.0.16/28", ["10.9.0.17", "10.9.0.18", "10.9.0.19"])]})
        self.assertRefused("unsupported", "division", "set", "OW", "--addresses", "2")
        self.assertRefused("usage", "division", "set", "OW", "--length", "29", code=2)
        self.assertRefused("usage", "division", "set", "OW", code=2)
        self.assertRefused("notFound", "division", "set", "XX", "--addresses", "2")

    def testLabelsAreCheckedAndRenamed(self):  # CASES:S7
        self.addRule()
        self.addDevice("a")
        self.addTemplate("{{ OW_subnet1 }}\n")
        self.addTemplate("{{ hostname }}\n", "other")
        self.assertRefused("invalid", "division", "add", "a b", "--master", "10.9.0.0/16", "--length", "28")
        self.assertRefused("exists", "division", "add", "OW", "--master", "10.9.0.0/16", "--length", "28")
        renamed = self.json("division", "set", "OW", "--label", "LAN")
        self.assertEqual((renamed["label"], renamed["templatesWithOldNames"]), ("LAN", ["base"]))
        self.assertEqual(self.ruleValues("a", "LAN"), {"LAN_prefixlen": "28", "LAN_subnet1": "10.9.0.16/28", "LAN_subnet1_ip1": "10.9.0.17"})
        self.assertEqual(self.ruleValues("a"), {})
        self.assertRefused("invalid", "device", "render", "a", "--template", "base")
        self.assertIn(b"LAN", self.run_("division", "set", "LAN", "--label", "LAN2").stderr + self.run_("division", "list").stdout)

    def testAMemberHasTheFirstAddress(self):  # CASES:S10
        self.addLab()
        self.json("subnet", "add", "10.1.2.0/24")
        self.addDevice("a", "--member", NODE)
        self.addRule("VPN", "--network", "lab", master="10.1.2.0/24", length=29)
        self.addTemplate("{{ ip_address }} {{ VPN_subnet1 }}\n")
        provisioned = self.json("device", "provision", "a", "--network", "lab")
        self.assertEqual(provisioned["address"], "10.1.2.9")
        rendered = self.json("device", "render", "a", "--template", "base", "--dry-run")
        self.assertEqual(rendered["text"], "10.1.2.9 10.1.2.8/29\n")
        self.assertRefused("conflict", "device", "provision", "a", "--network", "lab", "--address", "10.1.1.7")
        error = self.assertRefused("conflict", "zt", "network", "remove", "lab")
        self.assertEqual(error["details"]["rule"], "VPN")
        self.json("division", "remove", "VPN")
        self.assertIsNone(self.json("device", "show", "a")["members"][0]["address"])

    def testMembersLoseNoAddressUnasked(self):  # CASES:S9 CASES:S10
        self.addLab()
        self.addDevice("a", "--member", NODE)
        self.json("device", "provision", "a", "--network", "lab", "--address", "10.1.1.7")
        words = ("division", "add", "VPN", "--master", "10.1.1.0/24", "--length", "29", "--network", "lab")
        error = self.assertRefused("conflict", *words)
        self.assertIn("--move-addresses", error["message"])
        self.assertEqual(error["details"]["members"], [{"device": "a", "node": NODE, "address": "10.1.1.7"}])
        preview = self.assertChangesNothing(*words, "--move-addresses", "--dry-run")
        self.assertIsNone(preview["journal"])
        self.assertIn(b"zt push lab", self.run_(*words, "--move-addresses").stderr)
        self.assertEqual(self.json("device", "show", "a")["members"][0]["address"], "10.1.1.9")

    def testSharesStayUntilTheyAreTakenBack(self):
        self.addRule()
        self.addDevice("a")
        for words in (("subnet", "remove", "10.9.0.16/28"), ("address", "release", "10.9.0.17"), ("subnet", "remove", "10.9.0.0/16", "--with-children")):
            self.assertRefused("conflict", *words)
        self.json("subnet", "move", "10.9.0.0/16", "--to", "10.77.0.0/16")
        self.assertEqual(self.shares(), {"a": [("10.77.0.16/28", ["10.77.0.17"])]})
        removed = self.json("division", "remove", "OW")
        self.assertEqual(self.subnets("10.77.0.0/16"), [])
        self.json("journal", "revert", str(removed["journal"]))
        self.assertEqual(self.shares(), {"a": [("10.77.0.16/28", ["10.77.0.17"])]})
        self.assertEqual(self.json("store", "check")["problems"], [])


if __name__ == "__main__":
    cli_support.main()
