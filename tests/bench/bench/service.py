"""The benchmark's app as a service that `deliver` deploys."""

import shutil

from .common import APPS, tool

MANIFEST = """\
[service]
name = "{name}"

[run]
command = ["{node}", "server.mjs"]
health = {{ path = "/healthz", interval = "{interval}", stable = "{stable}" }}
drain = "{drain}"

[run.env]
VERSION = "{version}"
START_MS = "{start_ms}"
"""


class Service:
    """A folder with the app and a manifest; `write` changes the version, which makes a release without a build."""

    def __init__(self, sandbox, name="bench", **settings):
        self.sandbox, self.name = sandbox, name
        self.settings = {"interval": "1s", "stable": "3s", "drain": "30s", "start_ms": 0, **settings}
        self.folder = sandbox.folder(name)
        shutil.copy(APPS / "server.mjs", self.folder)

    def write(self, version, **settings):
        text = MANIFEST.format(
            name=self.name, node=tool("node"), version=version, **{**self.settings, **settings}
        )
        (self.folder / "deliver.toml").write_text(text)

    def deploy(self, version=None, **options):
        """Deploys, with a new version first if one is given. Returns the deployment report."""
        if version is not None:
            self.write(version)
        return self.sandbox.json("deploy", "--yes", cwd=self.folder, **options)

    def status(self):
        return self.sandbox.json("status", cwd=self.folder)["services"][0]


def app_arguments():
    """How an instance of the app looks in the process list."""
    return f"{tool('node')} server.mjs"


def port_of(url):
    return int(url.rsplit(":", 1)[1].split("/")[0])
