"""Every dotted path and every file that hooks.py, patches.txt and shipped records name is there."""

import re

import pytest
from contracts.source import APP, ROOT, hooks, records_of, relative, resolve

OURS = re.compile(r"^cx_desk(\.[A-Za-z_]\w*)+$")
SETTINGS = {key: value for key, value in hooks().items() if not key.startswith("__")}


def strings(value):
	if isinstance(value, str):
		yield value
	elif isinstance(value, dict):
		for key, inner in value.items():
			yield from strings(key)
			yield from strings(inner)
	elif isinstance(value, list | tuple | set):
		for inner in value:
			yield from strings(inner)


PATHS = sorted({text for text in strings(SETTINGS) if OURS.match(text)})


@pytest.mark.parametrize("path", PATHS)
def test_hook_resolves(path):
	assert resolve(path)


def test_resolving_can_fail():
	assert not resolve("cx_desk.tasks.no_such_job")
	assert not resolve("cx_desk.no_such_module.function")


def test_patches():
	text = (APP / "patches.txt").read_text(encoding="utf-8")
	sections = re.findall(r"^\[(\w+)\]$", text, re.M)
	assert sections == ["pre_model_sync", "post_model_sync"], "Frappe wants both once one is used"
	for line in text.splitlines():
		line = line.split("#")[0].strip()
		if line and not line.startswith("["):
			assert line.startswith("execute:") or resolve(f"{line}.execute"), line


def test_routes_lead_to_pages():
	for rule in SETTINGS.get("website_route_rules", []):
		page = APP / "www" / rule["to_route"]
		assert page.with_suffix(".html").is_file() or page.with_suffix(".py").is_file(), rule


def test_scripts_of_forms_are_there():
	for hook in ("doctype_js", "doctype_list_js", "doctype_tree_js", "doctype_calendar_js"):
		for path in strings(list(SETTINGS.get(hook, {}).values())):
			assert (APP / path).is_file(), path


def test_assets_named_in_hooks_are_there():
	for text in strings(SETTINGS):
		if text.startswith("/assets/cx_desk/"):
			assert (APP / "public" / text.removeprefix("/assets/cx_desk/")).is_file(), text


def test_methods_named_in_records_resolve():
	for kind in ("number_card", "dashboard_chart_source", "notification"):
		for path, doc in records_of(kind):
			if doc.get("method"):
				assert resolve(doc["method"]), relative(path)


def test_never_on_everything_and_no_host_class_replaced():
	assert "*" not in SETTINGS.get("doc_events", {})
	assert not SETTINGS.get("override_doctype_class")
	assert "HD Ticket" not in SETTINGS.get("permission_query_conditions", {})
	assert "HD Ticket" not in SETTINGS.get("has_permission", {})


def test_names_of_jobs_are_ours_alone():
	# Frappe 15 names a Scheduled Job Type by the last two parts of its path and deletes a namesake of another app.
	for path in strings(list(SETTINGS["scheduler_events"].values())):
		if OURS.match(path):
			assert path.rpartition(".")[2].startswith("cx_"), path


def test_required_apps_is_one_line():
	lines = [ln for ln in (APP / "hooks.py").read_text().splitlines() if ln.startswith("required_apps")]
	assert lines == ['required_apps = ["frappe/helpdesk"]'], "bench reads this line with grep"


def test_every_package_is_one():
	for path in sorted(APP.rglob("*.py")):
		if any(part in ("doctype", "fixtures") for part in path.relative_to(APP).parts[:1]):
			continue
		folder = path.parent
		if "public" not in path.parts and "templates" not in path.parts and "www" not in path.parts:
			assert (folder / "__init__.py").is_file(), folder.relative_to(ROOT)
