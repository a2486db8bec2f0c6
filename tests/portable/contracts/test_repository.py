"""The repository as others get it: no path of a machine, no registry's address, the fixed entries, sane files."""

import ast
import re

import pytest
from contracts.source import APP, ROOT, app_files, project_files, relative, tree

# Put together here so that this file does not hold what it looks for.
MACHINE = re.compile(
	"|".join(
		[
			r"(?<![\w.-])/(?:work|root|farm)/",
			r"(?<![\w.-])/home/(?!\$|\{|<)\w+",
			r"[.]mir" + "ror/",
			"pypi" + r"[.]org",
			"python" + "hosted",
			"registry[.]npm" + "js",
			"registry[.]yarn" + "pkg",
			"deb[.]debian" + "[.]org",
		]
	)
)
TEXT = {".py", ".js", ".css", ".html", ".md", ".toml", ".yml", ".yaml", ".json", ".txt", ".svg", ".sh", ""}
ENTRIES = ("cx_desk/hooks.py", "cx_desk/doctype", "cx_desk/public", "fixtures", "tests", "setup.py")


@pytest.mark.parametrize("entry", ENTRIES)
def test_fixed_entries(entry):
	assert (ROOT / entry).exists()


def test_no_path_of_a_machine():
	found = []
	for path in project_files():
		if path.suffix not in TEXT or path.is_symlink() or path.name == "LICENSE":
			continue
		for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
			if MACHINE.search(line):
				found.append(f"{relative(path)}:{number}: {line.strip()[:80]}")
	assert not found, "\n".join(found)


def test_metadata_agrees():
	project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
	for line in ('name = "cx_desk"', 'requires-python = ">=3.10"', "dependencies = []"):
		assert f"\n{line}\n" in project, line
	version = re.search(r'__version__ = "(\d+\.\d+\.\d+)"', (APP / "__init__.py").read_text())
	assert version, "a plain semver string, read by bench and flit"


def test_root_tests_is_no_package():
	# An editable install puts the repository root on sys.path; a package named tests would shadow others.
	assert not (ROOT / "tests" / "__init__.py").exists()


def test_site_tests_have_file_names_of_their_own():
	names = [p.name for p in (ROOT / "tests" / "site").rglob("test_*.py")]
	assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)


def test_large_files_are_few():
	large = {relative(p): p.stat().st_size for p in project_files() if p.stat().st_size > 1_000_000}
	assert set(large) <= {"fixtures/samples/incidents.csv.gz"}, large
	assert sum(large.values()) < 4_000_000


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_indented_with_tabs(path):
	lines = path.read_text(encoding="utf-8").splitlines()
	wrong = [n for n, line in enumerate(lines, 1) if re.match(r" {4,}\S", line)]
	assert not wrong, f"lines {wrong[:5]}"


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_public_modules_say_what_they_are_for(path):
	if tree(path).body:
		assert ast.get_docstring(tree(path)), "a module begins with its one job"
