#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian package, made from the optimised build and unpacked into a scratch root.

usage: package_test.py SOURCE-FOLDER [UNITTEST-OPTION...]

INTERLOCK_BIN names the programs (build/release/bin). Without it the test fails where CI is true and is skipped (exit
status 77) elsewhere, because a tree that is not built optimised has nothing to pack.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path()
SKIPPED = 77
PROGRAMS = ("interlock", "interlockctl", "interlockd", "interlock-learn")
SECTION = {"interlock": 1, "interlockctl": 1, "interlockd": 8, "interlock-learn": 8}
ID = "io.github.interlock.Interlock"


def run(*command, **options):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, timeout=300,
                          stdin=subprocess.DEVNULL, env=environment, **options)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        build = pathlib.Path(os.environ["INTERLOCK_BIN"]).parent
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        folder = pathlib.Path(scratch.name)
        made = run("cpack", "-G", "DEB", "-B", folder / "made", cwd=build)
        if made.returncode != 0:
            raise AssertionError(f"cpack failed:\n{made.stdout}{made.stderr}")
        (cls.deb,) = folder.glob("made/*.deb")
        cls.root = folder / "root"
        unpacked = run("dpkg-deb", "-x", cls.deb, cls.root)
        if unpacked.returncode != 0:
            raise AssertionError(f"dpkg-deb failed:\n{unpacked.stderr}")
        # A program of the four that has no main() yet cannot be packed.
        cls.programs = [p for p in PROGRAMS if (SOURCE / "app" / p / "main.cpp").is_file()]

    def assertPasses(self, *command):
        result = run(*command)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}{result.stderr}")
        return result

    def testProgramsOfTheTreeAreInIt(self):
        self.assertEqual(sorted(p.name for p in (self.root / "usr/bin").iterdir()), sorted(self.programs))

    def testEachProgramTellsItsVersion(self):
        version = re.search(r"project\(Interlock\s+VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text())[1]
        for program in self.programs:
            with self.subTest(program=program):
                result = self.assertPasses(self.root / "usr/bin" / program, "--version")
                self.assertEqual(result.stdout, f"{program} {version}\n")

    def testEachProgramHasHelpAndAManPageWithoutWarnings(self):
        for program in self.programs:
            with self.subTest(program=program):
                self.assertPasses(self.root / "usr/bin" / program, "--help")
                section = SECTION[program]
                page = self.root / f"usr/share/man/man{section}/{program}.{section}.gz"
                result = self.assertPasses("man", "--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l", page)
                self.assertEqual(result.stderr, "")

    def testDesktopFileIsValid(self):
        result = self.assertPasses("desktop-file-validate", self.root / f"usr/share/applications/{ID}.desktop")
        self.assertEqual(result.stdout, "")

    def testMetainfoIsValid(self):
        self.assertPasses("appstreamcli", "validate", "--no-net", self.root / f"usr/share/metainfo/{ID}.metainfo.xml")

    def testIconIsThereInEverySizeThatItClaims(self):
        icons = self.root / "usr/share/icons/hicolor"
        self.assertTrue((icons / f"scalable/apps/{ID}.svg").is_file())
        for size in (16, 22, 24, 32, 48, 64, 128, 256):
            with self.subTest(size=size):
                header = (icons / f"{size}x{size}/apps/{ID}.png").read_bytes()[:24]
                self.assertEqual(header[:8], b"\x89PNG\r\n\x1a\n")
                self.assertEqual((int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")), (size, size))

    def testUnitIsUnderstoodAndConfined(self):
        if "interlockd" not in self.programs:
            self.skipTest("no interlockd in this tree yet")
        unit = self.root / "usr/lib/systemd/system/interlockd.service"
        here = unit.with_name("interlockd-here.service")
        here.write_text(unit.read_text().replace("ExecStart=/usr/bin/", f"ExecStart={self.root}/usr/bin/"))
        result = self.assertPasses("systemd-analyze", "verify", "--man=no", here)
        self.assertEqual(result.stdout + result.stderr, "")
        here.unlink()
        self.assertPasses("systemd-analyze", "security", "--offline=true", "--threshold=25", unit)

    def testDependenciesNameThePluginsThatLinkingDoesNotSee(self):
        depends = {d.split(" (")[0] for d in self.assertPasses("dpkg-deb", "-f", self.deb, "Depends").stdout.strip().split(", ")}
        self.assertLessEqual({"libqt6sql6-sqlite", "libqt6sql6-psql", "libqt6svg6", "libc6"}, depends)

    def testLintianFindsNoError(self):
        result = self.assertPasses("lintian", "--allow-root", "--fail-on", "error", self.deb)
        print(result.stdout, end="")


if __name__ == "__main__":
    SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
    if not os.environ.get("INTERLOCK_BIN"):
        print("INTERLOCK_BIN is not set: run by ./dev test, which builds the programs")
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)
    unittest.main(verbosity=2)
