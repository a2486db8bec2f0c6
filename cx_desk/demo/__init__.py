"""The demo company, made from a real incident log, and its removal."""
