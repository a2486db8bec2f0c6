"""The Kanban Board of initiatives: not a record that Frappe syncs, so it is made in code and never overwritten."""

import json

import frappe

BOARD = "Initiatives by stage"
COLUMNS = {
	"Draft": "Gray",
	"Submitted": "Orange",
	"Triage": "Orange",
	"Assessing": "Blue",
	"Approved": "Blue",
	"In delivery": "Blue",
	"Transition": "Purple",
	"Early life": "Yellow",
	"Handed over": "Green",
	"Benefits": "Green",
	"On hold": "Gray",
	"Deferred": "Gray",
	"Declined": "Gray",
	"Withdrawn": "Gray",
	"Closed": "Gray",
}
ARCHIVED = ("Declined", "Withdrawn", "Closed")


def make() -> None:
	"""Make the board unless one of its name is there. A card that is dragged is judged like the button."""
	if frappe.db.exists("Kanban Board", BOARD):
		return
	board = frappe.new_doc("Kanban Board")
	board.update(
		{
			"kanban_board_name": BOARD,
			"reference_doctype": "CX Initiative",
			"field_name": "stage",
			"private": 0,
			"show_labels": 1,
			"fields": json.dumps(["unit", "lead", "golive_date"]),
			"filters": "[]",
		}
	)
	for stage, color in COLUMNS.items():
		status = "Archived" if stage in ARCHIVED else "Active"
		board.append("columns", {"column_name": stage, "status": status, "indicator": color})
	board.insert(ignore_permissions=True)  # allowed: install


def remove() -> None:
	"""Take the board away when the app goes."""
	frappe.db.delete("Kanban Board Column", {"parent": BOARD})
	frappe.db.delete("Kanban Board", {"name": BOARD})
