"""A TensorBoard server shows what the panes write."""

import html
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tf_vmfvae import callbacks

SENTENCES = ["the profit rose", "the <unk> fell", "shares were mixed"]
TIMEOUT_SECONDS = 60


@pytest.fixture
def serve():
    """Returns a function that starts TensorBoard and returns its address."""
    servers = []

    def start(log_dir):
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(log_dir)]
        command += ["--host", "127.0.0.1", "--port", "0", "--reload_interval", "1"]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        servers.append(server)
        for line in server.stderr:
            if address := re.search(r"http://127\.0\.0\.1:\d+/", line):
                return address[0]
        raise AssertionError(f"TensorBoard exited with {server.wait()}")

    yield start
    for server in servers:
        server.terminate()
        server.communicate(timeout=TIMEOUT_SECONDS)


def ask(url, body=None, until=bool):
    """Returns a server's answer, as soon as `until` accepts it."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request) as response:
                answer = response.read().decode()
        except urllib.error.HTTPError as error:
            answer = f"{error.code}"
        if until(answer):
            return answer
        assert time.monotonic() < deadline, f"{url} still returns: {answer[:500]}"
        time.sleep(0.5)


def test_every_dashboard_shows_the_run(fit, model, tmp_path, serve):
    log_dir = tmp_path / "run"
    fit(
        [
            callbacks.KLWeightSchedule("linear", epochs=2),
            callbacks.ScalarsPane(log_dir),
            callbacks.HParamsPane(log_dir, {"latent": "vmf", "kappa": 80.0}),
            callbacks.TextsPane(log_dir, SENTENCES),
            callbacks.ProjectorPane(log_dir, SENTENCES, {"topic": [0, 0, 1]}),
        ],
        epochs=2,
    )
    plugin = serve(tmp_path) + "data/plugin"

    tags = json.loads(
        ask(
            f"{plugin}/scalars/tags",
            until=lambda answer: "run/train" in answer and "run/validation" in answer,
        )
    )
    assert set(tags["run/train"]) == {"loss", "kl_weight", "learning_rate"}
    assert set(tags["run/validation"]) == {"loss"}
    weights = json.loads(ask(f"{plugin}/scalars/scalars?tag=kl_weight&run=run/train"))
    # The weight in the last of the ten batches of each epoch.
    assert [(step, round(value, 3)) for _, step, value in weights] == [
        (0, 0.45),
        (1, 0.95),
    ]

    tags = json.loads(ask(f"{plugin}/text/tags", until=lambda a: "run/texts" in a))
    assert sorted(tags["run/texts"]) == ["interpolation", "reconstructions", "samples"]
    texts = json.loads(ask(f"{plugin}/text/text?run=run/texts&tag=reconstructions"))
    assert [text["step"] for text in texts] == [0, 1]
    assert "again the <unk> fell" in html.unescape(texts[-1]["text"])

    runs = json.loads(ask(f"{plugin}/projector/runs", until=lambda a: "run" in a))
    assert runs == ["run/projector"]
    asked = urllib.parse.urlencode({"run": runs[0], "name": "codes"})
    metadata = ask(f"{plugin}/projector/metadata?{asked}")
    assert metadata.split("\n")[2].split("\t") == ["the <unk> fell", "3", "0"]

    experiment = json.loads(
        ask(f"{plugin}/hparams/experiment", {}, until=lambda a: "kappa" in a)
    )
    assert {info["name"] for info in experiment["hparamInfos"]} == {"latent", "kappa"}
    groups = json.loads(
        ask(
            f"{plugin}/hparams/session_groups",
            {
                "startIndex": 0,
                "sliceSize": 10,
                "allowedStatuses": ["STATUS_SUCCESS"],
                "colParams": [
                    {"metric": {"tag": "loss", "group": "validation"}},
                    {"hparam": "kappa"},
                ],
            },
            until=lambda answer: "sessionGroups" in answer,
        )
    )
    (group,) = groups["sessionGroups"]
    assert group["hparams"] == {"latent": "vmf", "kappa": 80.0}
