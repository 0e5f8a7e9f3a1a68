#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real desktop: screenshots without a display, and what it says when it cannot start.

usage: interlock_test.py INTERLOCK INTERLOCKCTL [UNITTEST-OPTION...]
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DESKTOP = CTL = ""
PAGES = ["01-instances", "02-connectors", "03-iroutes", "04-claims", "05-allocations", "06-exclusions", "07-quarantine",
         "08-options", "09-journal"]


class Desktop(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.store = f"sqlite:{self.folder}/store.db"

    def run_(self, *arguments, **environment):
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "INTERLOCK_STORE")}
        clean.update(HOME=str(self.folder), XDG_DATA_HOME=str(self.folder / "data"), **environment)
        return subprocess.run([DESKTOP, *arguments], env=clean, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, check=False)

    def pictures(self, *arguments):
        result = self.run_("--store", self.store, "--screenshots", str(self.folder / "shots"), *arguments,
                           QT_QPA_PLATFORM="offscreen")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        return {p.stem: p.read_bytes() for p in sorted((self.folder / "shots").iterdir())}

    def testOnePictureOfEachPageInTheSizeAskedFor(self):
        subprocess.run([CTL, "--store", self.store, "iroute", "set", "a" * 64, "10.1.0.0/24", "fd42:6b1c:16::/64"],
                       check=True, stdout=subprocess.DEVNULL)
        pictures = self.pictures("--size", "1366x768")
        self.assertEqual(list(pictures), PAGES)
        for name, data in pictures.items():
            with self.subTest(name=name):
                self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
                self.assertEqual((int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")), (1366, 768))
        self.assertEqual(len(set(pictures.values())), len(PAGES))

    def testThemesAndLanguagesLookDifferent(self):
        seen = {(t, l): self.pictures("--theme", t, "--lang", l)["04-claims"]
                for t, l in (("light", "en"), ("dark", "en"), ("contrast", "en"), ("light", "de"), ("light", "tr"))}
        self.assertEqual(len(set(seen.values())), len(seen))

    def testWithoutADisplayItSaysHowToDoWithout(self):
        for environment in ({}, {"DISPLAY": ":4711"}, {"QT_QPA_PLATFORM": "nothing"}):
            with self.subTest(environment=environment):
                result = self.run_("--store", self.store, **environment)
                self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
                self.assertIn("QT_QPA_PLATFORM=offscreen", result.stderr)
        self.assertFalse((self.folder / "store.db").exists())

    def testStoreThatDoesNotOpenMakesNoPictures(self):
        (self.folder / "store.db").write_bytes(b"not a database, but long enough to be looked at\n" * 100)
        result = self.run_("--store", self.store, "--screenshots", str(self.folder / "shots"), QT_QPA_PLATFORM="offscreen")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no screenshots", result.stderr)
        self.assertFalse((self.folder / "shots").exists())

    def testWrongUsageIsStatusTwoWithoutADisplay(self):
        for arguments in (("--demo",), ("extra",), ("--theme", "pink"), ("--size", "10x10"), ("--size", "wide"),
                          ("--lang", "fr"), ("--what",)):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_(*arguments).returncode, 2)
        self.assertIn("not built yet", self.run_("--demo").stderr)

    def testVersionAndHelpNeedNoDisplay(self):
        version = self.run_("--version")
        self.assertEqual((version.returncode, version.stderr), (0, ""))
        self.assertRegex(version.stdout, r"\Ainterlock [\d.]+\n\Z")
        shown = self.run_("--help")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertNotIn("--demo", shown.stdout)


if __name__ == "__main__":
    DESKTOP, CTL = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
    unittest.main(verbosity=2)
