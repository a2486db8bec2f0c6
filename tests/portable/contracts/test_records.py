"""Every shipped record (doctype, report, workspace, fixture ...) is well formed and as the project decided."""

import ast
import json
import re
from datetime import datetime

import pytest
from contracts.source import APP, MODULE, ROOT, app_files, doctypes, record, records_of, relative, tree

DOCTYPES = doctypes()
TOP_LEVEL = [d for d in DOCTYPES.values() if not d.get("istable") and not d.get("issingle")]
STANDARD_FIELDS = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}
LAYOUT = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold"}
STATE_FIELDS = {"status", "state", "stage"}
TRACKED = {"CX Settings", "CX Survey", "CX Survey Trigger", "CX Voice", "CX Liaison Assignment"}
UNTRACKED = {
	"CX Survey Invitation",
	"CX Survey Response",
	"CX Score Rollup",
	"CX Anonymous Response",
	"CX Anonymous Code",
}


def by_name(doc):
	return doc["name"]


def scrub(name):
	return name.replace(" ", "_").replace("-", "_").lower()


def fields(doc, *fieldtypes):
	return [f for f in doc["fields"] if not fieldtypes or f["fieldtype"] in fieldtypes]


def names(doc):
	return {f["fieldname"] for f in doc["fields"]}


@pytest.mark.parametrize(
	"path", app_files(".json") + sorted((ROOT / "fixtures").glob("*.json")), ids=relative
)
def test_json_is_readable(path):
	content = record(path)
	assert content, "empty"
	for doc in content if isinstance(content, list) else [content]:
		if "modified" in doc:
			datetime.strptime(doc["modified"], "%Y-%m-%d %H:%M:%S.%f")


@pytest.mark.parametrize("doc", DOCTYPES.values(), ids=by_name)
class TestDoctype:
	def test_stands_where_frappe_looks_for_it(self, doc):
		folder = MODULE / "doctype" / scrub(doc["name"])
		assert doc["module"] == "CX Desk"
		assert doc["name"].startswith("CX ")
		assert (folder / f"{scrub(doc['name'])}.json").is_file()
		assert (folder / "__init__.py").is_file()
		controller = folder / f"{scrub(doc['name'])}.py"
		assert f"class {doc['name'].replace(' ', '')}(" in controller.read_text(encoding="utf-8")

	def test_fields_are_consistent(self, doc):
		all_names = [f["fieldname"] for f in doc["fields"]]
		assert len(all_names) == len(set(all_names))
		assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in all_names)
		assert "assigned_to" not in all_names, "the host's assignment writes a field of this name"
		if "field_order" in doc:
			assert doc["field_order"] == all_names
		for field in doc["fields"]:
			assert field["fieldtype"] in LAYOUT or field.get("label"), field["fieldname"]

	def test_links_lead_somewhere(self, doc):
		for field in fields(doc, "Link", "Table", "Table MultiSelect"):
			assert field.get("options"), f"{field['fieldname']} has no target"
			if field["options"].startswith("CX "):
				assert field["options"] in DOCTYPES, f"{field['fieldname']}: {field['options']} is not there"
		for field in fields(doc, "Table", "Table MultiSelect"):
			assert DOCTYPES[field["options"]].get("istable"), field["fieldname"]

	def test_selects_have_a_valid_default(self, doc):
		for field in fields(doc, "Select"):
			options = (field.get("options") or "").split("\n")
			assert len(options) == len(set(options)), field["fieldname"]
			assert field.get("default") in (None, *options), field["fieldname"]

	def test_moved_by_one_function_only(self, doc):
		for field in fields(doc, "Select"):
			if field["fieldname"] in STATE_FIELDS:
				assert field.get("no_copy"), f"{field['fieldname']} would be copied"
				assert field.get("read_only"), f"{field['fieldname']} could be typed"

	def test_does_not_share_the_tickets_counter(self, doc):
		assert not re.match(r"^\.?#+\.?$", doc.get("autoname") or ""), "prefixless series is the ticket's own"

	def test_deleting_a_ticket_is_not_blocked(self, doc):
		from contracts.source import hooks

		targets = {f["options"] for f in fields(doc, "Link")}
		if targets & {"HD Ticket", "Contact", "HD Customer", "HD Team"}:
			assert doc["name"] in hooks()["ignore_links_on_delete"]

	def test_units_in_child_rows_do_not_narrow_the_form(self, doc):
		if doc.get("istable"):
			for field in fields(doc, "Link"):
				if field["options"] == "CX Business Unit":
					assert field.get("ignore_user_permissions"), field["fieldname"]

	def test_portal_people_have_no_permission(self, doc):
		roles = {p["role"] for p in doc.get("permissions", [])}
		assert not roles & {"All", "Guest", "Customer", "HD Customer", "HD Customer Manager"}
		assert roles or doc.get("istable")


