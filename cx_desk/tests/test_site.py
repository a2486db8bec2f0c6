"""Bridge, so that `bench run-tests --app cx_desk` runs the project's tests/site."""

from pathlib import Path


def load_tests(loader, tests, pattern):
	"""Hand unittest the tests of the checkout; an installation without them has none to run."""
	root = Path(__file__).resolve().parents[2] / "tests" / "site"
	if root.is_dir():
		tests.addTests(loader.discover(str(root), pattern="test_*.py", top_level_dir=str(root)))
	return tests
