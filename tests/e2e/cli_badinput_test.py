#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input to interlockctl: a typed error that says what and where, exit 1 or 2, and nothing changed; on both back ends.

usage: cli_badinput_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import pathlib
import stat
import subprocess
import unittest

import cli_support
from cli_support import Cli, Sqlite, onBothBackEnds

LAN = "192.168.1.0/24"

BAD_PREFIXES = ["", " ", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "10.0.0/8", "10.0.0.0.0/8", "10.0.0.256/32", "010.0.0.0/8",
                "10.0.0.0/08x", "10.0.0.0/255.0.255.0", "10.0.0.0 255.0.255.0", "fd00::/129", "fd00:::/48", "fe80::1%eth0", "branch",
                "10.0.0.0/8/8", "0x0a000000/8", "10.0.0.0\x7f/8", "١٠.٠.٠.٠/٨"]
BAD_NAMES = ["", " ", " a", "a ", "a\nb", "a\rb", "a\tb", "a\x1b[31mb", "a\x7fb", "a\u0085b", "a\u2028b", "x" * 65]
BAD_MACS = ["", "02:aa:bb:cc:00", "02:aa:bb:cc:00:01:02", "02:aa:bb:cc:00:0g", "02-aa:bb-cc:00-01", "02aabbcc000", "hello", "02:aa:bb:cc:00:01@x"]
BAD_INSTANCES = ["", "-", ".x", "a b", "a/b", "x" * 33, "straße"]
BAD_URLS = ["", "nonsense", "sqlite:", "mysql://localhost/db", "postgresql://", "postgresql://host:notaport/db", "postgresql://host:99999/db"]

# Text that attackers choose: it must come out as it went in, and never act.
HOSTILE_NAMES = ['"; DROP TABLE connector; --', "$(touch pwned)", "`id`", "../../etc/passwd", "a,b;c", "C=DE/CN=x", "{}", "[]", "[a,b]",
                 "%%", "++", "-", "--json", "-h", "store", "list", "<script>", "ünïcödé 测试", "\u202egnp.exe", "'", "\\", "%n%s%1%2", "a=b", "null"]


