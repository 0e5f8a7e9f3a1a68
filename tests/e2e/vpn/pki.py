# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for OpenVPN, with subjects that no certificate authority would sign.

The certificates are written here, in DER, because every byte of a common name counts; the keys and the signatures are
openssl's. One key serves all clients: a server tells them apart by their certificates.
"""
import base64
import datetime
import functools
import os
import pathlib
import subprocess

OIDS = {"ecPublicKey": "1.2.840.10045.2.1", "ecdsaWithSHA256": "1.2.840.10045.4.3.2", "commonName": "2.5.4.3",
        "basicConstraints": "2.5.29.19", "keyUsage": "2.5.29.15", "extendedKeyUsage": "2.5.29.37",
        "serverAuth": "1.3.6.1.5.5.7.3.1", "clientAuth": "1.3.6.1.5.5.7.3.2"}


def tlv(tag, *parts):
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def sequence(*parts):
    return tlv(0x30, *parts)


def oid(name):
    numbers = [int(n) for n in OIDS[name].split(".")]
    content = bytearray([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(0x80 | number & 0x7F)
        content += bytes(reversed(septets))
    return tlv(0x06, bytes(content))


def name(*commonNames):
    """A subject with these common names, bytes as they are, in a UTF8String each."""
    return sequence(*(tlv(0x31, sequence(oid("commonName"), tlv(0x0C, cn))) for cn in commonNames))


def extension(kind, value):
    return sequence(oid(kind), tlv(0x01, b"\xff"), tlv(0x04, value))


def utcTime(moment):
    return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


def pem(kind, der):
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN {kind}-----\n{text}-----END {kind}-----\n"


def openssl(*words, stdin=b""):
    return subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=True, timeout=60).stdout


class Pki:
    """An authority, a server and any number of clients, in files of `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for owner in ("ca", "server", "client"):
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(self._key(owner)))
        self.ca = self._write("ca", self._certificate(
            name(b"test authority"), "ca",
            extension("basicConstraints", sequence(tlv(0x01, b"\xff"))),
            extension("keyUsage", tlv(0x03, b"\x01\x06"))))
        self.server = self._write("server", self._certificate(
            name(b"server"), "server",
            extension("keyUsage", tlv(0x03, b"\x07\x80")),
            extension("extendedKeyUsage", sequence(oid("serverAuth")))))
        self.serverKey = self._key("server")
        self.clientKey = self._key("client")

    def client(self, *commonNames):
        """The file of a client certificate whose subject has these common names (text or bytes)."""
        return self._client(tuple(n.encode() if isinstance(n, str) else n for n in commonNames))

    @functools.cache
    def _client(self, commonNames):
        return self._write("client-" + os.urandom(6).hex(), self._certificate(
            name(*commonNames), "client",
            extension("keyUsage", tlv(0x03, b"\x07\x80")),
            extension("extendedKeyUsage", sequence(oid("clientAuth")))))

    def _key(self, owner):
        return self.folder / f"{owner}.key"

    @functools.cache
    def _publicKey(self, owner):
        return openssl("ec", "-in", str(self._key(owner)), "-pubout", "-outform", "DER")

    def _certificate(self, subject, owner, *extensions):
        algorithm = sequence(oid("ecdsaWithSHA256"))
        now = datetime.datetime.now(datetime.timezone.utc)
        body = sequence(
            tlv(0xA0, tlv(0x02, b"\x02")),
            tlv(0x02, b"\x01" + os.urandom(15)),
            algorithm,
            name(b"test authority"),
            sequence(utcTime(now - datetime.timedelta(days=1)), utcTime(now + datetime.timedelta(days=30))),
            subject,
            self._publicKey(owner),
            tlv(0xA3, sequence(*extensions)))
        signature = openssl("dgst", "-sha256", "-sign", str(self._key("ca")), stdin=body)
        return sequence(body, algorithm, tlv(0x03, b"\x00" + signature))

    def _write(self, base, der):
        file = self.folder / f"{base}.crt"
        file.write_text(pem("CERTIFICATE", der), encoding="ascii")
        return file
