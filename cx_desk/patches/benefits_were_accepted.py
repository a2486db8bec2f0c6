"""Benefits from before their owners were asked: who was named is taken to have accepted, a result to have been signed.

Safe to repeat: only rows without the mark are touched.
"""

import frappe

BENEFIT = "CX Benefit"
RESULTS = ("Realised", "Partly", "Missed")


def execute():
	rows = frappe.get_all(
		BENEFIT,
		filters={"owner_name": ("is", "set"), "accepted_at": ("is", "not set")},
		fields=["name", "state", "creation", "modified"],
	)
	for row in rows:
		# Whoever was only named, and nothing was measured yet, is asked like everybody else.
		if row.state in ("Identified", "Owned"):
			frappe.db.set_value(BENEFIT, row.name, "state", "Identified", update_modified=False)
			continue
		values = {"accepted_at": row.creation}
		if row.state in RESULTS:
			values |= {"result": row.state, "countersigned_at": row.modified}
		frappe.db.set_value(BENEFIT, row.name, values, update_modified=False)
