"""Commands answer at once: what is slow to import is left to those who need it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SLOW = (
    "matplotlib",
    "scipy.stats",
    "scipy.optimize",
    "IPython",
    "networkx",
    "papermill",
    "pymrio",
    "seaborn",
)
SCRIPT = f"""
import sys
from gvc_helpers.cli import main

try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("loaded:", *[name for name in {SLOW} if name in sys.modules])
"""


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["check", "missing.yaml"], ["sources"]])
def test_slow_packages_are_left_aside(arguments):
    command = [sys.executable, "-c", SCRIPT, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.splitlines()[-1] == "loaded:"


def test_the_door_loads_nothing():
    code = "import sys, gvc_helpers; print(any(name in sys.modules for name in ('numpy', 'pandas')))"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
