"""The Kanban Board of voices: not a record that Frappe syncs, so it is made in code and never overwritten."""

import json

import frappe

from cx_desk.units.monday_mail import LAST_WEEK_KEY

BOARD = "Voices by state"
COLUMNS = {
	"Heard": "Orange",
	"Contested": "Red",
	"Owned": "Blue",
	"Done": "Purple",
	"Declined": "Gray",
	"Told": "Yellow",
	"Settled": "Green",
}


def make() -> None:
	"""Make the board unless one of its name is there."""
	if frappe.db.exists("Kanban Board", BOARD):
		return
	board = frappe.new_doc("Kanban Board")
	board.update(
		{
			"kanban_board_name": BOARD,
			"reference_doctype": "CX Voice",
			"field_name": "state",
			"private": 0,
			"show_labels": 1,
			"fields": json.dumps(["kind", "unit", "due_at"]),
			"filters": "[]",
		}
	)
	for state, color in COLUMNS.items():
		board.append("columns", {"column_name": state, "status": "Active", "indicator": color})
	board.insert(ignore_permissions=True)  # allowed: install


def remove() -> None:
	"""Take the board away when the app goes, and the note of the last Monday mail."""
	frappe.db.delete("DefaultValue", {"defkey": LAST_WEEK_KEY})
	frappe.db.delete("Kanban Board Column", {"parent": BOARD})
	frappe.db.delete("Kanban Board", {"name": BOARD})
