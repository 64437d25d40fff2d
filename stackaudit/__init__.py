"""Find the AI models, endpoints and SDKs a repository uses, and judge them by sector rule packs."""

__version__ = "0.1.0"
