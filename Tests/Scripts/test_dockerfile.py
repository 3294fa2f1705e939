"""deploy/Dockerfile fits the package and takes in nothing that an image may not hold; none is built for that."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
PACKAGE = (ROOT / "Package.swift").read_text()
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()
context = {line[1:] for line in IGNORED if line.startswith("!")}
SERVICES = ["checkout-api", "webhook-router", "fulfillment-worker"]


def stages():
    """By name: the base and the instructions of each stage."""
    found = {}
    for part in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        base, _, name = head.partition(" AS ")
        found[name] = (base, body)
    return found


def test_every_program_it_builds_is_a_product_and_the_sandbox_is_apart():
    products = re.findall(r'\.executable\(name: "(.+?)"', PACKAGE)
    (built,) = re.findall(r"for program in (.*); do", stages()["build"][1])
    assert sorted(built.split()) == sorted(set(products) - {"stripe-sandbox"})
    with_sandbox = [name for name, (_, body) in stages().items() if "stripe-sandbox" in body]
    assert with_sandbox == ["build-sandbox", "stripe-sandbox"]


def test_the_context_holds_sources_and_nothing_else():
    assert "*" in IGNORED
    assert context == {"Package.swift", "Services", "Shared", "Tools", "deploy/minimal-root", "deploy/slim-icu"}
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)
    assert set(copied) == context
    assert re.findall(r"^ADD ", DOCKERFILE, re.MULTILINE) == []


def test_the_programs_alone_are_built_without_tests_and_benchmarks():
    assert "ENV CHECKOUT_PROGRAMS_ONLY=1" in stages()["build"][1]
    paths = re.findall(r'at: "(\w+)/', PACKAGE)
    assert set(paths) - context == {"Tests", "Benchmarks"}
    assert '["Tests/", "Benchmarks/"]' in PACKAGE


def test_each_service_has_a_stage_with_its_program_and_checkoutctl_alone():
    found = stages()
    base, body = found["base"]
    assert base == "scratch"
    assert re.findall(r"/programs/(\S+)", body) == ["checkoutctl"]
    assert re.findall(r"^USER (.*)", body, re.MULTILINE) == ["65532:65532"]
    for service in SERVICES:
        base, body = found[service]
        assert base == "base"
        assert re.findall(r"/programs/(\S+)", body) == [service]
        assert "USER" not in body
        assert f'ENTRYPOINT ["/usr/local/bin/{service}"]' in body
