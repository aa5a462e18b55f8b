"""What the README names is there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
ROWS = [line for line in README.partition("## Measures")[2].splitlines() if line.startswith("|")]
NAMES = sorted({name for row in ROWS for name in re.findall(r"`([a-z_.]+)`", row)})
PYTHON = [code for kind, code in BLOCKS if kind == "python"]
COMMANDS = [
    shlex.split(line.partition("#")[0])[1:]
    for kind, code in BLOCKS
    for line in code.splitlines()
    if not kind and re.match(r"(\.venv/bin/)?gvc ", line)
]


def resolved(name):
    found = gvc
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_measures(name):
    assert callable(resolved(name))


def test_names_in_code():
    names = {name for code in PYTHON for name in re.findall(r"\bgvc\.([\w.]+?)(?=\()", code)}
    assert len(names) > 8
    for name in names:
        assert callable(resolved(name)), name


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(command):
    """The command and its options are known; what it would do is not done."""
    arguments = [*command, "--help"] if command[0] != "--help" else command
    assert CliRunner().invoke(main, arguments).exit_code == 0
