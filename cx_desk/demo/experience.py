"""Experience targets of the demo company: agreed with parts of the business, some met, some not.

Made once, after the answers; `remove` takes them away again.
"""

import frappe
from frappe.utils import add_months, getdate

from cx_desk.demo import memory
from cx_desk.surveys import shipped, targets

DOCTYPE = targets.DOCTYPE
# Name, metric, target, baseline; given to the whole business and to the units with most answers, by turns.
AGREED = (
	("Four of five are satisfied with how it went", targets.SCORE, 80, 74),
	("Seven of ten are satisfied", targets.SCORE, 70, 66),
	("At most one in ten low answers under a met agreement", targets.WATERMELON, 10, 16),
	("One in four answers", targets.RESPONSE, 25, 18),
)


def make() -> int:
	"""The targets; how many. Does nothing where they are there, or where nobody answered."""
	survey = shipped.TICKET_SURVEY
	if memory.remembered(DOCTYPE) or not frappe.db.exists("CX Survey", survey):
		return 0
	units = ["", *_answered_most(survey)]
	if len(units) < 2:
		return 0
	made = []
	for number, (name, metric, target, baseline) in enumerate(AGREED):
		doc = frappe.get_doc(
			{
				"doctype": DOCTYPE,
				"target_name": name,
				"survey": survey,
				"metric": metric,
				"unit": units[number % len(units)],
				"target": target,
				"baseline": baseline,
				"period": "365 days",
				"review_date": add_months(getdate(), 6),
			}
		)
		doc.insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
		made.append(doc.name)
	memory.remember(DOCTYPE, made)
	return len(made)


def _answered_most(survey: str) -> list[str]:
	rows = frappe.get_all(
		"CX Survey Response",
		filters={"survey": survey, "unit": ["is", "set"]},
		fields=["unit", "count(name) as n"],
		group_by="unit",
		order_by="n desc, unit asc",
		limit=3,
	)
	return [row.unit for row in rows]


def remove() -> int:
	"""Take the targets away; how many."""
	names = memory.remembered(DOCTYPE)
	for name in names:
		if frappe.db.exists(DOCTYPE, name):
			frappe.delete_doc(DOCTYPE, name, ignore_permissions=True, force=True)  # allowed: the demo's own
	frappe.db.delete("Version", {"ref_doctype": DOCTYPE, "docname": ["in", names or [""]]})
	frappe.db.delete("Deleted Document", {"deleted_doctype": DOCTYPE, "deleted_name": ["in", names or [""]]})
	memory.forget(DOCTYPE)
	return len(names)
