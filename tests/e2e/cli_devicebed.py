# SPDX-License-Identifier: GPL-3.0-or-later
"""A store with a ZeroTier network and devices, without a controller."""
from cli_support import Cli


class DeviceBed(Cli):
    def addNetwork(self, name, subnet, number=1, title="", children="off", routes=()):
        self.json("subnet", "add", subnet)
        if number == 1:
            self.sql("INSERT INTO controller VALUES ('hq', 'http://127.0.0.1:9', '/nowhere/token', 'self-hosted', '', 1, 1)")
        self.sql("INSERT INTO network VALUES "
                 f"('{name}', '8056c2e21c00000{number}', 'hq', '', '{subnet}', '{children}', 'attached', '', '{name}', '{title}', 0, -1, -1, '', '', '', 1, 1)")
        for route in routes:
            self.sql(f"INSERT INTO owned_route VALUES ('{name}', '{route}', '', 1, 1)")

    def addLab(self):
        """CASES V2: the network lab with a child, both of them on its controller."""
        self.addNetwork("lab", "10.0.0.0/8", title="Lab", children="direct", routes=("10.0.0.0/8", "10.1.1.0/24"))
        self.json("subnet", "add", "10.1.1.0/24")

    def addDevice(self, name="till-1", *options):
        return self.json("device", "add", name, *options)

    def addTemplate(self, text, name="base", *options):
        return self.json("template", "add", name, "--text", text, *options)

    def values(self, *arguments):
        return {row["name"]: row["value"] for row in self.json("device", "variables", *arguments)["variables"]}

    def read(self, *path):
        with open(self.path(*path), encoding="utf-8", newline="") as file:
            return file.read()

    def write(self, text, *path):
        with open(self.path(*path), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(*path)
