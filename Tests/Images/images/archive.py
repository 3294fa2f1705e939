"""An image as docker, podman or buildah save it: a tar with an OCI layout in it."""

import gzip
import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

NESTED = "application/vnd.oci.image.index.v1+json"


@dataclass
class Layer:
    blob: Path
    # Compressed, in bytes: what a node fetches.
    weight: int


class Image:
    def __init__(self, archive, folder):
        self.name = archive.stem
        self.folder = Path(folder)
        self.blobs = self.folder / "archive" / "blobs"
        self.root = self.folder / "root"
        with tarfile.open(archive) as tar:
            tar.extractall(self.folder / "archive")
        index = json.loads((self.folder / "archive" / "index.json").read_text())
        # docker puts an index into the index.
        while index["manifests"][0]["mediaType"] == NESTED:
            index = self._read(index["manifests"][0])
        manifest = self._read(index["manifests"][0])
        configuration = self._read(manifest["config"])
        self.config = configuration["config"]
        self.labels = self.config.get("Labels", {})
        self.environment = dict(one.split("=", 1) for one in self.config["Env"])
        blobs = [self._blob(one) for one in manifest["layers"]]
        self.layers = [Layer(blob, weight(blob)) for blob in blobs]
        self._unpack()

    @property
    def weight(self):
        return sum(layer.weight for layer in self.layers)

    def files(self):
        """All that is in it, with its path in the image."""
        return {"/" + str(path.relative_to(self.root)): path for path in self.root.rglob("*")}

    def _blob(self, descriptor):
        return self.blobs / descriptor["digest"].replace(":", "/")

    def _read(self, descriptor):
        return json.loads(self._blob(descriptor).read_text())

    def _unpack(self):
        self.root.mkdir()
        for layer in self.layers:
            unpack = ["tar", "--extract", "--preserve-permissions", "--numeric-owner", "--file", layer.blob]
            subprocess.run([*unpack, "--directory", self.root], check=True)
        left = list(self.root.rglob(".wh.*"))
        assert left == [], "a layer takes back what an earlier one brought"


def weight(blob):
    with blob.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
    return blob.stat().st_size if is_compressed else len(gzip.compress(blob.read_bytes(), 6))
