"""The checkout as data for the contract tests: files, syntax trees, records. Needs neither Frappe nor a bench."""

import ast
import json
import runpy
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
APP = ROOT / "cx_desk"
MODULE = APP / "cx_desk"


@cache
def project_files() -> tuple[Path, ...]:
	"""Files of the project as git sees them (tracked or new, not ignored); every file where there is no git."""
	listed = subprocess.run(
		["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
		capture_output=True,
		check=False,
	)
	if listed.returncode == 0 and listed.stdout:
		paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
	else:
		paths = (path for path in ROOT.rglob("*") if not {".git", ".venv", "node_modules"} & set(path.parts))
	return tuple(sorted(path for path in paths if path.is_file() and not _through_link(path)))


def _through_link(path: Path) -> bool:
	return any(parent.is_symlink() for parent in path.parents if ROOT in parent.parents)


def relative(path: Path) -> str:
	return path.relative_to(ROOT).as_posix()


def app_files(suffix: str) -> list[Path]:
	"""Files of the app itself, without its bridge to the tests."""
	return [
		p for p in project_files() if APP in p.parents and p.suffix == suffix and p.parent != APP / "tests"
	]


@cache
def tree(path: Path) -> ast.Module:
	return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.AST) -> str:
	"""`frappe.db.sql` of the expression frappe.db.sql; an unknown base shows as `?`."""
	if isinstance(node, ast.Name):
		return node.id
	if isinstance(node, ast.Attribute):
		return f"{dotted(node.value)}.{node.attr}"
	if isinstance(node, ast.Call):
		return f"{dotted(node.func)}()"
	return "?"


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
	for child in ast.walk(node):
		if isinstance(child, ast.Call):
			yield dotted(child.func), child


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
	return (child for child in ast.walk(node) if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def module_name(path: Path) -> str:
	parts = path.relative_to(ROOT).with_suffix("").parts
	return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
	"""Every module that a file imports, also inside functions: dotted name, line, and whether inside a function.

	`from a import b` yields `a.b`, since b may be a module.
	"""
	inside = {id(child) for function in functions(tree(path)) for child in ast.walk(function)}
	package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
	for node in ast.walk(tree(path)):
		if isinstance(node, ast.Import):
			for alias in node.names:
				yield alias.name, node.lineno, id(node) in inside
		elif isinstance(node, ast.ImportFrom):
			base = node.module or ""
			if node.level:
				above = package.split(".")[: len(package.split(".")) - node.level + 1]
				base = ".".join([*above, base] if base else above)
			for alias in node.names:
				yield f"{base}.{alias.name}", node.lineno, id(node) in inside


@cache
def hooks() -> dict:
	"""hooks.py as values; it imports nothing, so it can simply be run."""
	return runpy.run_path(str(APP / "hooks.py"))


@cache
def record(path: Path) -> dict | list:
	return json.loads(path.read_text(encoding="utf-8"))


def doctypes() -> dict[str, dict]:
	"""The app's doctypes by name."""
	found = (record(path) for path in app_files(".json") if path.parent.parent == MODULE / "doctype")
	return {doc["name"]: doc for doc in found if doc.get("doctype") == "DocType"}


def records_of(folder: str) -> list[tuple[Path, dict]]:
	"""Shipped records of one kind, such as report or workspace."""
	return [
		(path, record(path))
		for path in app_files(".json")
		if path.is_relative_to(MODULE / folder) and path.stem == path.parent.name
	]


def resolve(path: str) -> bool:
	"""Whether a dotted path names a function, class or assigned name in a file of the app."""
	module, _, name = path.rpartition(".")
	base = ROOT.joinpath(*module.split("."))
	file = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
	if not file.is_file():
		return False
	for node in tree(file).body:
		if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
			return True
		if isinstance(node, ast.Assign) and any(
			isinstance(t, ast.Name) and t.id == name for t in node.targets
		):
			return True
		if isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names):
			return True
	return False
