"""The domain of migas-tornado: a fleet management server compatible with the migasfree suite."""

__version__ = "0.1.0"
