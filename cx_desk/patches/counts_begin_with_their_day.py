"""Rollup rows are named after their day first, so that the rows of a day lie together."""

import frappe
from frappe.query_builder import CustomFunction


def execute() -> None:
	"""Give every row the name that `core.rollup.Key.name` gives it now; a row that has it already keeps it."""
	table = frappe.qb.DocType("CX Score Rollup")
	day = CustomFunction("DATE_FORMAT", ["day", "form"])(table.day, "%Y%m%d")
	left = CustomFunction("LEFT", ["text", "length"])
	join = CustomFunction("CONCAT", ["first", "second"])
	(
		frappe.qb.update(table)
		.set(table.name, join(day, left(table.name, 32)))
		.where(left(table.name, 8) != day)
	).run()
