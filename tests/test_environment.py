"""The lock and environment.yml keep step with pyproject.toml."""

import re
import runpy
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
MADE = runpy.run_path(str(ROOT / ".ci" / "make_environment.py"))
BUILD = [Requirement(line) for line in MADE["PYPROJECT"]["build-system"]["requires"]]

ENTRY = r"[\w.-]+==[\w.+!]+( ; [\w.*<>=!'() ]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"


def test_environment_is_what_its_generator_writes():
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == MADE["environment"](), "environment.yml is out of date: run make lock"


@pytest.mark.parametrize("requirement", [*MADE["requirements"](), *BUILD], ids=str)
def test_lock_satisfies(requirement):
    version = MADE["locked"]().get(canonicalize_name(requirement.name))
    assert version, f"requirements.lock lacks {requirement.name}: run make lock"
    assert version in requirement.specifier, f"the lock has {version}, not {requirement}: run make lock"


def test_lock_holds_names_versions_and_hashes_only():
    entries = re.split(r"\n(?! )", MADE["LOCK"].rstrip("\n"))
    strays = [entry[:100] for entry in entries if not re.fullmatch(ENTRY, entry)]
    assert not strays, f"requirements.lock holds an address, an option or no hash, {strays}: run make lock"
