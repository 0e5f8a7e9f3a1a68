#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""interlock-learn as OpenVPN runs it: what arrives at the socket, and that OpenVPN is never held up nor refused.

usage: learn_test.py PROGRAM [UNITTEST-OPTION...]      SOURCES S4; openvpn/FACTS.md 50-54
"""
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


class Listener:
    """The reading end, as interlockd holds it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "learn.sock")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)

    def received(self):
        """Every datagram that has arrived, each as its list of fields. A datagram is there before its sender ends."""
        datagrams = []
        while True:
            try:
                datagrams.append(self.socket.recv(65536).split(b"\0"))
            except BlockingIOError:
                return datagrams


class Learn(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.listener = Listener(self.folder)
        self.addCleanup(self.listener.socket.close)

    def assertSends(self, arguments, *datagrams):
        result = run(self.listener.path, *arguments)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))
        self.assertEqual(self.listener.received(), [list(d) for d in datagrams])

    def assertSendsNothing(self, arguments, complaint):
        result = run(*arguments)
        self.assertEqual((result.returncode, result.stdout), (0, b""))
        self.assertIn(complaint, result.stderr)
        self.assertEqual(self.listener.received(), [])

    def testMacIsSentWithoutItsVlan(self):
        for vid in ("@0", "@7", ""):
            with self.subTest(vid=vid):
                self.assertSends(
                    ("berlin", "add", "02:aa:bb:cc:00:01" + vid, "br-adana-01"),
                    (b"interlock-learn/1", b"berlin", b"add", b"02:aa:bb:cc:00:01", b"br-adana-01"))

    def testMacThatMovedIsSentAsUpdate(self):
        self.assertSends(
            ("berlin", "update", "02:aa:bb:cc:00:01@0", "br-bursa-02"),
            (b"interlock-learn/1", b"berlin", b"update", b"02:aa:bb:cc:00:01", b"br-bursa-02"))

    def testDeleteHasNoCommonName(self):
        for arguments in (("delete", "02:aa:bb:cc:00:01@0"), ("delete", "02:aa:bb:cc:00:01@0", "stray")):
            with self.subTest(arguments=arguments):
                self.assertSends(
                    ("berlin", *arguments),
                    (b"interlock-learn/1", b"berlin", b"delete", b"02:aa:bb:cc:00:01", b""))

    def testTunAddressesAreSentAsTheyAre(self):
        for address in ("10.8.0.11", "100.64.1.0/27", "fd00:64:1::/64"):
            with self.subTest(address=address):
                self.assertSends(
                    ("berlin", "add", address, "cn"),
                    (b"interlock-learn/1", b"berlin", b"add", address.encode(), b"cn"))

    def testHostileBytesArriveVerbatimInTheirField(self):
        names = (b"a\nb\r\t", b"--help", b"$(reboot) `id` \"'\\", b"\xff\xfe", b"update", b"a@b", b" ", "ÇÄ€".encode())
        for name in names:
            with self.subTest(name=name):
                self.assertSends(
                    ("berlin", "add", "02:aa:bb:cc:00:01", name),
                    (b"interlock-learn/1", b"berlin", b"add", b"02:aa:bb:cc:00:01", name))

    def testLongestCommonNameIsSentWhole(self):
        name = "€" * 64
        self.assertSends(
            ("berlin", "add", "02:aa:bb:cc:00:01", name),
            (b"interlock-learn/1", b"berlin", b"add", b"02:aa:bb:cc:00:01", name.encode()))

    def testLongerCommonNameIsDroppedAndNeverCut(self):
        for length in (257, 5000, 100000):
            with self.subTest(length=length):
                self.assertSendsNothing(
                    (self.listener.path, "berlin", "add", "02:aa:bb:cc:00:01", "n" * length), b"too long")

    def testLongInstanceAndAddressAreDropped(self):
        for instance, address in (("i" * 257, "10.8.0.1"), ("berlin", "a" * 65), ("i" * 100000, "a" * 100000)):
            with self.subTest(lengths=(len(instance), len(address))):
                self.assertSendsNothing((self.listener.path, instance, "add", address, "cn"), b"too long")

    def testWrongArgumentsEndWithZeroAndSendNothing(self):
        path = self.listener.path
        for arguments in (
            (),
            (path,),
            (path, "berlin"),
            (path, "berlin", "add"),
            (path, "berlin", "add", "10.8.0.1"),
            (path, "berlin", "add", "10.8.0.1", ""),
            (path, "berlin", "add", "10.8.0.1", "cn", "one more"),
            (path, "berlin", "remove", "10.8.0.1", "cn"),
            (path, "", "add", "10.8.0.1", "cn"),
            (path, "berlin", "add", "", "cn"),
            (path, "berlin", "add", "@7", "cn"),
            ("", "berlin", "add", "10.8.0.1", "cn"),
            ("/" + "long/" * 40, "berlin", "add", "10.8.0.1", "cn"),
        ):
            with self.subTest(arguments=arguments):
                self.assertSendsNothing(arguments, b"interlock-learn: ")

    def testNobodyListeningEndsWithZeroInSilence(self):
        deserted = os.path.join(self.folder, "deserted.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone:
            gone.bind(deserted)
        for path in (deserted, os.path.join(self.folder, "absent.sock"), self.folder, "/dev/null"):
            with self.subTest(path=path):
                result = run(path, "berlin", "add", "10.8.0.1", "cn")
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))

    def testFullReaderLosesTheDatagramAndDelaysNobody(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
            filler.setblocking(False)
            sent = 0
            with self.assertRaises(BlockingIOError):
                while True:
                    filler.sendto(b"filler", self.listener.path)
                    sent += 1
            # A program that waited for room would run into run()'s time-out.
            result = run(self.listener.path, "berlin", "add", "10.8.0.1", "cn")
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))
        self.assertEqual(self.listener.received(), [[b"filler"]] * sent)

    def testHelpAndVersionAnswerOnStandardOutput(self):
        help_ = run("--help")
        self.assertEqual((help_.returncode, help_.stderr), (0, b""))
        self.assertTrue(help_.stdout.startswith(b"usage: interlock-learn SOCKET INSTANCE add|update|delete"))
        version = run("--version")
        self.assertEqual((version.returncode, version.stderr), (0, b""))
        self.assertRegex(version.stdout, rb"\Ainterlock-learn \d+\.\d+\.\d+\n\Z")

    def testTimeOfACallIsPrinted(self):
        took = []
        for _ in range(50):
            began = time.perf_counter()
            run(self.listener.path, "berlin", "add", "10.8.0.1", "cn")
            took.append(time.perf_counter() - began)
            self.assertEqual(len(self.listener.received()), 1)
        took.sort()
        print(f"a call, with starting the process: p50 {took[25] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
