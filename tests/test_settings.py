"""Settings come from the environment and refuse what cannot work."""

import pytest

from migas_tornado.errors import ConfigurationError
from migas_tornado.settings import load_settings


def test_every_setting_has_a_default(monkeypatch):
    for name in list(__import__("os").environ):
        if name.startswith("MIGAS_"):
            monkeypatch.delenv(name)
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 2345)
    assert settings.public_dir == settings.data_dir / "public"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "many"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("LANGUAGE", "xx"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://host/db"),
        ("REDIS_URL", "amqp://host"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,nonsense"),
        ("SECRET_KEY", "short"),
        ("WORKERS", "0"),
        ("AUTOREGISTER", "perhaps"),
        ("LEGACY_AGENTS", "sometimes"),
    ],
)
def test_a_wrong_value_is_refused_and_named(monkeypatch, name, value):
    monkeypatch.setenv(f"MIGAS_{name}", value)
    with pytest.raises(ConfigurationError, match=name):
        load_settings()
