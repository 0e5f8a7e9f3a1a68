#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups device, group, template and variable of interlockctl, on both back ends.

usage: cli_device_test.py PROGRAM [UNITTEST-OPTION...]
"""
import hashlib
import os
import stat

import cli_support
from cli_devicebed import DeviceBed
from cli_support import onBothBackEnds

NODE, OTHER = "aabbccddee", "1122334455"
SECRET = "hunter2"


def checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()


def names(answer, key, field="name"):
    return [row[field] for row in answer[key]]


@onBothBackEnds
class Devices(DeviceBed):
    def testADeviceIsAddedChangedShownAndRemoved(self):
        added = self.addDevice("till-1", "--group", "shops", "--member", NODE, "--cn", "till-1.vpn", "--description", "Front",
                               "--variable", "hostname=till-1", "--variable", f"psk={SECRET}")
        self.assertEqual({key: added[key] for key in ("device", "group", "node", "cn", "description", "version", "journal")},
                         {"device": "till-1", "group": "shops", "node": NODE, "cn": "till-1.vpn", "description": "Front", "version": 1, "journal": 1})
        self.assertEqual(names(added, "variables"), ["hostname", "psk"])
        self.assertNotIn(SECRET, str(added))
        changed = self.json("device", "set", "till-1", "--variable", "psk", "--variable=hostname=", "--cn=", "--if-version", "1")
        self.assertEqual((changed["cn"], changed["node"], changed["version"], names(changed, "variables")), (None, NODE, 2, ["hostname"]))
        self.assertRefused("stale", "device", "set", "till-1", "--group=", "--if-version", "1")
        shown = self.json("device", "show", "till-1")
        self.assertEqual((shown["members"], shown["group"]), ([], "shops"))
        self.assertEqual(shown["variables"], [{"name": "hostname", "value": "", "origin": "device", "holder": "till-1", "overrode": [], "clash": False}])
        self.addDevice("till-2")
        self.assertEqual(names(self.json("device", "list"), "devices", "device"), ["till-1", "till-2"])
        self.assertEqual(names(self.json("device", "list", "--group", "shops"), "devices", "device"), ["till-1"])
        self.assertIsNone(self.json("device", "set", "till-1", "--description", "Front")["journal"])
        self.json("device", "remove", "till-1")
        self.assertEqual(names(self.json("device", "list"), "devices", "device"), ["till-2"])
        self.json("journal", "revert", str(self.json("journal", "list", "--limit", "1")["entries"][0]["journal"]))
        self.assertEqual(self.values("till-1"), {"hostname": ""})

    def testEveryRefusalSaysWhatToDoAndNoValue(self):
        self.addDevice("till-1", "--member", NODE)
        self.assertRefused("exists", "device", "add", "till-1")
        self.assertIn("till-1", self.assertRefused("exists", "device", "add", "till-2", "--member", NODE)["message"])
        self.assertRefused("notFound", "device", "set", "none", "--description", "x")
        self.assertRefused("notFound", "device", "remove", "none")
        self.assertRefused("invalid", "device", "add", "till-2", "--member", "aabbccdde")  # CASES D11
        for word in (SECRET, f"={SECRET}", f"1a={SECRET}", f"a-b={SECRET}", f"a={SECRET}\x1b"):
            error = self.assertRefused("invalid", "device", "add", "till-2", "--variable", word)
            self.assertNotIn(SECRET, str(error), word)
            self.assertNotIn(SECRET, str(self.assertRefused("invalid", "variable", "set", "good=1", word)), word)
        self.assertRefused("usage", "variable", "set", code=2)
        self.assertRefused("usage", "variable", "list", "--group", "g", "--device", "d", code=2)
        self.assertRefused("notFound", "device", "provision", "till-1", "--network", "none")
        self.assertIn("The 'list' verb of the group", self.text("device", "render", "till-1", "--template", "none", code=1))

    def testADryRunTellsAndChangesNothing(self):
        self.addDevice("till-1", "--member", NODE, "--group", "shops")
        self.addTemplate("one\n")
        self.addLab()
        for words in (("device", "add", "till-2", "--variable", "a=1"), ("device", "set", "till-1", "--variable", "a=1"),
                      ("device", "remove", "till-1"), ("device", "provision", "till-1", "--network", "lab", "--subnet", "10.1.1.0/24"),
                      ("group", "add", "offices"), ("group", "set", "shops", "--variable", "a=1"),
                      ("template", "add", "other", "--text", "x"), ("template", "set", "base", "--text", "two\n"),
                      ("template", "remove", "base"), ("variable", "set", "a=1")):
            answer = self.assertChangesNothing(*words, "--dry-run")
            self.assertTrue(answer["dryRun"], words)
            self.assertIsNone(answer["journal"], words)
            self.assertNotEqual(answer["changes"], [], words)
        self.assertIn("-one\n+two", self.text("template", "set", "base", "--text", "two\n", "--dry-run"))

    def testAProvisionedDeviceHasOneAddressOfItsChild(self):  # CASES D1 D5 D8, SOURCES Z8
        self.addLab()
        self.addDevice("till-1", "--member", NODE)
        self.addDevice("till-2", "--member", OTHER)
        self.addDevice("till-3")
        error = self.assertRefused("invalid", "device", "provision", "till-1", "--network", "lab")
        self.assertEqual(error["details"]["children"], ["10.1.1.0/24"])
        self.assertIn("--member", self.assertRefused("invalid", "device", "provision", "till-3", "--network", "lab")["message"])
        member = self.json("device", "provision", "till-1", "--network", "lab", "--subnet", "10.1.1.0/24")
        self.assertEqual((member["network"], member["node"], member["standing"], member["address"], member["device"]),
                         ("lab", NODE, "authorized", "10.1.1.1", "till-1"))
        self.assertIsNone(self.json("device", "provision", "till-1", "--network", "lab", "--subnet", "10.1.1.0/24")["journal"])
        self.assertIn("till-1", self.assertRefused("exists", "device", "provision", "till-2", "--network", "lab", "--address", "10.1.1.1")["message"])
        self.assertRefused("usage", "device", "provision", "till-2", "--network", "lab", "--address", "10.1.1.1", "--subnet", "10.1.1.0/24", code=2)
        result = self.run_("device", "provision", "till-1", "--network", "lab", "--address", "10.1.1.9")
        self.assertIn(b"with the address 10.1.1.9", result.stdout)
        self.assertIn(b"'zt push lab'", result.stderr)
        self.assertEqual(self.json("device", "list")["devices"][0]["addresses"], ["10.1.1.9"])
        self.assertEqual(self.json("device", "provision", "till-2", "--network", "lab", "--subnet", "10.1.1.0/24")["address"], "10.1.1.1")
        result = self.run_("device", "remove", "till-1")
        self.assertIn(b"'zt push lab'", result.stderr)
        self.assertEqual(self.json("device", "provision", "till-2", "--network", "lab", "--address", "10.1.1.9")["address"], "10.1.1.9")

    def testVariablesTellWhichOneWon(self):  # CASES V2 V4 V5, SOURCES Z4
        self.addLab()
        self.addDevice("till-1", "--member", NODE, "--group", "shops", "--variable", "hostname=till-1")
        self.json("variable", "set", "hostname=nobody", "dns=10.0.0.53")
        self.json("group", "set", "shops", "--variable", "vpn_child_subnet=192.168.0.0/16", "--variable", "hostname=shop")
        self.addTemplate("{{ hostname }}", "base", "--variable", "hostname=default")
        self.json("device", "provision", "till-1", "--network", "lab", "--subnet", "10.1.1.0/24")
        rows = {row["name"]: row for row in self.json("device", "variables", "till-1", "--template", "base")["variables"]}
        self.assertEqual(rows["hostname"], {"name": "hostname", "value": "till-1", "origin": "device", "holder": "till-1", "clash": False, "overrode": [
            {"origin": "template", "holder": "base", "value": "default"}, {"origin": "group", "holder": "shops", "value": "shop"},
            {"origin": "store", "holder": "", "value": "nobody"}]})
        self.assertEqual(rows["vpn_child_subnet"], {"name": "vpn_child_subnet", "value": "10.1.1.0/24", "origin": "network", "holder": "lab", "clash": True,
                                                    "overrode": [{"origin": "group", "holder": "shops", "value": "192.168.0.0/16"}]})
        self.assertEqual((rows["vpn_child_netmask_lab"]["value"], rows["vpn_subnet"]["value"], rows["vpn_name"]["value"], rows["vpn_member_prefixlen"]["value"]),
                         ("255.255.255.0", "10.0.0.0/8", "Lab", "24"))
        result = self.run_("device", "variables", "till-1")
        self.assertRegex(result.stdout.decode(), r"hostname +till-1 +device till-1 +shop \(group shops\), nobody \(store\)\n")
        self.assertIn(b"warning: vpn_child_subnet of group shops is not in force", result.stderr)
        self.assertEqual(names(self.json("variable", "list"), "variables"), ["dns", "hostname"])
        self.assertEqual(self.json("variable", "list", "--group", "shops")["variables"][0],
                         {"scope": "group", "holder": "shops", "name": "hostname", "value": "shop", "version": 1})
        self.assertEqual(names(self.json("variable", "list", "--template", "base"), "variables"), ["hostname"])
        self.assertEqual(names(self.json("variable", "list", "--device", "till-1"), "variables"), ["hostname"])
        self.assertRefused("notFound", "variable", "list", "--device", "none")
        self.json("variable", "unset", "dns", "--if-version", "1")
        self.assertIsNone(self.json("variable", "unset", "dns")["journal"])
        self.assertNotIn("dns", self.values("till-1"))
        self.json("address", "release", "10.1.1.1")  # CASES D6
        shown = self.json("device", "show", "till-1")
        self.assertEqual((shown["members"][0]["address"], [row["kind"] for row in shown["warnings"]]), (None, ["noAddress"]))
        self.assertEqual(self.values("till-1")["vpn_child_subnet"], "192.168.0.0/16")

    def testACopiedStoreSaysTheSame(self):
        self.addDevice("till-1", "--group", "shops", "--variable", "a=1")
        self.json("group", "set", "shops", "--variable", "b=2\nand more")
        self.addTemplate("{{ a }} {{ b }} {{ c }}", "base", "--variable", "c=")
        self.json("variable", "set", "a=0", "d=ü")
        self.assertEqual(self.json("device", "render", "till-1", "--template", "base")["text"], "1 2\nand more ")
        listings = [("device", "show", "till-1"), ("device", "list"), ("group", "show", "shops"), ("template", "show", "base"), ("variable", "list")]
        expected = [self.json(*words) for words in listings]
        copy = "sqlite:" + self.path("copy.sqlite")
        self.json("store", "copy", copy)
        self.store = copy
        self.assertEqual([self.json(*words) for words in listings], expected)
        self.assertFalse(self.json("device", "render", "till-1", "--template", "base")["changed"])
        self.assertEqual(self.json("store", "check"), {"problems": []})
        self.assertEqual(self.json("journal", "verify"), {"problems": []})
        for entry in "4321":
            self.json("journal", "revert", entry)
        self.assertEqual([self.json(group, "list") for group in ("device", "group", "template", "variable")],
                         [{"devices": []}, {"groups": []}, {"templates": []}, {"variables": []}])
        self.assertEqual(self.json("store", "check"), {"problems": []})

    def testEveryVerbHasHelp(self):
        groups = {"device": "add set list show remove provision variables render", "group": "add set list show remove",
                  "template": "add set list show remove", "variable": "set unset list"}
        for group, verbs in groups.items():
            listed = self.text(group, "--help")
            for verb in verbs.split():
                self.assertRegex(listed, f"\n  {verb} ")
                self.assertIn(f"Usage: interlockctl {group} {verb} ", self.text(group, verb, "--help"))

    def testSecretsAreShownOnlyWhereTheyAreAskedFor(self):
        self.addDevice("till-1", "--variable", f"psk={SECRET}")
        self.json("group", "add", "shops", "--variable", f"psk={SECRET}")
        self.addTemplate("{{ psk }}{{ missing }}", "base", "--variable", f"psk={SECRET}")
        self.json("variable", "set", f"psk={SECRET}")
        self.assertNotIn(SECRET, str(self.json("journal", "list")))
        self.assertNotIn(SECRET, self.text("journal", "list"))
        for words in (("device", "list"), ("group", "list"), ("template", "list")):
            self.assertNotIn(SECRET, str(self.json(*words)))
        self.assertNotIn(SECRET, str(self.assertRefused("invalid", "device", "render", "till-1", "--template", "base")))
        self.assertEqual(self.values("till-1")["psk"], SECRET)


@onBothBackEnds
class GroupsAndTemplates(DeviceBed):
    def testAGroupIsAddedChangedShownAndRemoved(self):
        added = self.json("group", "add", "shops", "--description", "All shops", "--variable", "a=1")
        self.assertEqual((added["group"], added["description"], added["version"], added["journal"], names(added, "variables")), ("shops", "All shops", 1, 1, ["a"]))
        self.assertRefused("exists", "group", "add", "shops")
        changed = self.json("group", "set", "shops", "--variable", "b=2", "--variable", "a", "--if-version", "1")
        self.assertEqual((changed["version"], names(changed, "variables")), (2, ["b"]))
        self.assertRefused("stale", "group", "set", "shops", "--variable", "c=3", "--if-version", "1")
        self.addDevice("till-1", "--group", "shops")
        shown = self.json("group", "show", "shops")
        self.assertEqual((names(shown, "devices", "device"), shown["variables"][0]["value"]), (["till-1"], "2"))
        self.assertEqual(self.json("group", "list")["groups"][0]["deviceCount"], 1)
        self.assertEqual(self.assertRefused("conflict", "group", "remove", "shops")["details"]["devices"], ["till-1"])
        self.json("device", "set", "till-1", "--group=")
        self.json("group", "remove", "shops")
        self.assertEqual(self.json("group", "list"), {"groups": []})
        self.assertRefused("notFound", "group", "show", "shops")

    def testATemplateIsAddedChangedShownAndRemoved(self):
        text = "hostname {{ hostname }}\r\naddress {{ ip_address }}\n"
        added = self.json("template", "add", "base", "--file", self.write(text, "base.conf"), "--variable", "hostname=x")
        self.assertEqual((added["template"], added["text"], added["uses"], added["version"], added["journal"]), ("base", text, ["hostname", "ip_address"], 1, 1))
        self.assertEqual(self.run_("template", "show", "base", "--raw").stdout.decode(), text)
        self.json("template", "set", "copy", "--file", "-", stdin=text)
        self.assertEqual(self.json("template", "show", "copy")["checksum"], checksum(text))
        listed = self.json("template", "list")["templates"]
        self.assertEqual([(row["template"], row["lineCount"], row["uses"], "text" in row) for row in listed],
                         [("base", 2, ["hostname", "ip_address"], False), ("copy", 2, ["hostname", "ip_address"], False)])
        self.assertRegex(self.text("template", "show", "base"), r"hostname +x\n")
        self.assertEqual(self.json("template", "set", "base", "--description", "The base")["text"], text)
        self.json("template", "remove", "copy")
        self.assertRefused("notFound", "template", "remove", "copy")
        self.assertRefused("notFound", "template", "add", "new", "--file", self.path("none"))
        self.assertRefused("invalid", "template", "add", "new")
        self.assertRefused("usage", "template", "add", "new", "--text", "x", "--file", "-", code=2)

    def testABrokenTemplateIsRefusedWithItsPlace(self):
        self.addTemplate("sound")
        for verb, name in (("add", "new"), ("set", "base")):
            error = self.assertRefused("invalid", "template", verb, name, "--text", "a\n  {{ b | upper }}\n{{")
            self.assertEqual((error["details"]["line"], error["details"]["column"], len(error["details"]["faults"])), (2, 3, 2))
            self.assertIn("line 2, column 3", error["message"])


@onBothBackEnds
class Rendering(DeviceBed):
    def setUp(self):
        super().setUp()
        self.addLab()
        self.addDevice("till-1", "--member", NODE, "--group", "shops")
        self.json("device", "provision", "till-1", "--network", "lab", "--address", "10.1.1.10")
        self.addTemplate("ip {{ ip_address }}/{{ vpn_child_prefixlen }}\nmotd {{ motd }}\n", "base", "--variable", "motd=hello")

    TEXT = "ip 10.1.1.10/24\nmotd hello\n"

    def testATextIsRenderedExactly(self):  # CASES V7
        self.assertEqual(self.run_("device", "render", "till-1", "--template", "base").stdout.decode(), self.TEXT)
        again = self.json("device", "render", "till-1", "--template", "base")
        self.assertEqual((again["text"], again["checksum"], again["changed"], again["diff"], again["uses"], again["file"], again["previous"]["checksum"]),
                         (self.TEXT, checksum(self.TEXT), False, "", ["ip_address", "motd", "vpn_child_prefixlen"], None, checksum(self.TEXT)))

    def testADifferenceIsThatToTheLastTime(self):
        first = self.json("device", "render", "till-1", "--template", "base", "--dry-run")
        self.assertEqual((first["previous"], first["changed"], first["dryRun"]), (None, True, True))
        self.assertIn("+motd hello\n", first["diff"])
        self.assertIsNone(self.json("device", "render", "till-1", "--template", "base")["previous"])
        self.json("device", "set", "till-1", "--variable", "motd=moin")
        for _ in range(2):
            diff = self.run_("device", "render", "till-1", "--template", "base", "--diff", "--dry-run").stdout.decode()
            self.assertIn("\n ip 10.1.1.10/24\n-motd hello\n+motd moin\n", diff)
        self.assertIn("+motd moin\n", self.run_("device", "render", "till-1", "--template", "base", "--diff").stdout.decode())
        result = self.run_("device", "render", "till-1", "--template", "base", "--diff")
        self.assertEqual(result.stdout, b"")
        self.assertIn(b"It is as it was rendered at", result.stderr)

    def testWhatHasNoValueIsNamedWithItsPlace(self):
        self.addTemplate("{{ ip_address }}\n {{ nobody }} {{ vpn_subnet_yard }}\n", "strict")
        error = self.assertRefused("invalid", "device", "render", "till-1", "--template", "strict", "--output", self.path("out"))
        self.assertEqual(error["details"]["undefined"], [{"name": "nobody", "line": 2, "column": 2}, {"name": "vpn_subnet_yard", "line": 2, "column": 15}])
        self.assertIn("nobody (line 2, column 2), vpn_subnet_yard (line 2, column 15)", error["message"])
        self.assertFalse(os.path.exists(self.path("out")))
        self.assertIn("device set till-1 --variable", self.text("device", "render", "till-1", "--template", "strict", code=1))

    def testAFileIsWrittenWholeAndForItsOwner(self):
        file = self.path("till-1.conf")
        words = ("device", "render", "till-1", "--template", "base", "--output", file)
        self.assertFalse(self.json(*words, "--dry-run")["written"])
        self.assertFalse(os.path.exists(file))
        answer = self.json(*words)
        self.assertEqual((answer["file"], answer["written"], self.read("till-1.conf")), (file, True, self.TEXT))
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertFalse(self.json(*words)["written"])
        os.chmod(file, 0o640)
        self.json("device", "set", "till-1", "--variable", "motd=moin")
        self.assertIn("is written", self.text(*words))
        self.assertEqual((self.read("till-1.conf"), stat.S_IMODE(os.stat(file).st_mode)), (self.TEXT.replace("hello", "moin"), 0o640))
        self.assertEqual(sorted(os.listdir(self.folder))[-1], "till-1.conf")  # no file beside it
        os.mkdir(self.path("folder"))
        self.assertEqual(self.json(*words[:-1], self.path("folder"))["file"], self.path("folder", "till-1"))

    def testWhatSomebodyEditedIsNotOverwritten(self):
        file = self.path("till-1.conf")
        words = ("device", "render", "till-1", "--template", "base", "--output", file)
        self.write("by hand\n", "till-1.conf")
        error = self.assertRefused("exists", *words)
        self.assertEqual((error["details"]["path"], "--force" in error["message"]), (file, True))
        self.assertEqual(self.read("till-1.conf"), "by hand\n")
        self.json(*words, "--force")
        self.assertEqual(self.read("till-1.conf"), self.TEXT)
        self.write(self.TEXT + "# by hand\n", "till-1.conf")
        self.json("device", "set", "till-1", "--variable", "motd=moin")
        self.assertRefused("exists", *words)
        os.remove(file)
        os.symlink(self.path("elsewhere"), file)
        self.assertRefused("exists", *words, "--force")
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    def testAllDevicesGetAFileUnderASafeName(self):
        self.addDevice("../x", "--variable", "ip_address=192.0.2.1", "--variable", "vpn_child_prefixlen=30")
        self.addDevice("bare")
        words = ("device", "render", "--all", "--template", "base", "--output", self.path("out", "all"))
        answer = self.json(*words, code=3)
        self.assertEqual([(row["device"], row["file"], row["written"]) for row in answer["renderings"]],
                         [("../x", self.path("out", "all", "%2E.%2Fx"), True), ("till-1", self.path("out", "all", "till-1"), True)])
        self.assertEqual([(row["device"], row["kind"], names(row["details"], "undefined")) for row in answer["failed"]],
                         [("bare", "invalid", ["ip_address", "vpn_child_prefixlen"])])
        self.assertEqual(sorted(os.listdir(self.path("out", "all"))), ["%2E.%2Fx", "till-1"])
        self.assertEqual(self.read("out", "all", "till-1"), self.TEXT)
        result = self.run_(*words)
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stdout.decode(), r"till-1 +unchanged +kept")
        self.assertIn(b"bare: template base uses variables", result.stderr)
        self.assertIn(b"device provision bare", result.stderr)
        error = self.assertRefused("invalid", "device", "render", "bare", "none", "--template", "base", "--output", self.path("other"))
        self.assertEqual([(row["device"], row["kind"]) for row in error["details"]["failed"]], [("bare", "invalid"), ("none", "notFound")])
        self.assertFalse(os.path.exists(self.path("other")))
        self.json("device", "remove", "bare")
        self.json("device", "set", "till-1", "--variable", "motd=moin")
        preview = self.json(*words, "--dry-run", "--diff")
        self.assertEqual([(row["device"], row["changed"], row["written"]) for row in preview["renderings"]], [("../x", False, False), ("till-1", True, False)])
        self.assertEqual(self.read("out", "all", "till-1"), self.TEXT)
        self.assertIn("+motd moin", self.run_("device", "render", "--all", "--template", "base", "--diff", "--dry-run").stdout.decode())
        self.assertEqual(names(self.json("device", "render", "--group", "shops", "--template", "base", "--dry-run"), "renderings", "device"), ["till-1"])

    def testWhichDevicesAndWhereHasToBeSaid(self):
        self.addDevice("till-2")
        for words in ((), ("--all", "till-1"), ("--all", "--group", "shops"), ("--all",), ("till-1", "till-2")):
            self.assertRefused("usage", "device", "render", *words, "--template", "base", code=2)
        self.assertRefused("exists", "device", "render", "--all", "--template", "base", "--output", self.write("x", "file"))
        self.assertRefused("notFound", "device", "render", "--group", "none", "--template", "base", "--dry-run")
        self.assertRefused("notFound", "device", "render", "--all", "--template", "none", "--dry-run")


if __name__ == "__main__":
    cli_support.main()
