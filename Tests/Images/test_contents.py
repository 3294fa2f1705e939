"""What is in the images, and what is not."""

import stat

from images.cluster import SERVICES

MEGABYTE = 1_000_000
LIMIT = 60 * MEGABYTE
LABELS = ["title", "description", "version", "revision", "created", "source", "licenses"]
# One a COPY of the Dockerfile.
LAYERS = [
    "libraries, certificates",
    "the volume's folder",
    "list of packages",
    "teller of crashes",
    "checkoutctl",
    "the service",
]
# Of modules that no image may hold, as they are named in symbols.
FOREIGN = [b"StripeSandbox", b"TestSupport", b"VerifyOnlyRouter", b"QueueBenchmark", b"QueueOperations", b"XCTest"]


def test_each_weighs_at_most_60_megabytes(images, capsys):
    rows = [f"{'':28}" + "".join(f"{one:>20}" for one in SERVICES)]
    parts = zip(LAYERS, *(images[one].layers for one in SERVICES), strict=True)
    rows += [line(name, [layer.weight for layer in layers]) for name, *layers in parts]
    rows += [line("all", [images[one].weight for one in SERVICES])]
    with capsys.disabled():
        print("\nCompressed, in MB:", *rows, sep="\n")
    assert [one for one in SERVICES if images[one].weight > LIMIT] == []


def line(name, weights):
    return f"{name:28}" + "".join(f"{one / MEGABYTE:20.1f}" for one in weights)


def test_it_says_what_it_is(image):
    labels = {name: image.labels[f"org.opencontainers.image.{name}"] for name in LABELS}
    assert [name for name, value in labels.items() if not value] == []
    assert labels["title"] == image.name
    assert labels["licenses"] == "Apache-2.0"
    assert image.config["User"] == "65532:65532"
    assert image.config["Entrypoint"] == [f"/usr/local/bin/{image.name}"]
    (listen,) = [value for name, value in image.environment.items() if name.endswith("_LISTEN")]
    host, _, port = listen.rpartition(":")
    assert (host, list(image.config["ExposedPorts"])) == ("0.0.0.0", [f"{port}/tcp"])


def test_it_holds_its_program_and_checkoutctl_and_no_other(image):
    """So there is no shell either, and no package manager."""
    runnable = {name for name, path in image.files().items() if path.is_file() and path.stat().st_mode & 0o111}
    libraries = {name for name in runnable if name.startswith(("/usr/lib/", "/usr/lib64/")) and ".so" in name}
    assert runnable - libraries == {
        f"/usr/local/bin/{image.name}",
        "/usr/local/bin/checkoutctl",
        "/usr/local/libexec/swift-backtrace-static",
    }


def test_nothing_in_it_gives_rights(image):
    modes = {name: path.lstat().st_mode for name, path in image.files().items() if not path.is_symlink()}
    assert [name for name, mode in modes.items() if mode & (stat.S_ISUID | stat.S_ISGID)] == []
    assert [name for name, mode in modes.items() if mode & stat.S_IWOTH] == ["/tmp"]
    owned = {name for name, path in image.files().items() if path.lstat().st_uid != 0}
    assert owned == {"/data"}


def test_the_authorities_of_certificates_are_in_it(image):
    for name in ("etc/ssl/certs/ca-certificates.crt", "usr/lib/ssl/cert.pem"):
        bundle = image.root / name
        inside = image.root / str(bundle.readlink()).lstrip("/") if bundle.is_symlink() else bundle
        assert inside.read_text().count("BEGIN CERTIFICATE") > 50


def test_neither_the_sandbox_nor_tests_nor_benchmarks_are_in_it(image):
    for name in (image.name, "checkoutctl"):
        program = (image.root / "usr/local/bin" / name).read_bytes()
        assert [one for one in FOREIGN if one in program] == []
