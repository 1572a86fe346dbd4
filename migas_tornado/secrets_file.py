"""Secrets that the server makes for itself when it is given none."""

import os
import secrets
from pathlib import Path

KEY_FILE = "secret-key"


def secret_key(data_dir: Path) -> str:
    """Return the key that signs this site's tokens, made at the first start, mode 0600.

    Of two replicas that start together on one volume, both get the key of the first.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        write_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def write_once(path: Path, text: str) -> None:
    """Write a secret file completely or not at all, and never over another."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        with draft.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
