"""The versions that cx-doctor accepts are those that pyproject.toml declares."""

import ast
import re

from contracts.source import APP


def declared():
	"""App -> (from, below) of tool.bench.frappe-dependencies, as tuples of numbers."""
	text = (APP.parent / "pyproject.toml").read_text(encoding="utf-8")
	section = text.split("[tool.bench.frappe-dependencies]")[1].split("\n[")[0]
	found = {}
	for app, low, below in re.findall(r'^(\w+) = ">=([\d.]+),<([\d.]+)"', section, re.MULTILINE):
		found[app] = (_numbers(low), _strip(_numbers(below)))
	return found


def _numbers(version):
	return tuple(int(part) for part in version.split("."))


def _strip(numbers):
	while numbers and numbers[-1] == 0:
		numbers = numbers[:-1]
	return numbers


def test_doctor_accepts_what_is_declared():
	module = ast.parse((APP / "host" / "health.py").read_text(encoding="utf-8"))
	supported = next(
		ast.literal_eval(node.value)
		for node in module.body
		if isinstance(node, ast.Assign) and node.targets[0].id == "SUPPORTED"
	)
	assert supported == declared()
	assert set(supported) == {"frappe", "helpdesk"}
