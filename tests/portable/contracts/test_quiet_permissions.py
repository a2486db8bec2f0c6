"""Asking whether somebody may do a thing must not lay a dialog over their screen: a document's own method does."""

import ast

from contracts.source import app_files, relative, tree

# Where a refusal follows at once, the host's words about it may stand.
REFUSING = {"cx_desk/api/host_doors.py"}


def test_questions_about_a_document_go_through_frappe_has_permission():
	"""`doc.has_permission` prints why not to the reader; `frappe.has_permission` says it to the code alone."""
	found = {
		f"{relative(path)}:{node.lineno}"
		for path in app_files(".py")
		if relative(path) not in REFUSING
		for node in ast.walk(tree(path))
		if isinstance(node, ast.Call)
		and isinstance(node.func, ast.Attribute)
		and node.func.attr == "has_permission"
		and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "frappe")
	}
	assert not found
