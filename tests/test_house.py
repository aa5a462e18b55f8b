"""Every module imports only from those below it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gvc_helpers"
HOLDING = [
    *[
        "locks",
        "plain_text",
        "archives",
        "yaml_lines",
        "leontief",
        "soundness",
        "io_table",
        "concordances",
        "raw_files",
        "pymrio_readers",
        "labelled_readers",
    ],
    *["matrix_readers", "folder_reader", "table_cache", "sources", "catalogue", "spreadsheets", "register"],
    "published",
]
MEASURING = [
    *["biproportional", "corrections", "preparation", "flows", "vertical_specialization", "decomposition"],
    *["borin_mancini", "participation", "position"],
    *["absorption", "chains", "blocs", "extraction", "structural", "profile", "involvement", "audit"],
    *["core_periphery", "networks", "foreign_activity", "forms", "opportunity", "shocks"],
    *["reconstruction", "localization", "inequality", "cooperation", "leadership", "clusters", "regime"],
    *["consistency", "zone_audit", "zone_reconstruction"],
]
PRESENTING = [
    *["language", "study", "vertical_parameters", "zone_parameters", "mechanism_parameters", "parameters"],
    *["parameter_file", "figures", "table_findings", "findings", "zone_figures", "zone_findings"],
    *["mechanism_figures", "mechanism_findings", "report", "rendering"],
]
RUNNING = ["execution", "cli"]
ROOMS = [*HOLDING, *MEASURING, *PRESENTING, *RUNNING]


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "gvc_helpers":
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gvc_helpers."):
            yield node.module.split(".")[1]


def test_all_rooms_are_listed():
    assert {file.stem for file in PACKAGE.glob("*.py")} == {*ROOMS, "__init__"}


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_from_below(room):
    above = set(ROOMS[ROOMS.index(room) :])
    assert not above & set(imported(PACKAGE / f"{room}.py"))