@onBothBackEnds
class BadInput(Cli):
    def setUp(self):
        super().setUp()
        self.addInstance()
        self.addSites("branch-a")
        self.json("claim", "resolve", "branch-a", LAN, "--instance", "berlin")

    def testEveryMalformedPrefixIsRefused(self):
        for text in BAD_PREFIXES:
            with self.subTest(prefix=text):
                error = self.assertRefused("invalid", "claim", "resolve", "x", "--instance", "berlin", "--", text)
                self.assertEqual(error["details"]["argument"], "PREFIX")
        for words in (("claim", "release", "branch-a"), ("claim", "exclude"), ("claim", "unexclude"), ("claim", "reassign", "--to", "x")):
            self.assertRefused("invalid", *words, "10.0.0.0/33")
        for option in ("--network", "--standin-range", "--pool"):
            self.assertRefused("invalid", "instance", "set", "berlin", option, "10.0.0.0/33")
        self.assertRefused("invalid", "iroute", "set", "x", "10.0.0.0/8", "10.0.0.0/33")

    def testHostBitsAreRefusedWithTheCanonicalForm(self):
        for words in (("claim", "resolve", "x", "10.1.2.3/16", "--instance", "berlin"), ("iroute", "set", "x", "10.1.2.3/16"),
                      ("iroute", "set", "x", "10.1.2.3", "255.255.0.0"), ("claim", "exclude", "10.1.2.3/16")):
            self.assertEqual(self.assertRefused("hostBits", *words)["details"]["canonical"], "10.1.0.0/16")
        error = self.assertRefused("hostBits", "iroute", "set", "x", "-", stdin="10.0.0.0/8\n# two\n192.168.1.7/24\n")
        self.assertEqual((error["details"]["line"], error["details"]["canonical"]), (3, LAN))

    def testEveryMalformedNameIsRefused(self):
        for name in BAD_NAMES:
            with self.subTest(cn=name):
                error = self.assertRefused("invalid", "iroute", "set", "--", name, LAN)
                self.assertEqual(error["details"]["argument"], "CN")
        self.assertRefused("invalid", "connector", "rename", "branch-a", "a\nb")
        for name in BAD_INSTANCES:
            with self.subTest(instance=name):
                self.assertRefused("invalid", "instance", "add", "--management", "tcp:localhost:1", "--pool", "10.9.0.0/24", "--", name)
        self.assertRefused("invalid", "connector", "set", "x", "--actor", "a\nb")

    def testTextThatIsNotUtf8IsRefused(self):
        before = self.fingerprint()
        result = subprocess.run([cli_support.program(), "--json", "--store", self.store, "connector", "set", b"caf\xe9"],
                                capture_output=True, timeout=60)
        self.assertEqual((result.returncode, json.loads(result.stdout)["error"]["kind"]), (1, "invalid"))
        self.assertRefused("invalid", "iroute", "set", "x", "-", stdin=b"10.0.0.0/8 \xff\xfe")
        self.assertEqual(self.fingerprint(), before)

    def testEveryMalformedMacIsRefused(self):  # SOURCES S4
        for text in BAD_MACS:
            with self.subTest(mac=text):
                self.assertRefused("invalid", "mac", "apply", "add", "--instance", "berlin", "--", text, "branch-a")
                self.assertRefused("invalid", "mac", "find", "--", text)
        self.assertRefused("notFound", "mac", "apply", "add", "020000000001", "branch-a", "--instance", "nowhere")
        self.assertRefused("usage", "mac", "apply", "add", "020000000001", code=2)
        self.assertRefused("invalid", "mac", "apply", "learn", "020000000001", "branch-a", "--instance", "berlin")

    def testEveryMalformedSettingOfAnInstanceIsRefused(self):
        for option, value in (("--management", "localhost:7505"), ("--management", "tcp:localhost:0"), ("--management", "unix:relative"),
                              ("--mode", "bridge"), ("--collision", "last"), ("--unknown-cn", "perhaps"), ("--auto-allocate", "true"),
                              ("--move-live", "soon"), ("--when-store-down", "panic"), ("--block-length", "33"), ("--block-length", "x"),
                              ("--block-length", "99999999999"), ("--block-length6", "-1"), ("--server-address", "10.9.0.1"),
                              ("--server-address", "10.8.0.1/24"), ("--password-file", "relative")):
            with self.subTest(option=option, value=value):
                self.assertRefused("invalid", "instance", "set", "berlin", option, value)
        self.assertRefused("unsupported", "instance", "set", "berlin", "--standin-range", "fd00::/48")
        self.assertRefused("overlap", "instance", "set", "berlin", "--standin-range", "10.8.0.0/16")
        self.assertRefused("exists", "instance", "add", "berlin", "--management", "tcp:localhost:1", "--pool", "10.9.0.0/24")
        self.assertRefused("poolOverlap", "instance", "add", "two", "--management", "tcp:localhost:1", "--pool", "10.8.0.0/25")
        self.assertRefused("notFound", "instance", "set", "nowhere", "--mode", "tap")
        self.assertRefused("conflict", "instance", "remove", "berlin")

    def testAPasswordFileThatEverybodyMayWriteIsRefused(self):
        secret = self.path("password")
        with open(secret, "w", encoding="ascii") as file:
            file.write("s3cret")
        os.chmod(secret, 0o666)
        self.assertRefused("invalid", "instance", "set", "berlin", "--password-file", secret)
        os.chmod(secret, 0o644)
        result = self.run_("instance", "set", "berlin", "--password-file", secret)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"its mode should be 0600", result.stderr)
        self.assertNotIn(b"s3cret", result.stdout + result.stderr)

    def testAPoolOnALanOrBesideAnAllocationIsRefusedWithTheList(self):
        error = self.assertRefused("poolOverlap", "instance", "add", "two", "--management", "tcp:localhost:1", "--pool", LAN)
        self.assertEqual(error["details"]["claims"], [{"cn": "branch-a", "real": LAN, "virtual": LAN}])
        error = self.assertRefused("conflict", "instance", "set", "berlin", "--network", "10.8.0.0/24", "--pool", "10.8.0.128/25")
        self.assertEqual(error["details"]["allocations"], [{"cn": "branch-a", "address": "10.8.0.2"}])

    def testWhatCanBeNobodysLanIsRefused(self):
        for lan in ("0.0.0.0/0", "::/0", "127.0.0.0/8", "169.254.1.0/24", "224.0.0.0/24", "0.0.0.0/8", "240.0.0.0/4", "fe80::/64", "ff00::/8"):
            with self.subTest(lan=lan):
                self.assertRefused("unsupported", "iroute", "set", "x", lan)
                self.assertRefused("unsupported", "claim", "resolve", "x", lan, "--instance", "berlin")
        self.assertRefused("overlapsItself", "iroute", "set", "x", "10.0.0.0/8", "10.1.0.0/16")

    def testAddressesThatCannotBeHandedOutAreRefused(self):
        for address in ("10.8.0.0", "10.8.0.255", "10.8.0.1", "10.9.0.5", "fd00::5"):
            with self.subTest(address=address):
                self.assertRefused("invalid", "allocation", "set", "x", address, "--instance", "berlin")
        error = self.assertRefused("exists", "allocation", "set", "x", "10.8.0.2", "--instance", "berlin")
        self.assertEqual(error["details"]["owner"], "branch-a")
        for text in ("10.8.0.256", "10.8.0", "x", "10.8.0.9/24", "010.8.0.9"):
            self.assertRefused("invalid", "allocation", "set", "x", text, "--instance", "berlin")

    def testMalformedOptionsAreRefusedBeforeTheyReachAnAnswer(self):
        for words in (("route",), ("route", "10.0.0.0/33"), ("route", "fd00::/48"), ("dhcp-option", "DNS", "x"), ("dhcp-option", "FOO", "1"),
                      ("redirect-gateway", "everything"), ("ping", "0"), ("ping", "many"), ("ping", "70000"), ("block-outside-dns", "x"),
                      ("dhcp-option", "DOMAIN", 'a" \nclient-kill'), ("config", "/etc/passwd"), ("push-reset",)):
            with self.subTest(option=words):
                self.assertRefused("invalid", "option", "set", "--cn", "branch-a", *words)
        self.assertEqual(self.assertRefused("hostBits", "option", "set", "--cn", "branch-a", "route", "10.1.2.3/8")["details"]["canonical"],
                         "10.0.0.0/8")
        self.assertRefused("usage", "option", "set", "ping", "10", code=2)
        self.assertRefused("usage", "option", "set", "--cn", "branch-a", "--group", "g", "ping", "10", code=2)
        self.assertRefused("notFound", "option", "set", "--instance", "nowhere", "ping", "10")

    def testWhatIsNotThereIsNotFound(self):
        for words in (("connector", "show", "x"), ("connector", "rename", "x", "y"), ("connector", "remove", "x"), ("claim", "release", "x", LAN),
                      ("claim", "stand-in", "x", LAN), ("claim", "unexclude", LAN), ("claim", "list", "x"), ("iroute", "list", "x"),
                      ("allocation", "release", "x"), ("allocation", "list", "x"), ("visible", "x"), ("decide", "x", "--instance", "nowhere"),
                      ("claim", "resolve", "x", LAN, "--instance", "nowhere"), ("instance", "remove", "nowhere"), ("journal", "show", "99"),
                      ("journal", "revert", "99"), ("nat", "plan", "--cn", "x"), ("ccd", "import", self.path("no"), "--instance", "berlin"),
                      ("store", "restore", self.path("no"))):
            with self.subTest(command=words):
                self.assertRefused("notFound", *words)

    def testClaimsThatCannotBeAreRefused(self):
        self.assertRefused("invalid", "claim", "stand-in", "branch-a", LAN, "--virtual", "100.64.0.0/25")
        self.assertRefused("invalid", "claim", "stand-in", "branch-a", LAN, "--virtual", "172.16.0.0/24")
        self.assertRefused("poolOverlap", "claim", "reassign", "10.8.0.0/25", "--to", "branch-a", "--instance", "berlin")
        self.json("claim", "stand-in", "branch-a", LAN, "--virtual", "100.64.0.0/24")
        self.json("claim", "resolve", "b", "10.3.0.0/24", "--instance", "berlin")
        error = self.assertRefused("overlap", "claim", "stand-in", "b", "10.3.0.0/24", "--virtual", "100.64.0.0/24")
        self.assertNotEqual(error["message"], "")

    def testWrongUsageIsExitTwoWithTheNearestWord(self):
        for words, near in ((("clain", "list"), "claim"), (("claim", "relase"), "release"), (("store", "inf"), "info"),
                            (("allocation", "req"), "request")):
            error = self.assertRefused("usage", *words, code=2)
            self.assertEqual(error["details"]["suggestion"], near)
        for words in ((), ("claim",), ("claim", "list", "--bogus"), ("claim", "list", "a", "b"), ("claim", "resolve", "a", LAN),
                      ("decide",), ("instance", "add", "x"), ("xyzzy",), ("store", "backup"), ("nat", "plan", "--format"),
                      ("connector", "set", "a", "--group", "g", "--group", "h")):
            with self.subTest(words=words):
                self.assertRefused("usage", *words, code=2)
        for value in ("x", "", "1.5", "99999999999999999999"):
            self.assertRefused("invalid", "connector", "set", "a", "--if-version", value)

    def testHostileNamesComeOutAsTheyWentIn(self):
        for name in HOSTILE_NAMES:
            with self.subTest(cn=name):
                self.assertEqual(self.json("iroute", "set", "--", name, "10.77.0.0/16")["cn"], name)
                self.assertEqual(self.json("connector", "show", "--", name)["cn"], name)
                self.json("claim", "resolve", "--instance", "berlin", "--", name, "10.77.0.0/16")
                self.assertEqual([c["cn"] for c in self.json("claim", "list", "--", name)["claims"]], [name])
                self.assertIn(name, [r.get("cn") for r in self.json("search", "--", name)["results"]])
                for line in self.json("decide", "--instance", "berlin", "--", name)["lines"]:
                    self.assertRegex(line, r'^(iroute \S+ \S+|push "(route|client-nat snat) [0-9. ]+")$')
                raw = self.run_("connector", "list").stdout + self.run_("connector", "list", "--json").stdout
                self.assertFalse(set(raw.decode()) & set("\x1b\x7f\u202e\u2028\r\t\0"))
        self.assertEqual(sorted(os.listdir(self.folder))[:1] + [f for f in os.listdir(self.folder) if f == "pwned"],
                         sorted(os.listdir(self.folder))[:1])
        self.assertEqual(self.json("store", "check"), {"problems": []})

    def testHostileNotesDoNotReachTheTerminal(self):
        self.json("connector", "set", "branch-a", "--description", "\x1b]0;owned\x07 \u202e\nconnector-z  x")
        for words in (("connector", "list"), ("connector", "show", "branch-a"), ("journal", "list"), ("search", "owned")):
            for form in ([], ["--json"]):
                raw = self.run_(*words, *form).stdout.decode()
                self.assertFalse(set(raw) & set("\x1b\x07\u202e"), (words, form))
        self.assertEqual(self.text("connector", "list").count("\n"), 2)
        self.assertEqual(self.json("connector", "show", "branch-a")["description"], "\x1b]0;owned\x07 \u202e\nconnector-z  x")


