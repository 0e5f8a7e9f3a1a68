# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens to what a console and OpenVPN's management socket say to each other, byte for byte, and passes it on."""
import collections
import ipaddress
import itertools
import os
import re
import socket
import threading
import time


# `link` counts the connections from 0, as consoles come; undecodable bytes of `text` are escaped.
Line = collections.namedtuple("Line", "moment link text")


class Wiretap:
    """A unix socket at `path` that leads to the one at `target`.

    sent: lines of the consoles; received: lines of OpenVPN.
    """

    def __init__(self, path, target):
        self.path, self._target = str(path), str(target)
        self.sent, self.received = [], []
        self._open = set()
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        for link in itertools.count():
            try:
                console, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                console.close()
                continue
            with self._lock:
                self._open |= {console, server}
            for source, sink, record in ((console, server, self.sent), (server, console, self.received)):
                threading.Thread(target=self._pass, args=(source, sink, record, link), daemon=True).start()

    def _pass(self, source, sink, record, link):
        rest = b""
        try:
            while data := source.recv(65536):
                sink.sendall(data)
                *lines, rest = (rest + data).split(b"\n")
                now = time.monotonic()
                record.extend(Line(now, link, line.rstrip(b"\r").decode(errors="backslashreplace")) for line in lines)
        except OSError:
            pass
        if rest:
            record.append(Line(time.monotonic(), link, rest.decode(errors="backslashreplace")))
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._listener.close()
        os.unlink(self.path)
        with self._lock:
            for end in self._open:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def overlaps(self):
        """Every moment at which two live sessions of different names had overlapping iroutes, as sentences.

        Told from ADDRESS and DISCONNECT events, which say when OpenVPN itself did it (openvpn/FACTS.md 21, 43).
        """
        names, installed, found, asking = {}, {}, [], None
        for line in [each.text for each in list(self.received)]:
            if m := re.match(r">CLIENT:CONNECT,(\d+),", line):
                asking = m[1]
            elif asking and (m := re.match(r">CLIENT:ENV,common_name=(.*)", line)):
                names[asking] = m[1]
            elif line == ">CLIENT:ENV,END":
                asking = None
            elif m := re.match(r">CLIENT:DISCONNECT,(\d+)", line):
                installed.pop(m[1], None)
            elif m := re.match(r">CLIENT:ADDRESS,(\d+),([^,]+),0", line):
                network = ipaddress.ip_network(m[2], strict=False)
                found += [f"{names.get(m[1])} {network} while {names.get(cid)} has {other}"
                          for cid, others in installed.items() for other in others
                          if names.get(cid) != names.get(m[1]) and network.version == other.version
                          and network.overlaps(other)]
                installed.setdefault(m[1], set()).add(network)
        return found