@pytest.mark.parametrize("doc", TOP_LEVEL, ids=by_name)
class TestTopLevelDoctype:
	def test_list_shows_and_filters(self, doc):
		assert any(f.get("in_list_view") for f in doc["fields"])
		assert any(f.get("in_standard_filter") for f in doc["fields"])

	def test_is_found_by_title_and_search(self, doc):
		assert doc.get("title_field") in names(doc)
		assert doc.get("search_fields")
		assert {part.strip() for part in doc["search_fields"].split(",")} <= names(doc) | STANDARD_FIELDS

	def test_has_an_order(self, doc):
		assert {part.split()[0].strip("`") for part in doc["sort_field"].split(",")} <= names(
			doc
		) | STANDARD_FIELDS
		assert doc.get("sort_order") in ("ASC", "DESC")


@pytest.mark.parametrize("name", sorted(TRACKED))
def test_changes_are_tracked(name):
	assert DOCTYPES[name].get("track_changes")


@pytest.mark.parametrize("name", sorted(UNTRACKED))
def test_masses_are_not_tracked(name):
	assert not DOCTYPES[name].get("track_changes")


def test_every_setting_is_explained():
	unexplained = [
		f["fieldname"]
		for f in DOCTYPES["CX Settings"]["fields"]
		if f["fieldtype"] not in LAYOUT and not f.get("description")
	]
	assert not unexplained


@pytest.mark.parametrize(("path", "doc"), records_of("report"), ids=lambda v: getattr(v, "stem", ""))
def test_report(path, doc):
	assert doc["doctype"] == "Report"
	assert doc["module"] == "CX Desk"
	assert doc["is_standard"] == "Yes"
	assert doc["ref_doctype"] in DOCTYPES or doc["ref_doctype"].startswith("HD ")
	assert doc.get("roles"), "a report without roles is open to whoever reads its doctype"
	assert path.stem == scrub(doc["name"])
	if doc["report_type"] == "Script Report":
		assert "def execute(" in path.with_suffix(".py").read_text(encoding="utf-8")
		assert (path.parent / "__init__.py").is_file()


@pytest.mark.parametrize(("path", "doc"), records_of("workspace"), ids=lambda v: getattr(v, "stem", ""))
def test_workspace(path, doc):
	assert doc["public"] == 1
	assert doc["module"] == "CX Desk"
	assert " " not in doc["name"], "Frappe 15 finds only one-word workspaces from the app tile"
	blocks = json.loads(doc["content"])
	cards = {row["number_card_name"] for row in doc.get("number_cards", [])}
	shipped = {card["name"] for _, card in records_of("number_card")}
	assert cards <= shipped, cards - shipped
	assert {b["data"]["number_card_name"] for b in blocks if b["type"] == "number_card"} <= cards | {
		row["label"] for row in doc.get("number_cards", [])
	}
	for row in doc.get("links", []) + doc.get("shortcuts", []):
		target = row.get("link_to") or ""
		if row.get("link_type", row.get("type")) == "DocType" and target.startswith("CX "):
			assert target in DOCTYPES, target


@pytest.mark.parametrize("kind", ["number_card", "page", "print_format", "notification", "web_form"])
def test_standard_records_carry_the_module(kind):
	for path, doc in records_of(kind):
		assert doc.get("module") == "CX Desk", relative(path)
		assert doc.get("is_standard", doc.get("standard", 1)) in (1, "Yes"), relative(path)


def test_charts_that_depend_on_the_reader_run_a_report():
	for path, doc in records_of("dashboard_chart"):
		assert doc["chart_type"] == "Report", f"{relative(path)}: other kinds share one cache for all users"


def test_fixtures_hold_roles_only():
	for path in (ROOT / "fixtures").glob("*.json"):
		assert {doc["doctype"] for doc in record(path)} == {"Role"}, path.name


def test_links_of_the_layout():
	assert (APP / "doctype").is_symlink()
	assert (APP / "doctype").resolve() == MODULE / "doctype"
	assert (APP / "fixtures").is_symlink()
	assert (APP / "fixtures").resolve() == ROOT / "fixtures"


def custom_fields() -> list[dict[str, str]]:
	"""Every literal field in host/fields.py: constant values by key, names by the name of the constant."""
	found = []
	for node in ast.walk(tree(APP / "host" / "fields.py")):
		if isinstance(node, ast.Dict):
			keys = [getattr(key, "value", None) for key in node.keys]
			if "fieldname" in keys and "fieldtype" in keys:
				values = [getattr(value, "value", getattr(value, "id", None)) for value in node.values]
				found.append(dict(zip(keys, values, strict=True)))
	return found


def test_custom_fields_carry_the_module():
	# Frappe sweeps fields with a module away with the app; others stay behind in the host's forms.
	for field in custom_fields():
		assert field.get("module") in ("MODULE", "CX Desk"), field["fieldname"]
		assert field["fieldname"].startswith("cx_")


def test_the_ticket_gets_three_columns_and_one_link():
	# Portal people receive every column of their tickets, and each filled link costs a check on every save.
	fields = {field["fieldname"]: field for field in custom_fields()}
	assert set(fields) == {"cx_business_unit", "cx_unit_rule", "cx_resolution_no"}
	assert [name for name, field in fields.items() if field["fieldtype"] == "Link"] == ["cx_business_unit"]
	assert fields["cx_business_unit"].get("ignore_user_permissions")
	assert fields["cx_resolution_no"].get("read_only")
