"""How tests of notebooks and of reports share a run."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

RUNS = "GVC_TEST_RUNS"
"""Environment variable with the folder that notebooks save in while their stored outputs are compared."""


def pytest_configure(config):
    if RUNS not in os.environ:  # the processes of pytest-xdist inherit it
        os.environ[RUNS] = tempfile.mkdtemp(prefix="gvc-test-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(RUNS), ignore_errors=True))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """Let the kernel of a notebook save its run, so that the tests of its report need no second one."""
    if item.path.suffix != ".ipynb":
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GVC_RUN_FOLDER", str(Path(os.environ[RUNS], item.path.stem)))
        Path(os.environ["GVC_RUN_FOLDER"]).mkdir(exist_ok=True)
        return (yield)
