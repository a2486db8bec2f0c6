"""Every fact that a job keeps in the host's table of defaults is named where the app takes itself away."""

import ast

from contracts.source import APP, app_files, calls, dotted, tree


def facts_kept() -> set[str]:
	"""The keys given to `set_global`: literals, or constants of the same file."""
	found = set()
	for path in app_files(".py"):
		constants = {
			target.id: node.value.value
			for node in tree(path).body
			if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
			for target in node.targets
			if isinstance(target, ast.Name)
		}
		for name, call in calls(tree(path)):
			if name == "frappe.db.set_global":
				key = call.args[0]
				found.add(key.value if isinstance(key, ast.Constant) else constants[dotted(key)])
	return found


def test_all_are_taken_away():
	uninstall = tree(APP / "setup" / "uninstall.py")
	(facts,) = [
		ast.literal_eval(node.value)
		for node in uninstall.body
		if isinstance(node, ast.Assign) and node.targets[0].id == "FACTS"
	]
	assert facts_kept() - {"cx_desk_made"} == set(facts)
