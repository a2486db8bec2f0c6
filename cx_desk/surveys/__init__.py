"""Asking and counting: when, whom, by which mail, what was answered."""
