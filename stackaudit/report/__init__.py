"""Writes a finished report, one module a format; sees nothing but the types of ``model``."""
