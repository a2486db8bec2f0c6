"""No score, answer, voice count or time per agent, anywhere.

The knowledge matrix (CX Business Knowledge) is the one exception by name: it shows level and freshness, no totals.
"""

import ast
import re

import pytest
from contracts.source import MODULE, app_files, doctypes, dotted, records_of, relative, tree

EXCEPT = {"CX Business Knowledge"}
SCORED = {
	*("CX Score Rollup", "CX Survey Response", "CX Survey Answer", "CX Anonymous Response"),
	*("CX Unit Snapshot", "CX Survey Invitation"),
}
# Who answers for a voice is named in it; what must not be is a count of voices by person.
COUNTED = SCORED | {"CX Voice"}
PERSON_FIELD = re.compile(
	r"(agent|assign|technician|resolved_by|resolver|owner_user|responsible|^user$|^owner$)"
)
FIGURE = re.compile(
	r"(score|csat|nps|ces|rating|answer|voice|settled|told|response|count|total|average|mean|hours)"
)
# Somebody of the desk who pressed "Send survey" on a ticket: a fact of the ledger, not of the answer.
PERSON_FIELDS_ALLOWED = {("CX Survey Invitation", "asked_by")}


@pytest.mark.parametrize("name", sorted(SCORED & set(doctypes())))
def test_no_agent_beside_an_answer(name):
	for field in doctypes()[name]["fields"]:
		if (name, field["fieldname"]) in PERSON_FIELDS_ALLOWED:
			continue
		assert field.get("options") not in ("User", "HD Agent"), field["fieldname"]
		assert not PERSON_FIELD.search(field["fieldname"]), field["fieldname"]


def group_by(node: ast.Call) -> list[str]:
	"""The fields by which a call groups, as far as they stand in it."""
	found = []
	for keyword in node.keywords:
		if keyword.arg == "group_by":
			found += [c.value for c in ast.walk(keyword.value) if isinstance(c, ast.Constant)]
	if dotted(node.func).endswith(".groupby"):
		for argument in node.args:
			found += [a.attr for a in ast.walk(argument) if isinstance(a, ast.Attribute)]
			found += [c.value for c in ast.walk(argument) if isinstance(c, ast.Constant)]
	return [text for text in found if isinstance(text, str)]


def texts(module: ast.Module) -> set[str]:
	return {n.value for n in ast.walk(module) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_nothing_is_counted_by_person(path):
	module = tree(path)
	if not texts(module) & COUNTED:
		return
	found = [
		f"line {node.lineno}: grouped by {field}"
		for node in ast.walk(module)
		if isinstance(node, ast.Call)
		for field in group_by(node)
		if PERSON_FIELD.search(field.rpartition(".")[2].strip("`"))
	]
	assert not found, "\n".join(found)


@pytest.mark.parametrize(
	"path", [p for p in app_files(".py") if MODULE / "report" in p.parents], ids=relative
)
def test_reports_put_no_figure_beside_an_agent(path):
	columns = [
		{
			k.value: v.value
			for k, v in zip(node.keys, node.values, strict=True)
			if _constant(k) and _constant(v)
		}
		for node in ast.walk(tree(path))
		if isinstance(node, ast.Dict)
	]
	columns = [c for c in columns if "fieldname" in c]
	persons = [c["fieldname"] for c in columns if c.get("options") in ("User", "HD Agent")]
	figures = [c["fieldname"] for c in columns if FIGURE.search(c["fieldname"])]
	assert not (persons and figures), f"{persons} beside {figures}"


def _constant(node):
	return isinstance(node, ast.Constant)


def test_cards_and_charts_do_not_group_by_person():
	for kind in ("number_card", "dashboard_chart"):
		for path, doc in records_of(kind):
			if doc.get("document_type") not in EXCEPT:
				assert not PERSON_FIELD.search(doc.get("group_by_based_on") or ""), relative(path)


def test_the_rule_can_fail():
	call = ast.parse('frappe.get_all("CX Voice", group_by="owner_user")').body[0].value
	assert [f for f in group_by(call) if PERSON_FIELD.search(f)]
	call = ast.parse("q.groupby(voice.owner_user)").body[0].value
	assert [f for f in group_by(call) if PERSON_FIELD.search(f)]
