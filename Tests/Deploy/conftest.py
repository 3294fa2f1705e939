"""Fixtures: the manifests as they are, and with a fault in them."""

import pytest
from kube.manifests import APPLIED, Broken, render


@pytest.fixture(scope="session")
def rendered():
    """What each folder that is applied comes to."""
    return {path: render(path) for path in APPLIED}


@pytest.fixture
def broken(tmp_path):
    """A copy of the folder, to put a fault in: a check that finds none there checks nothing."""
    return Broken(tmp_path)
