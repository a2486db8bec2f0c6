"""Templates with early life support name by what it ends: those that were there before exit criteria get the shipped ones."""

import frappe
from frappe import _

from cx_desk.core.initiative_templates import EXITS, SHIPPED

TEMPLATE = "CX Initiative Template"
INITIATIVE = "CX Initiative"


def execute():
	shipped = {template.name: template.exits for template in SHIPPED}
	with_support = frappe.get_all(TEMPLATE, {"support_days": (">", 0)}, pluck="name")
	for name in with_support:
		_give(TEMPLATE, "CX Template Exit", name, shipped.get(name) or EXITS)
	for row in frappe.get_all(INITIATIVE, {"support_days": (">", 0)}, ["name", "template"]):
		_give(INITIATIVE, "CX Initiative Exit", row.name, shipped.get(row.template) or EXITS)


def _give(doctype: str, row_type: str, name: str, criteria) -> None:
	if frappe.db.exists(row_type, {"parent": name, "parenttype": doctype}):
		return
	for number, criterion in enumerate(criteria, 1):
		row = frappe.new_doc(row_type)
		row.update({"parent": name, "parenttype": doctype, "parentfield": "exits", "idx": number})
		row.criterion = _(criterion)
		row.db_insert()
