"""The three images at work: from nothing to an active order, and down again."""

import re
import signal
import threading

import pytest
import requests
from harness.waiting import wait_until
from images.container import Container


@pytest.fixture(scope="module")
def shop(cluster):
    return cluster.tenant()


@pytest.fixture
def services(cluster):
    return [cluster.api, cluster.router, cluster.worker]


def test_probes_are_answered_without_a_shell(services):
    for service in services:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert requests.get(service.url + path, timeout=5).status_code == 200


def test_they_run_as_a_cluster_demands_it(services):
    for service in services:
        status = dict(re.findall(r"^(\w+):\s+(.*)$", service.inside("status"), re.MULTILINE))
        assert status["Uid"].split() == status["Gid"].split() == ["65532"] * 4
        assert status["NSpid"].split()[-1] == "1"
        assert status["NoNewPrivs"] == "1"
        assert {int(status[one], 16) for one in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
        mounts = [line.split() for line in service.inside("mountinfo").splitlines()]
        writable = {mount[4] for mount in mounts if "rw" in mount[5].split(",")}
        assert {one for one in writable if not one.startswith(("/dev/", "/proc"))} == {"/data"}


def test_a_signed_event_makes_an_order_active(cluster, shop):
    order = shop.start_payment(1999, "eur")
    shop.pay(order)
    shop.storefront.wait_for("order.activated", order["id"])
    shop.wait_status(order["id"], "active")
    assert shop.storefront.refused == []
    assert order["id"] in str(cluster.ctl("orders", "list", "--json"))
    owners = {path.stat().st_uid for path in cluster.volume.rglob("*")}
    assert owners == {65532}


def test_the_page_of_the_demo_is_in_the_program(cluster, shop):
    page = requests.get(f"{cluster.api.url}/demo/{shop.id}", timeout=10)
    assert (page.status_code, "<html" in page.text) == (200, True)


def test_nothing_is_written_beside_the_volume(cluster, images):
    environment = {**cluster.environment, "DATABASE_URL": "sqlite:/tmp/checkout.db"}
    ctl = ["/usr/local/bin/checkoutctl"]
    done = Container(images["checkout-api"], cluster.volume, environment, cluster.folder, 0, ctl).run("migrate")
    assert done.returncode == 1
    assert "/tmp/checkout.db" in done.stderr


def test_a_crash_names_its_functions(cluster):
    """A signal stands in for a fault. It is told the same way, but does not end a first process."""
    crashed = cluster.router
    crashed.send(signal.SIGSEGV)
    wait_until(lambda: "Backtrace took" in crashed.output(), "the crash is told", 60)
    assert re.search(r"^ *\d+ .* \w+.* \+ \d+ in webhook-router$", crashed.output(), re.MULTILINE), crashed.output()
    crashed.kill()
    crashed.start()


def test_each_drains_within_its_grace(cluster, shop):
    """The worker finishes the delivery that is under way."""
    shop.storefront.arrived.clear()
    shop.storefront.hold = threading.Event()
    order = shop.start_payment()
    shop.pay(order)
    assert shop.storefront.arrived.wait(20)
    cluster.worker.send(signal.SIGTERM)
    wait_until(lambda: draining(cluster.worker), "the worker drains")
    shop.storefront.hold.set()
    assert cluster.worker.process.wait(25) == 0
    shop.wait_status(order["id"], "active")
    assert len(shop.storefront.events("order.activated", order["id"])) == 1
    assert [cluster.router.terminate(25), cluster.api.terminate(25)] == [0, 0]


def draining(program):
    try:
        return requests.get(program.url + "/readyz", timeout=5).status_code == 503
    except requests.RequestException:
        return True
