"""TF_CONFIG says which worker this is; errors name what is wrong with it."""

import json
import signal
import socket

import pytest
import tensorflow as tf

from trainers.cli.errors import RunFailed, UserError
from trainers.devices.addresses import check_addresses
from trainers.devices.agreement import Agreement, lost_workers_named
from trainers.devices.workers import Worker


def free_port():
    with socket.socket() as tried:
        tried.bind(("", 0))
        return tried.getsockname()[1]


TWO = ["a.example:2222", "b.example:2222"]


def config(cluster, job="worker", index=0):
    return {"cluster": cluster, "task": {"type": job, "index": index}}


@pytest.fixture
def worker_of(monkeypatch):
    """Returns a function that reads the worker from a TF_CONFIG."""

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


def test_a_cluster_may_name_its_chief(worker_of):
    cluster = {"chief": ["c.example:2222"], "worker": TWO}
    assert worker_of(config(cluster, "chief")) == Worker(0, 3)
    assert worker_of(config(cluster, "worker", 1)) == Worker(2, 3)


def test_auto_reads_tf_config_if_it_is_set(worker_of, monkeypatch):
    assert worker_of(config({"worker": TWO}, index=1), "auto") == Worker(1, 2)
    assert worker_of("{}", "auto") == Worker()
    assert worker_of("nonsense", "mirrored") == Worker()
    monkeypatch.delenv("TF_CONFIG")
    assert Worker.of("auto") == Worker()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ([], "is not a JSON object"),
        ("{}", "names no worker"),
        ({"cluster": ["a:1"]}, '"cluster" is not an object'),
        ({"cluster": {"worker": TWO}}, '"task" does not give'),
        ({"cluster": {"worker": "a:1"}}, "not a list"),
        ({"cluster": {"worker": ["a"]}}, "not a list"),
        ({"cluster": {"worker": [7]}}, "not a list"),
        (config({"worker": TWO}, "ps"), '"task" does not give'),
        (config({"worker": TWO}, "worker", 2), "no worker with index 2"),
        (config({"worker": TWO}, "worker", -1), "no worker with index -1"),
        (config({"worker": TWO}, "worker", "x"), "no worker with index x"),
        (config({"worker": TWO, "ps": ["c:1"]}), "'ps'"),
        (config({"chief": TWO}, "chief", 1), "no chief with index 1"),
        (config({"worker": TWO}, index=True), '"task" does not give'),
        (config({"worker": TWO}, index=1.5), '"task" does not give'),
        (config({"worker": TWO}, index=None), '"task" does not give'),
        (config({"worker": TWO}, index=[0]), '"task" does not give'),
        (config({"worker": TWO}, index="9" * 5000), "no worker with index 999"),
        (config({"worker": TWO}, index=" 0"), "no worker with index  0"),
        (config({"worker": TWO}, index="\u0660"), "no worker with index \u0660"),
        (config({"worker": TWO}, job=["worker"]), '"task" does not give'),
        (config({"worker": TWO}, job={"worker": 0}), '"task" does not give'),
        ({"cluster": {"worker": TWO}, "task": ["worker", 0]}, '"task" does not give'),
        (config({"worker": [TWO]}), "not a list"),
        (config({"worker": [None]}), "not a list"),
        (config({"worker": {"0": "a:1"}}), "not a list"),
        (config({"worker": ["a:0"]}), "from 1 to 65535"),
        (config({"worker": ["a:65536"]}), "from 1 to 65535"),
        (config({"worker": ["a:http"]}), "from 1 to 65535"),
        (config({"worker": ["a:-1"]}), "from 1 to 65535"),
        (config({"worker": ["a:²"]}), "from 1 to 65535"),
        (config({"worker": [":2222"]}), "not a list"),
        (config({"worker": ["a b:2222"]}), "not a list"),
        (config({"worker": ["http://a:2222"]}), "not a list"),
        (config({"worker": ["::1:2222"]}), "not a list"),
        (config({"worker": ["a:1", "b:1", "a:1"]}), "a:1 is the address of 2 tasks"),
        (config({"chief": ["a:1"], "worker": ["a:1"]}), "address of 2 tasks"),
        ({"cluster": True}, '"cluster" is not an object'),
        ("[" * 9999, "is not JSON"),
        ("NaN", "is not a JSON object"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_tf_config_is_refused_in_one_line(worker_of, content, complaint):
    with pytest.raises(UserError) as caught:
        worker_of(content)
    message = str(caught.value)
    assert message.startswith("TF_CONFIG: ")
    assert complaint in message
    assert "\n" not in message


def test_ipv6_addresses_and_quoted_indices_are_accepted(worker_of):
    cluster = {"worker": ["[::1]:2222", "[fe80::1%eth0]:2222"]}
    assert worker_of(config(cluster, index="1")) == Worker(1, 2)


@pytest.fixture
def listening():
    """A port that a program is listening on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("index", [0, 1])
def test_a_port_in_use_is_named_with_its_worker(worker_of, listening, index):
    addresses = [f"localhost:{free_port()}" for _ in range(2)]
    addresses[index] = f"localhost:{listening}"
    for own in (0, 1):
        worker = worker_of(config({"worker": addresses}, index=own))
        if own != index:
            # The other worker may well be listening on its own port.
            check_addresses(worker.addresses, worker.name)
            continue
        with pytest.raises(RunFailed) as caught:
            check_addresses(worker.addresses, worker.name)
        assert f"worker {index}'s port {listening} cannot be" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_host_that_cannot_be_resolved_is_named(worker_of, capsys):
    addresses = [f"localhost:{free_port()}", "nowhere.invalid:2222"]
    worker = worker_of(config({"worker": addresses}))
    with pytest.raises(UserError, match=r"host of worker 1, 'nowhere\.invalid', can"):
        check_addresses(worker.addresses, worker.name, patience=0.01)
    assert capsys.readouterr().out == (
        "waiting until the host of worker 1, 'nowhere.invalid', can be resolved\n"
    )


@pytest.mark.parametrize("host", ["x" * 300, "a..b", "caf\u00e9.invalid"])
def test_a_host_name_that_is_not_valid_is_named(worker_of, host):
    addresses = [f"localhost:{free_port()}", f"{host}:2222"]
    worker = worker_of(config({"worker": addresses}))
    with pytest.raises(UserError, match="host of worker 1"):
        check_addresses(worker.addresses, worker.name, patience=0.01)


def test_a_host_may_become_known_after_a_while(worker_of, monkeypatch):
    tries = []

    def look_up(host, port):
        tries.append(host)
        if host == "late" and len(tries) < 4:
            raise socket.gaierror(-2, "Name or service not known")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    addresses = [f"localhost:{free_port()}", "late:2222"]
    worker = worker_of(config({"worker": addresses}))
    check_addresses(worker.addresses, worker.name, patience=0.2)
    assert tries.count("late") == 2


def test_multi_worker_needs_a_tf_config(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(UserError, match="TF_CONFIG: is not set"):
        Worker.of("multi_worker")


def test_only_the_chief_prints(capsys):
    for worker in (Worker(0, 2), Worker(1, 2)):
        with worker.silent_unless_chief():
            print(f"I am {worker.index}")
    assert capsys.readouterr().out == "I am 0\n"


def test_a_single_worker_agrees_with_itself():
    alone = Agreement(tf.distribute.get_strategy(), Worker())
    assert alone.signal(None) is None
    assert alone.signal(signal.SIGINT) is signal.SIGINT
    alone.wait()


def test_a_signal_is_announced_to_all_workers_with_their_summed_notices():
    first, second = (
        Agreement(tf.distribute.get_strategy(), Worker(index, 2)) for index in (0, 1)
    )

    def heard():
        notices = first.notice + second.notice
        # What a worker has just received, the others do not know yet.
        return [x.announced(notices, signal.SIGINT) for x in (first, second)]

    first.announce(None)
    assert heard() == [None, None]
    first.announce(signal.SIGINT)
    assert heard() == [signal.SIGINT] * 2
    second.announce(signal.SIGTERM)
    assert heard() == [signal.SIGTERM] * 2


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


def test_a_single_worker_gets_tensorflow_s_own_error():
    with pytest.raises(tf.errors.UnavailableError), lost_workers_named(Worker()):
        raise tf.errors.UnavailableError(None, None, "a file system is unavailable")
