"""What a web worker loads because hooks.py names it, and what waits until somebody needs it.

Every module costs each worker a quarter of a millisecond and tens of kilobytes, used or not. `make perf ROWS=P9`
measures it; here stands which modules must not come with the others.
"""

import re

import pytest
from contracts.source import app_files, hooks, imports, module_name

OURS = re.compile(r"^cx_desk(\.[A-Za-z_]\w*)+$")
FILES = {module_name(path): path for path in app_files(".py")}

# Module -> what it is needed for. Imported inside the function that needs it.
WAITS = {
	"cx_desk.surveys.sources": "answers that survey tools post",
	"cx_desk.surveys.answering": "a person's answer",
	"cx_desk.surveys.decide": "the scheduler's decisions",
	"cx_desk.surveys.anonymous": "anonymous surveys",
	"cx_desk.surveys.imports": "a file of old ratings",
	"cx_desk.surveys.scorecard": "the survey's scorecard",
	"cx_desk.outbound.web": "talking to other machines",
	"cx_desk.demo.site": "sites made for trying",
	"cx_desk.demo.plan": "sites made for trying",
	"cx_desk.units.doctor": "cx-doctor",
	"cx_desk.immersion.effects": "the verdict on a visit",
	"cx_desk.core.effect": "the verdict on a visit",
	"cx_desk.initiatives.colours": "initiatives that run",
	"cx_desk.initiatives.moving": "initiatives that run",
	"cx_desk.initiatives.waiting": "initiatives that run",
	"cx_desk.relationship.signals": "signals on My business",
	"cx_desk.units.erasure": "erasing a person",
	"cx_desk.units.personal_copy": "a copy of a person's data",
	"cx_desk.host.templates": "drawing a page or the dialog, with Jinja",
	"cx_desk.commands": "the command line",
	"cx_desk.cli": "the command line",
	"jinja2": "drawing a page; the host loads it with its first one",
	"email.policy": "building a mail",
	"email.generator": "building a mail",
	"requests": "talking to other machines",
	"openpyxl": "spreadsheets",
}


def named_by_hooks() -> list[str]:
	found = set()

	def look(value) -> None:
		if isinstance(value, str):
			if OURS.match(value):
				found.add(value.rpartition(".")[0])
		elif isinstance(value, dict):
			for inner in value.values():
				look(inner)
		elif isinstance(value, list | tuple):
			for inner in value:
				look(inner)

	look({key: value for key, value in hooks().items() if not key.startswith("__")})
	return sorted(found)


def loaded_by(module: str, seen: dict[str, str], by: str = "hooks.py") -> None:
	"""Every module that an import of this one loads, ours and others', each with the module that imports it."""
	if module in seen:
		return
	seen[module] = by
	if module not in FILES:
		return
	for name, _line, inside in imports(FILES[module]):
		if inside:
			continue
		# `from a import b` gives a.b, and b may be a function: the longest part that is a module counts.
		parts = name.split(".")
		known = [".".join(parts[:size]) for size in range(1, len(parts) + 1)]
		for part in known:
			if parts[0] != "cx_desk" or part in FILES:
				loaded_by(part, seen, module)


@pytest.fixture(scope="module")
def loaded() -> dict[str, str]:
	seen: dict[str, str] = {}
	for module in named_by_hooks():
		loaded_by(module, seen)
	return seen


@pytest.mark.parametrize("module", sorted(WAITS))
def test_waits_until_it_is_needed(module, loaded):
	if module.startswith("cx_desk"):
		assert module in FILES, f"{module} is not there: take it off the list, or write its new name"
	assert module not in loaded, (
		f"{loaded.get(module)} imports {module}, so every web worker loads it: import it inside the function that "
		f"needs it ({WAITS[module]})"
	)


def test_what_hooks_name_is_found(loaded):
	assert {"cx_desk.permissions", "cx_desk.events.hd_ticket", "cx_desk.units.dialog"} <= set(loaded)
	assert {"frappe", "cx_desk.core.mapping"} <= set(loaded)
