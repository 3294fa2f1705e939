"""scripts/check-imports finds what SwiftPM lets through."""

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check-imports"


def load():
    loader = importlib.machinery.SourceFileLoader("check_imports", str(SCRIPT))
    loader_spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(loader_spec)
    loader.exec_module(module)
    return module


check = load()


def target(name, path, *dependencies):
    return {"name": name, "path": path, "dependencies": [{"byName": [each, None]} for each in dependencies]}


def manifest(**changes):
    targets = {
        "Security": target("Security", "Shared/Security"),
        "Database": target("Database", "Shared/Database", "CSQLite", "Logging", "Collections"),
        "CSQLite": target("CSQLite", "Shared/Database/CSQLite"),
        "Messaging": target("Messaging", "Shared/Messaging", "Database"),
        "Api": target("Api", "Services/Api", "Messaging", "Security"),
        "Router": target("Router", "Services/Router", "Messaging"),
        "ApiTests": target("ApiTests", "Tests/Api", "Api", "Security"),
    }
    targets["Database"]["exclude"] = ["CSQLite"]
    return {"targets": list({**targets, **changes}.values())}


def found(root: Path, path: str, source: str, **changes) -> list[str]:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    return list(check.faults(root, manifest(**changes)))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("Shared/Messaging/A.swift", "package import Database\nimport struct Foundation.Date\n"),
        ("Shared/Database/A.swift", "internal import CSQLite\nimport DequeModule\n@preconcurrency import Logging\n"),
        ("Services/Api/Deep/A.swift", "import Messaging\nimport Security\n"),
        ("Tests/Api/A.swift", "@testable import Api\nimport Testing\n"),
        ("Shared/Security/A.swift", 'let page = """\n    import Database\n    """\n'),
        ("Shared/Security/A.swift", "/*\nimport Database\n*/\n// import Database\n"),
        ("Shared/Database/CSQLite/A.swift", "import Whatever\n"),
    ],
)
def test_what_is_declared_and_below_passes(tmp_path, path, source):
    excluded = path.startswith("Shared/Database/CSQLite")
    assert [line for line in found(tmp_path, path, source) if not excluded or "Database " in line] == []


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("Shared/Security/A.swift", "import Foundation\nimport Database\n", "A.swift:2: Security must not import"),
        ("Shared/Security/A.swift", "  public import Database\n", "Security must not import Database"),
        ("Shared/Security/A.swift", "import Crypto\n", "Security imports Crypto without declaring it"),
        ("Shared/Security/A.swift", "import Testing\n", "Security imports Testing without declaring it"),
        ("Shared/Messaging/A.swift", "import CSQLite\n", "Messaging must not import CSQLite"),
        ("Services/Api/A.swift", "import Router\n", "Api must not import Router"),
        ("Services/Api/A.swift", "import CSQLite\n", "Api must not import CSQLite"),
        ("Services/Api/A.swift", "import Database\n", "Api imports Database without declaring it"),
        ("Tests/Api/A.swift", "import Messaging\n", "ApiTests imports Messaging without declaring it"),
        ("Shared/Security/A.swift", 'let a = """\n  b\n  """\nimport Database\n', "A.swift:4: Security must not"),
    ],
)
def test_the_rest_is_reported_with_its_place(tmp_path, path, source, fault):
    lines = found(tmp_path, path, source)
    assert len(lines) == 1
    assert fault in lines[0]


def test_a_forbidden_dependency_is_reported_even_unused(tmp_path):
    changed = target("Security", "Shared/Security", "Database")
    assert found(tmp_path, "Shared/Security/A.swift", "", Security=changed) == [
        "Package.swift: Security must not depend on Database, which is not below it."
    ]


def test_a_new_module_needs_a_floor(tmp_path):
    lines = found(tmp_path, "Shared/New/A.swift", "", New=target("New", "Shared/New"))
    assert lines == ["Package.swift: New has no floor yet: give it one in scripts/check-imports."]
