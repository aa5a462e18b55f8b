"""Who may know whom: every wing imports only from those that it stands on."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gvc_helpers"
KNOWS = {
    "files": set(),
    "report": set(),
    "tables": {"files"},
    "zones": {"files"},
    "databases": {"tables", "files"},
    "measures": {"tables"},
    "cooperation": {"measures", "tables"},
    "papers": {"zones", "measures", "databases", "tables"},
    "studies": {"papers", "cooperation", "databases", "measures", "zones", "tables", "files"},
    "sentences": {"studies", "cooperation", "measures", "zones", "tables", "report"},
}
"""Wings, and what each may know beside itself and the ground, on which all stand."""
GROUND = {"_typing", "errors"}


def wings_known(folder):
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gvc_helpers":
                inside = node.module.split(".")[1:]
                yield from inside[:1] or (name.name for name in node.names)


@pytest.mark.parametrize("wing", KNOWS)
def test_a_wing_knows_those_below_it(wing):
    assert set(wings_known(PACKAGE / wing)) - GROUND - {wing} <= KNOWS[wing]


def test_all_wings_are_listed():
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(KNOWS)
