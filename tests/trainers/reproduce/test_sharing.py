"""Several processes work on the runs of one folder."""

import concurrent.futures
import shutil
import threading

import pytest

from tests.trainers.reproduce.conftest import EVALUATION_RUN, RESULTS
from trainers.reproduce import runner
from trainers.storage.folder_lock import FolderLock


def test_two_processes_share_the_runs(reproduce, processes, monkeypatch):
    monkeypatch.setattr(runner, "PAUSE", 0.01)
    at_once = threading.Barrier(2, timeout=60)
    run_process = runner.run_process

    def stand_in(program, arguments, output=None, forked=False):
        if len(processes) < 2:
            at_once.wait()
        return run_process(program, arguments, output, forked)

    monkeypatch.setattr(runner, "run_process", stand_in)
    # Locks keep threads apart as they do processes.
    with concurrent.futures.ThreadPoolExecutor() as threads:
        command = "--experiment=swaps_and_probes,documents"
        for each in [threads.submit(reproduce, command) for _ in range(2)]:
            each.result()

    assert len(processes) == 10
    models = [name for name in processes if name != EVALUATION_RUN]
    assert len(models) == len(set(models)) == 6
    for name in ("swaps_and_probes", "documents"):
        assert "Not finished" not in (RESULTS / f"{name}.md").read_text()


@pytest.mark.parametrize("program", ["lm", "bow"])
def test_a_failed_run_that_another_process_finishes_is_no_failure(
    reproduce, monkeypatch, program
):
    run_process = runner.run_process
    failed = []

    def stand_in(started, arguments, output=None, forked=False):
        if not failed:
            failed.append((started, arguments))
            return 1
        if started == program:
            # The other process: at once, or once the first table is written.
            run_process(*failed[0], forked=forked)
        return run_process(started, arguments, output, forked)

    monkeypatch.setattr(runner, "run_process", stand_in)
    reproduce("--experiment=collapse,documents")

    is_missing = "Not finished" in (RESULTS / "collapse.md").read_text()
    assert is_missing is (program == "bow")


@pytest.mark.parametrize("folder", ["locks", "runs"])
def test_a_run_that_another_process_works_on_comes_last(
    reproduce, processes, monkeypatch, capsys, folder
):
    # Training that goes on after trainers.reproduce was killed has locked its run
    # folder alone.
    gaussian, vmf = (f"documents-embedded-{x}-dim10" for x in ("gaussian", "vmf"))
    used = RESULTS / folder / gaussian
    used.mkdir(parents=True)
    lock = FolderLock(used)

    def sleep(seconds):
        processes.append("pause")
        if processes.count("pause") == 3:
            lock.release()
            shutil.rmtree(used)

    monkeypatch.setattr(runner.time, "sleep", sleep)
    reproduce("--experiment=documents")

    assert processes == [vmf, "pause", "pause", "pause", gaussian]
    printed = capsys.readouterr().out
    assert printed.count(f"waiting for other processes: {gaussian}\n") == 1
