# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the console at OpenVPN's management socket: fixed lines for each common name, and nothing else."""
import re
import socket
import threading

from vpn.process import PATIENCE


class Stub:
    """Releases the hold and answers every CONNECT with the lines of its common name; denies a name that has none."""

    def __init__(self, path, answers):
        self._answers = answers
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))
        self.seen = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _send(self, *lines):
        self._socket.sendall("".join(line + "\n" for line in lines).encode())

    def _serve(self):
        self._socket.settimeout(None)
        client = None
        try:
            for raw in self._socket.makefile("r", encoding="utf-8", errors="backslashreplace", newline="\n"):
                line = raw.rstrip("\r\n")
                self.seen.append(line)
                if line.startswith(">HOLD:"):
                    self._send("hold release")
                elif found := re.fullmatch(r">CLIENT:(CONNECT|REAUTH),(\d+),(\d+)", line):
                    client, name = found, ""
                elif client and line.startswith(">CLIENT:ENV,common_name="):
                    name = line.partition("=")[2]
                elif client and line == ">CLIENT:ENV,END":
                    self._answer(client[2], client[3], name)
                    client = None
        except OSError:
            pass  # close() ends the reading

    def _answer(self, cid, kid, name):
        if name in self._answers:
            self._send(f"client-auth {cid} {kid}", *self._answers[name], "END")
        else:
            self._send(f'client-deny {cid} {kid} "no answer" "no answer"')

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._socket.close()
