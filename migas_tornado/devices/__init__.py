"""Printers and other devices, as administrators keep them. Contract: data-model 5."""
