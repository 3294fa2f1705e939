"""The parts of scripts/run that decide something."""

import socket
import stat

import pytest
from local.addresses import Addresses
from local.failure import Failure
from local.programs import for_people
from local.settings import kept_key, write_settings


def test_a_taken_port_is_named_with_its_mend():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        free = dict.fromkeys(Addresses({}).listen, "127.0.0.1:0")
        with pytest.raises(Failure) as failure:
            Addresses({**free, "WEBHOOK_ROUTER_LISTEN": f"127.0.0.1:{taken}"}).check_free()
    assert f"127.0.0.1:{taken} cannot be listened on" in str(failure.value)
    assert "make run WEBHOOK_ROUTER_LISTEN=127.0.0.1:" in str(failure.value)


def test_free_ports_pass():
    Addresses(dict.fromkeys(Addresses({}).listen, "127.0.0.1:0")).check_free()


@pytest.mark.parametrize("address", ["8080", "localhost", "127.0.0.1:eighty", "127.0.0.1:99999999"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(Failure, match="CHECKOUT_API_LISTEN"):
        Addresses({"CHECKOUT_API_LISTEN": address}).check_free()


def test_the_master_key_outlives_a_run_and_is_for_its_owner_alone(tmp_path):
    path = write_settings(tmp_path / "data", Addresses({}))
    key = kept_key(path)
    assert key is not None
    assert key.startswith("dev:")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    write_settings(tmp_path / "data", Addresses({"CHECKOUT_API_LISTEN": "127.0.0.1:9080"}))
    assert kept_key(path) == key
    assert "PUBLIC_BASE_URL=http://127.0.0.1:9080\n" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "12:03:04.123 INFO     fulfillment-worker: Order moved from=pending order.id=ord_1 to=paid\n",
            "12:03:04  ord_1  pending → paid",
        ),
        ("12:03:04.123 WARNING  webhook-router: Refused\n", "12:03:04  webhook-router: Refused"),
        ("12:03:04.123 INFO     checkout-api: Request\n", None),
        ("Fatal error: something\n", None),
    ],
)
def test_the_terminal_shows_moves_and_trouble(line, shown):
    assert for_people(line) == shown
