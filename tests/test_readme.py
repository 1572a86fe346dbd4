"""What the README promises."""

import re
from dataclasses import fields
from pathlib import Path

from migas_tornado.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_setting_has_a_row_and_every_row_a_setting():
    source = (ROOT / "migas_tornado" / "settings.py").read_text()
    read = re.findall(r'(?:env\.\w+\(|\(\s*env,\s+)"([A-Z_]+)"', source)
    documented = re.findall(r"^\| `MIGAS_([A-Z_]+)` ", README, re.MULTILINE)
    assert sorted(documented) == sorted(read)
    assert len(documented) == len(fields(Settings))


def test_the_two_commands_stand_at_the_top():
    top = README.splitlines()[:5]
    assert any(line.strip().startswith("make run") for line in top)
    assert any(line.strip().startswith("make test") for line in top)
