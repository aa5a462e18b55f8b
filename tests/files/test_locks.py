"""Working folders: whose process lives keeps them, what a killed one left is cleared away."""

import subprocess
import sys
import textwrap

import pytest

from gvc_helpers.files.locks import BusyError, clear_abandoned, held, working_folder

HOLDER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from gvc_helpers.files.locks import working_folder
    with working_folder(Path(sys.argv[1])) as folder:
        (folder / "part").write_text("half")
        print(folder.name, flush=True)
        time.sleep(60)
""")


@pytest.fixture
def holder(tmp_path):
    """Another process with a working folder; yields it and the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True)
    yield process, tmp_path / process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_working_folder_goes_with_its_lock(tmp_path):
    with working_folder(tmp_path / "new") as folder:
        assert folder.stat().st_mode & 0o77 == 0, "nobody else looks in"
    assert list((tmp_path / "new").iterdir()) == []


def test_that_of_a_living_process_stays_and_that_of_a_killed_one_goes(tmp_path, holder):
    process, folder = holder
    clear_abandoned(tmp_path)
    assert (folder / "part").exists()
    process.kill()
    process.wait()
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path):
    names = {".ssh", ".git", "data", ".lock", "mine.lock", ".gvc-mine", ".gvc-0123456789abcdef.old"}
    for name in names:
        (tmp_path / name).mkdir()
    clear_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == names


@pytest.mark.parametrize("left", [".gvc-0123456789abcdef", ".gvc-0123456789abcdef.lock"])
def test_what_a_process_left_half_way_goes(tmp_path, left):
    (tmp_path / left).touch() if left.endswith("lock") else (tmp_path / left / "in").mkdir(parents=True)
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_held_by_one(tmp_path, holder):
    _, folder = holder
    with pytest.raises(BusyError), held(folder.with_name(folder.name + ".lock")):
        pass
    with held(tmp_path / "free.lock"), pytest.raises(BusyError), held(tmp_path / "free.lock"):
        pass
    assert not (tmp_path / "free.lock").exists()
