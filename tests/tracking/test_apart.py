"""Tracking by a process of its own: it lags, catches up, and survives the end of the search's process and its own."""

import os
import signal
import subprocess
import sys
import textwrap

from tracked import candidates, record

from nas.tracking import track_apart


def logged(root) -> list[int]:
    return sorted(int(run.data.tags["trial"]) for run in candidates(root))


def test_every_candidate_is_logged_once_when_the_tracker_has_closed(root):
    tracker = track_apart(None, study="demo", folder=root)
    for trial in range(5):
        tracker.log(record(trial), b"model")
    tracker.close(120)
    assert logged(root) == list(range(5))
    assert tracker.seconds > 0


def test_a_process_that_is_killed_is_replaced_and_nothing_is_missing_or_logged_twice(root):
    tracker = track_apart(None, study="demo", folder=root)
    for trial in range(3):
        tracker.log(record(trial))
    tracker.logged_trials()
    os.kill(tracker._process.pid, signal.SIGKILL)
    for trial in range(3, 6):
        tracker.log(record(trial))
    tracker.close(120)
    assert logged(root) == list(range(6))


def test_what_was_sent_is_logged_after_the_search_was_killed(root):
    code = f"""
        import os, pathlib, signal, time
        from tracked import record
        from nas.tracking import track_apart
        tracker = track_apart(None, study="demo", folder=pathlib.Path({str(root)!r}))
        for trial in range(4):
            tracker.log(record(trial))
        while not tracker._queue.empty():
            time.sleep(0.01)
        tracker.logged_trials()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    # The next run's process waits for the one that is still at work.
    track_apart(None, study="demo", folder=root).close(120)
    assert logged(root) == list(range(4))
