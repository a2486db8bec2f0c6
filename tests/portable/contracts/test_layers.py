"""Who may import whom (docs/concepts: hooks, entries, four areas, units, host and outbound, core)."""

import ast
import re
import sys

import pytest
from contracts.source import APP, MODULE, app_files, calls, dotted, imports, module_name, relative, tree

AREAS = {"surveys", "immersion", "initiatives", "relationship"}
BORDER = {"host", "outbound"}
LEVEL = {"core": 0, **dict.fromkeys(BORDER, 1), "units": 2, **dict.fromkeys(AREAS, 3)}
ENTRY, HOOKS = 4, 5
PYTHON = app_files(".py")

# Whatever reads a clock, makes randomness or touches the machine has no place in core. A StringIO is only text.
IMPURE_MODULES = {
	*("random", "secrets", "uuid", "os", "io", "sys", "time", "socket", "subprocess", "pathlib", "shutil"),
	*("tempfile", "threading", "asyncio", "logging", "urllib.request", "http.client", "sqlite3", "requests"),
}
IMPURE_CALLS = re.compile(r"(^|\.)(now|utcnow|today|open|print|input|urandom|uuid1|uuid4)$")

# Names of the host's doctypes as a person would write them, alone or inside SQL.
HOST_DOCTYPE = re.compile(
	r"\bHD (Ticket|Team|Customer|Agent|Settings|Service|Form Script|View|Article|Notification|Email|Holiday|"
	r"Service Level|SLA|Preset|Canned|Saved|Desk|Support|Escalation|Stopword|Synonym|Pause|Portal)"
)
LITERALS_ALLOWED = ("cx_desk/host/", "cx_desk/patches/", "cx_desk/hooks.py")
# Where the text is a fixed key of ours that only looks like a doctype's name.
LITERAL_KEYS = {"HD Customer": ("cx_desk/core/mapping.py", "a kind of CX Unit Mapping")}


def area(name: str) -> str:
	"""The part of the app that a module stands in; controllers and reports are 'controllers'."""
	parts = name.split(".")
	if len(parts) < 2 or not ((APP / parts[1]).is_dir() or (APP / f"{parts[1]}.py").is_file()):
		return "root"
	return "controllers" if parts[1] == "cx_desk" else parts[1]


def level(part: str) -> int:
	return HOOKS if part == "hooks" else LEVEL.get(part, ENTRY)


def complaint(own: str, other: str) -> str | None:
	"""Why a module of area `own` may not import one of area `other`; None where it may."""
	if own == other or other in ("root", "core"):
		return None
	if own in ("cli", "__main__"):
		return None if other in ("core", "cli") else "the command line stands on core alone"
	if other == "controllers":
		return "nobody imports a controller; use get_doc"
	if own in AREAS and other in AREAS:
		return "the middle areas do not import each other; they meet in documents and in units"
	if own in BORDER and other in BORDER:
		return "host and outbound do not import each other"
	if level(other) > level(own):
		return f"{own} stands below {other}"
	return None


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_imports_go_downwards(path):
	own = area(module_name(path))
	found = []
	for name, line, _ in imports(path):
		if name.split(".")[0] == "cx_desk" and (why := complaint(own, area(name))):
			found.append(f"line {line}: {name}: {why}")
	assert not found, "\n".join(found)


def test_the_rule_itself_can_fail():
	assert complaint("units", "surveys")
	assert complaint("surveys", "relationship")
	assert complaint("core", "host")
	assert complaint("host", "units")
	assert complaint("api", "controllers")
	assert complaint("cli", "units")
	assert not complaint("events", "surveys")
	assert not complaint("surveys", "units")
	assert not complaint("hooks", "core")


@pytest.mark.parametrize("path", [p for p in PYTHON if APP / "core" in p.parents], ids=relative)
def test_core_is_pure(path):
	found = []
	for name, line, _ in imports(path):
		top = name.split(".")[0]
		if top not in sys.stdlib_module_names and not name.startswith("cx_desk.core"):
			found.append(f"line {line}: {name} is not of the standard library")
		if name != "io.StringIO" and any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE_MODULES):
			found.append(f"line {line}: {name} is a clock, randomness or the machine")
	for name, call in calls(tree(path)):
		if IMPURE_CALLS.search(name):
			found.append(f"line {call.lineno}: {name}() is a clock, randomness or the machine")
	assert not found, "\n".join(found)


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_helpdesk_is_imported_in_host_inside_functions_only(path):
	found = [
		f"line {line}: import {name}"
		for name, line, inside in imports(path)
		if name.split(".")[0] == "helpdesk" and not (APP / "host" in path.parents and inside)
	]
	assert not found, "\n".join(found)


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_requests_only_in_outbound(path):
	found = [line for name, line, _ in imports(path) if name.split(".")[0] == "requests"]
	assert not found or APP / "outbound" in path.parents, f"lines {found}"


def _exempt(module: ast.Module) -> set[int]:
	"""Docstrings and translated texts, by node id."""
	exempt = set()
	for node in ast.walk(module):
		if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
			exempt.add(id(node.value))
		if isinstance(node, ast.Call) and dotted(node.func) in ("_", "frappe._", "_lt", "frappe._lt"):
			exempt.update(id(child) for argument in node.args for child in ast.walk(argument))
	return exempt


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_names_of_host_doctypes_stand_in_host(path):
	if relative(path).startswith(LITERALS_ALLOWED):
		return
	exempt = _exempt(tree(path))
	found = []
	for node in ast.walk(tree(path)):
		if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in exempt:
			continue
		if HOST_DOCTYPE.search(node.value) and LITERAL_KEYS.get(node.value, ("",))[0] != relative(path):
			found.append(f"line {node.lineno}: {node.value[:60]!r}; ask cx_desk.host.names")
	assert not found, "\n".join(found)


@pytest.mark.parametrize("path", [p for p in PYTHON if MODULE / "report" in p.parents], ids=relative)
def test_reports_have_no_queries_of_their_own(path):
	found = [
		f"line {node.lineno}: {dotted(node)}"
		for node in ast.walk(tree(path))
		if isinstance(node, ast.Attribute) and dotted(node) in ("frappe.db", "frappe.qb")
	]
	assert not found, "\n".join(found)


def test_hooks_hold_dotted_paths_only():
	kinds = (ast.Assign, ast.Expr)
	found = [node.lineno for node in tree(APP / "hooks.py").body if not isinstance(node, kinds)]
	assert not found, f"lines {found}: hooks.py assigns names and does nothing else"