class BadStores(Cli, Sqlite, unittest.TestCase):
    """Stores that cannot be opened."""

    def assertFails(self, kind, *words, code=1, **options):
        error = self.json(*words, code=code, **options)["error"]
        self.assertEqual(error["kind"], kind, error)
        return error

    def testEveryMalformedUrlIsRefused(self):
        for url in BAD_URLS:
            with self.subTest(url=url):
                result = self.run_("--json", "--store", url, "store", "info")
                self.assertIn(result.returncode, (1, 2))
                self.assertIn(json.loads(result.stdout)["error"]["kind"], ("usage", "invalid"))
        self.assertFalse(any(name.startswith("interlock") for name in os.listdir(self.folder)))

    def testAServerThatIsNotThereIsUnavailableAndThePasswordIsNotShown(self):
        url = "postgresql://user:hunter2@127.0.0.1:1/db"
        for form in ([], ["--json"]):
            result = self.run_("store", "info", "--store", url, *form)
            self.assertEqual(result.returncode, 1)
            self.assertNotIn(b"hunter2", result.stdout + result.stderr)
        self.assertFails("storeUnavailable", "store", "info", "--store", url)
        result = self.run_("store", "copy", url)
        self.assertEqual(result.returncode, 1)
        self.assertNotIn(b"hunter2", result.stdout + result.stderr)

    def testAFileThatIsNoStoreIsLeftAsItIs(self):
        path = self.path("letter.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write("Dear database,\n" * 500)
        before = pathlib.Path(path).read_bytes()
        self.assertFails("storeCorrupt", "store", "info", "--store", "sqlite:" + path)
        self.assertFails("storeCorrupt", "connector", "set", "a", "--store", "sqlite:" + path)
        self.assertEqual(pathlib.Path(path).read_bytes(), before)

    def testAFolderIsNoStore(self):
        result = self.run_("store", "info", "--json", "--store", "sqlite:" + self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("error", json.loads(result.stdout))

    def testABackupIsNotOverwritten(self):
        self.json("connector", "set", "a")
        self.json("store", "backup", self.path("kept"))
        before = pathlib.Path(self.path("kept")).read_bytes()
        self.assertRefused("exists", "store", "backup", self.path("kept"))
        self.assertEqual(pathlib.Path(self.path("kept")).read_bytes(), before)

    def testAFileThatIsNoBackupIsNotRestored(self):
        self.json("connector", "set", "a")
        with open(self.path("letter"), "w", encoding="ascii") as file:
            file.write("Dear database,\n" * 500)
        self.assertRefused("storeCorrupt", "store", "restore", self.path("letter"))

    def testAReadOnlyStoreIsReadAndNotWritten(self):
        self.json("connector", "set", "a")
        nobody = []
        if os.geteuid() == 0:  # root may write everything
            nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
            if subprocess.run([*nobody, cli_support.program(), "--version"], capture_output=True, timeout=60).returncode != 0:
                self.skipTest("an unprivileged user cannot reach the program")
        for name in os.listdir(self.folder):
            os.chmod(self.path(name), stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        os.chmod(self.folder, stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        before = pathlib.Path(self.path("store.sqlite")).read_bytes()
        result = subprocess.run([*nobody, cli_support.program(), "--json", "--store", self.store, "connector", "set", "b"],
                                capture_output=True, timeout=60)
        self.assertEqual((result.returncode, json.loads(result.stdout)["error"]["kind"]), (1, "readOnly"), result)
        self.assertEqual(pathlib.Path(self.path("store.sqlite")).read_bytes(), before)
        os.chmod(self.folder, stat.S_IRWXU)

    def testAFullOutputIsAFailure(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "wb") as full:
            result = subprocess.run([cli_support.program(), "block", "of", "10.0.0.1"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"could not be written", result.stderr)


if __name__ == "__main__":
    cli_support.main()
