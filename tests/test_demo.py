"""The demo, as a newcomer starts it."""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

STEADY = re.compile(r"computers 6/6  synchronizations (\d+) .* errors 0 ")


def demo(*arguments: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MIGAS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "migas_tornado", "demo", *arguments],
        env={**environment, "MIGAS_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_fleet_synchronizes_and_the_data_may_be_kept(tmp_path: Path):
    """The second run finds the project, the packages and the deployments of the first."""
    for _ in range(2):
        process = demo("--computers", "6", "--pace", "240", "--keep", str(tmp_path / "site"))
        printed = ""
        for line in process.stdout:
            printed += line
            if (found := STEADY.search(line)) and int(found[1]) > 6:
                break
        url = re.search(r"server +(\S+)", printed)[1]
        with urllib.request.urlopen(f"{url}/api/v1/public/server/info/") as answer:
            assert answer.status == 200
        process.terminate()
        printed += process.stdout.read()
        assert process.wait(30) == 0, printed
        assert "Traceback" not in printed
        assert "WARNING" not in printed


def test_a_directory_of_somebody_else_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("two years of work")
    process = demo("--keep", str(tmp_path))
    printed = process.stdout.read()
    assert process.wait(30) == 1
    assert "holds what no demo made" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
