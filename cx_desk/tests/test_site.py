"""Bridge, so that `bench run-tests --app cx_desk` runs the project's tests/site."""

import sys
import unittest
from pathlib import Path


def load_tests(loader, tests, pattern):
	"""Hand unittest the tests of the checkout; an installation without them has none to run.

	Folder by folder, since unittest does not go into folders that are no packages; helpers that several files
	share stand in tests/site itself.
	"""
	root = Path(__file__).resolve().parents[2] / "tests" / "site"
	folders = sorted({file.parent for file in root.rglob("test_*.py")}) if root.is_dir() else []
	if folders and str(root) not in sys.path:
		sys.path.insert(0, str(root))
	for folder in folders:
		# A loader of its own each time: it remembers its top folder.
		found = unittest.TestLoader().discover(str(folder), pattern="test_*.py", top_level_dir=str(folder))
		tests.addTests(found)
	return tests
