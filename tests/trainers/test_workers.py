"""What TF_CONFIG says of this process, and what is wrong with it."""

import json
import signal

import pytest
import tensorflow as tf

from trainers.agreement import Agreement, lost_workers_named
from trainers.failures import RunFailed, UserError
from trainers.workers import Worker

TWO = ["a.example:2222", "b.example:2222"]


def config(cluster, job="worker", index=0):
    return {"cluster": cluster, "task": {"type": job, "index": index}}


@pytest.fixture
def worker_of(monkeypatch):
    """Returns a function from TF_CONFIG's content to the worker."""

    def of(content, strategy="multi_worker"):
        if not isinstance(content, str):
            content = json.dumps(content)
        monkeypatch.setenv("TF_CONFIG", content)
        return Worker.of(strategy)

    return of


def test_the_first_worker_is_the_chief(worker_of):
    assert worker_of(config({"worker": TWO})) == Worker(0, 2)
    assert worker_of(config({"worker": TWO}, index=1)) == Worker(1, 2)
    assert worker_of(config({"worker": TWO}, index=1)).name == "worker 1"
    assert Worker(0, 2).is_chief
    assert not Worker(1, 2).is_chief


def test_a_job_may_name_its_chief(worker_of):
    cluster = {"chief": ["c.example:2222"], "worker": TWO}
    assert worker_of(config(cluster, "chief")) == Worker(0, 3)
    assert worker_of(config(cluster, "worker", 1)) == Worker(2, 3)


def test_auto_goes_by_tf_config_where_there_is_one(worker_of, monkeypatch):
    assert worker_of(config({"worker": TWO}, index=1), "auto") == Worker(1, 2)
    assert worker_of("{}", "auto") == Worker()
    assert worker_of("nonsense", "mirrored") == Worker()
    monkeypatch.delenv("TF_CONFIG")
    assert Worker.of("auto") == Worker()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is no JSON"),
        ([], "is no JSON object"),
        ("{}", "names no worker"),
        ({"cluster": ["a:1"]}, '"cluster" is no object'),
        ({"cluster": {"worker": TWO}}, '"task" names no'),
        ({"cluster": {"worker": "a:1"}}, "no list"),
        ({"cluster": {"worker": ["a"]}}, "no list"),
        ({"cluster": {"worker": [7]}}, "no list"),
        (config({"worker": TWO}, "ps"), '"task" names no'),
        (config({"worker": TWO}, "worker", 2), "no worker of the index 2"),
        (config({"worker": TWO}, "worker", -1), "no worker of the index -1"),
        (config({"worker": TWO}, "worker", "x"), "no worker of the index x"),
        (config({"worker": TWO, "ps": ["c:1"]}), "'ps'"),
        (config({"chief": TWO}, "chief", 1), "no chief of the index 1"),
    ],
)
def test_a_tf_config_that_makes_no_sense(worker_of, content, complaint):
    with pytest.raises(UserError) as caught:
        worker_of(content)
    message = str(caught.value)
    assert message.startswith("TF_CONFIG: ")
    assert complaint in message
    assert "\n" not in message


def test_multi_worker_needs_a_tf_config(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(UserError, match="TF_CONFIG: is not set"):
        Worker.of("multi_worker")


def test_only_the_chief_is_heard(capsys):
    for worker in (Worker(0, 2), Worker(1, 2)):
        with worker.silent_unless_chief():
            print(f"I am {worker.index}")
    assert capsys.readouterr().out == "I am 0\n"


def test_a_run_alone_agrees_with_itself():
    alone = Agreement(tf.distribute.get_strategy(), Worker())
    assert alone.signal(None) is None
    assert alone.signal(signal.SIGINT) is signal.SIGINT
    alone.wait()


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("Error reported from /job:worker/task:1: unhealthy\nand more", "worker 1"),
        ("from /job:worker/task:0: see\n/job:worker/replica:0/task:1", "worker 1"),
        ("from /job:worker/task:0: it is gone", "another worker"),
        ("Socket closed", "another worker"),
    ],
)
def test_a_lost_worker_is_named(message, named):
    expected = pytest.raises(RunFailed, match=f"^{named} is gone")
    with expected as caught, lost_workers_named(Worker(0, 2, "worker 0")):
        raise tf.errors.UnavailableError(None, None, message)
    assert "\n" not in str(caught.value)


def test_a_run_alone_has_lost_nobody():
    with pytest.raises(tf.errors.UnavailableError), lost_workers_named(Worker()):
        raise tf.errors.UnavailableError(None, None, "a file system is unavailable")
