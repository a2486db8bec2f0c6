"""Bench commands, one file each; Frappe reads the list `commands`."""

from importlib import import_module
from pathlib import Path

# A file of its own per command: cx-demo, cx-ledger-check, cx-doctor ...
commands = [
	command
	for file in sorted(Path(__file__).parent.glob("*.py"))
	if file.stem != "__init__"
	for command in import_module(f"{__name__}.{file.stem}").commands
]
