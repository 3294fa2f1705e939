"""Fixtures: a running stack on each engine, the stand-in for Stripe alone, a mail server."""

import pytest
from harness.sandbox import Sandbox
from harness.smtp import MailServer
from harness.stack import POSTGRES, Stack, temporary_folder

ENGINES = [
    "sqlite",
    pytest.param(
        "postgres", marks=pytest.mark.skipif(not POSTGRES, reason="CHECKOUT_TEST_POSTGRES_URL is not set (make test)")
    ),
]


def running_stack(engine, request, **settings):
    """A started stack; after a failed test the programs' last words are printed."""
    failed = request.session.testsfailed
    with temporary_folder() as folder:
        stack = Stack(engine, folder, **settings)
        try:
            yield stack.start()
        finally:
            stack.close()
            if request.session.testsfailed > failed:
                for program in stack.programs:
                    print(f"--- {program.name}\n{program.output()[-1500:]}")


@pytest.fixture(params=ENGINES)
def engine(request):
    """For tests that make a stack themselves."""
    return request.param


@pytest.fixture(scope="module", params=ENGINES)
def stack(request):
    """Shared by a file's tests: each makes tenants of its own."""
    yield from running_stack(request.param, request)


@pytest.fixture(params=ENGINES)
def own_stack(request):
    """For tests that kill programs or set faults."""
    yield from running_stack(request.param, request)


@pytest.fixture(scope="module")
def mail_server():
    """A real SMTP server, to be told of to a stack as SMTP_URL."""
    server = MailServer()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def sandbox():
    """Shared by a file's tests: each has an account of its own."""
    with temporary_folder() as folder:
        sandbox = Sandbox(folder)
        try:
            yield sandbox.start()
        finally:
            sandbox.close()


@pytest.fixture
def account(sandbox):
    """A fresh account in test mode."""
    return sandbox.account()
