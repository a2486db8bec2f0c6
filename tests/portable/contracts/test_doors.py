"""Doors into the app: whitelisted functions, and every place that leaves the host's permission system."""

import ast
import re

import pytest
from contracts.source import APP, app_files, calls, dotted, functions, relative, tree

# Functions that a guest may call, and why. A guest's page under /cx/ is no whitelisted function.
GUEST_ENDPOINTS: dict[str, str] = {}

# A permission check by name: the host's own, or one of ours that is named for what it asks.
CHECK = re.compile(r"(^|\.)(only_for|has_permission|check_permission|(require|may|check|assert|ensure)_\w+)$")

# Files that may write SQL or commit; each use has `# allowed: reason` beside it. A file that stops is taken off.
ALLOWED_FILES = {
	"frappe.db.sql": {
		"cx_desk/demo/clock.py",
		"cx_desk/host/statements.py",
		"cx_desk/host/transactions.py",
		"cx_desk/surveys/rollups.py",
		"cx_desk/units/mapping.py",
		"cx_desk/units/scope.py",
	},
	"frappe.db.commit": {
		"cx_desk/demo/bulk.py",
		"cx_desk/demo/loader.py",
		"cx_desk/demo/outside.py",
		"cx_desk/demo/removal.py",
		"cx_desk/demo/replay.py",
		"cx_desk/host/transactions.py",
		"cx_desk/surveys/acting.py",
		"cx_desk/surveys/decide.py",
		"cx_desk/surveys/delivery.py",
		"cx_desk/surveys/retention.py",
		"cx_desk/surveys/rollups.py",
		"cx_desk/surveys/imports.py",
		"cx_desk/surveys/sources.py",
		"cx_desk/surveys/waves.py",
		"cx_desk/tasks.py",
		"cx_desk/units/erasure.py",
		"cx_desk/units/resolving.py",
	},
}
# Doors never step around permissions themselves: they ask, then call a use case.
NEVER_AROUND = ("api", "core", "cli", "events", "www", "cx_desk", "outbound")


def whitelisted(path):
	for function in functions(tree(path)):
		for decorator in function.decorator_list:
			name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
			if name in ("frappe.whitelist", "whitelist"):
				yield function, decorator


ENDPOINTS = [
	pytest.param(path, function, decorator, id=f"{relative(path)}:{function.name}")
	for path in app_files(".py")
	for function, decorator in whitelisted(path)
]


def is_guest(decorator):
	return isinstance(decorator, ast.Call) and any(
		k.arg == "allow_guest" and getattr(k.value, "value", True) for k in decorator.keywords
	)


@pytest.mark.parametrize(("path", "function", "decorator"), ENDPOINTS)
class TestEndpoint:
	def test_stands_in_api(self, path, function, decorator):
		assert APP / "api" in path.parents

	def test_is_typed(self, path, function, decorator):
		arguments = function.args
		every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
		untyped = [a.arg for a in every if a.annotation is None]
		untyped += [f"*{a.arg}" for a in (arguments.vararg, arguments.kwarg) if a and a.annotation is None]
		assert not untyped
		assert function.returns is not None, "no return type"

	def test_asks_for_permission(self, path, function, decorator):
		if is_guest(decorator):
			assert f"{relative(path)}:{function.name}" in GUEST_ENDPOINTS
			return
		assert any(CHECK.search(name) for name, _ in calls(function)), "no permission check in its body"

	def test_says_what_it_does(self, path, function, decorator):
		assert ast.get_docstring(function)


def privileges(path):
	"""(line, what) of every ignore_permissions, raw SQL and commit in a file."""
	for node in ast.walk(tree(path)):
		if isinstance(node, ast.Call):
			for keyword in node.keywords:
				if keyword.arg == "ignore_permissions" and getattr(keyword.value, "value", True):
					yield keyword.value.lineno, "ignore_permissions"
			if dotted(node.func) in ("frappe.db.sql", "frappe.db.commit", "frappe.db.multisql"):
				yield node.lineno, dotted(node.func)
		elif isinstance(node, ast.Assign):
			for target in node.targets:
				if isinstance(target, ast.Attribute) and target.attr == "ignore_permissions":
					yield node.lineno, "ignore_permissions"


def has_reason(lines, number):
	"""Whether `# allowed: reason` stands on the line or on the one before or after it."""
	near = lines[max(0, number - 2) : number + 1]
	return any(re.search(r"#\s*allowed:\s*\S+", line) for line in near)


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_each_step_around_permissions_has_its_reason(path):
	lines = path.read_text(encoding="utf-8").splitlines()
	found = [f"line {n}: {what}" for n, what in privileges(path) if not has_reason(lines, n)]
	assert not found, "\n".join([*found, "write `# allowed: reason` beside it"])


@pytest.mark.parametrize("what", sorted(ALLOWED_FILES))
def test_sql_and_commits_stand_in_files_on_a_list(what):
	used = {relative(path) for path in app_files(".py") if what in {kind for _, kind in privileges(path)}}
	assert used == ALLOWED_FILES[what]


@pytest.mark.parametrize("folder", NEVER_AROUND)
def test_doors_do_not_step_around_permissions(folder):
	used = {
		relative(path)
		for path in app_files(".py")
		if path.relative_to(APP).parts[0] in (folder, f"{folder}.py")
		and "ignore_permissions" in {kind for _, kind in privileges(path)}
	}
	assert not used


def test_the_rules_can_fail():
	module = ast.parse("doc.insert(ignore_permissions=True)\nfrappe.db.sql('select 1')")
	found = [what for node in ast.walk(module) if isinstance(node, ast.Call) for what in [dotted(node.func)]]
	assert "frappe.db.sql" in found
	assert not has_reason(["frappe.db.commit()"], 1)
	assert has_reason(["frappe.db.commit()  # allowed: a batch is whole"], 1)
