"""Fixtures: the three images, unpacked, and what their containers need."""

import os
from pathlib import Path

import pytest
from harness.program import ROOT
from harness.stack import temporary_folder
from images.archive import Image
from images.cluster import SERVICES, Cluster

ARCHIVES = Path(os.environ.get("CHECKOUT_IMAGES", ROOT / ".build" / "images"))


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    return {one: Image(ARCHIVES / f"{one}.tar", tmp_path_factory.mktemp(one)) for one in SERVICES}


@pytest.fixture(params=SERVICES)
def image(request, images):
    return images[request.param]


@pytest.fixture(scope="module")
def cluster(request, images):
    with temporary_folder() as folder:
        cluster = Cluster(images, folder)
        try:
            yield cluster.start()
        finally:
            cluster.close()
            if request.session.testsfailed:
                for program in cluster.programs:
                    print(f"--- {program.name}\n{program.output()[-1500:]}")
