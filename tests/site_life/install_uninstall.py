"""The life of an installation: nothing of the host changes that an uninstall does not put back.

Run on a throw-away site with Frappe and Helpdesk and without CX Desk, in the bench's sites folder:

    ../env/bin/python <checkout>/tests/site_life/install_uninstall.py SITE

or `main(site)` from a runner that stands there. Refuses a site that does not allow tests or has CX Desk
already. Ends with a list of differences and exit code 1, or with 'as before' and 0.
"""

import hashlib
import json
import re
import subprocess
import sys
from contextlib import contextmanager

import frappe

APP = "cx_desk"

# Rows that any install of any app leaves or renews, and logs.
NOT_COMPARED = {
	"tabAccess Log",
	"tabActivity Log",
	"tabDeleted Document",
	"tabError Log",
	"tabInstalled Application",
	"tabPatch Log",
	"tabRoute History",
	"tabScheduled Job Log",
	"tabSessions",
	"tabVersion",
	"__global_search",
	"__UserSettings",
}
# Stamps that a sync of the host's own records renews.
NOT_COMPARED_COLUMNS = {"modified", "modified_by", "last_execution", "creation", "migration_hash", "idx"}
# The host's own bookkeeping of an install or a migrate, which it does for any app.
HOST_WRITES = re.compile(
	r"tabDefaultValue: .*installed_apps|tabSingles: row (Installed Applications|System Settings)\."
	r"|tabDefaultValue: row \w+ is gone$"
)

OURS = re.compile(
	r"\bCX (Business|Unit|Liaison|Voice|Driver|Survey|Contact|Score|Settings|Hold|Team|Trigger|Desk|Manager)|cx_desk|\bcx_\w+"
)


def main(site: str) -> int:
	"""Run the whole life on one site; returns the number of differences, each printed."""
	with opened(site):
		if not frappe.conf.allow_tests:
			raise SystemExit(f"{site} does not allow tests: refused")
		if APP in frappe.get_installed_apps():
			raise SystemExit(f"{site} has {APP} installed already: give a bare Helpdesk site")
		prepare_host()
	with opened(site):
		before = snapshot()

	differences: list[str] = []
	for cycle in ("unused", "used"):
		bench(site, "install-app", APP)
		with opened(site):
			differences += [f"{cycle}: {what}" for what in check_installed()]
			if cycle == "used":
				use()
		bench(site, "migrate", "--skip-search-index")
		with opened(site):
			differences += [f"{cycle}, after migrate: {what}" for what in check_installed(cycle)]
		bench(site, "uninstall-app", APP, "--yes", "--no-backup")
		with opened(site):
			after = snapshot()
			if cycle == "unused":
				differences += [f"{cycle}: {what}" for what in compare(before, after)]
			else:
				differences += [f"{cycle}: {what}" for what in compare_schema(before, after)]
			differences += [f"{cycle}: {what}" for what in traces()]
			differences += [f"{cycle}: {what}" for what in host_works()]
	for line in differences:
		print("DIFFERENT", line)
	print("as before" if not differences else f"{len(differences)} differences")
	return len(differences)


@contextmanager
def opened(site: str):
	frappe.init(site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		yield
		frappe.db.commit()
	finally:
		frappe.destroy()


def bench(site: str, *command: str) -> None:
	"""Run a bench command as the command line would, in a process of its own."""
	done = subprocess.run(
		[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, *command],
		capture_output=True,
		text=True,
		check=False,
	)
	if done.returncode:
		raise SystemExit(f"bench {' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def prepare_host() -> None:
	"""What a desk has before CX Desk comes: an agent, a person, a ticket, a row in the Default template."""
	from helpdesk.test_utils import create_agent, make_ticket

	if not frappe.db.exists("HD Agent", "life@desk.example"):
		create_agent("life@desk.example")
	template = frappe.get_doc("HD Ticket Template", "Default")
	if not any(row.fieldname == "summary" for row in template.fields):
		template.append("fields", {"fieldname": "summary"})
		template.save()
	make_ticket(subject="Before", raised_by="person@firm.example", description="Here before")


def check_installed(cycle: str = "") -> list[str]:
	"""What must be there once installed."""
	wrong = []
	columns = set(frappe.db.get_table_columns("HD Ticket"))
	for column in ("cx_business_unit", "cx_unit_rule", "cx_resolution_no"):
		if column not in columns:
			wrong.append(f"HD Ticket has no {column}")
	if not frappe.db.exists("CX Business Unit", {"is_unassigned": 1}):
		wrong.append("no unit for tickets without one")
	if not frappe.db.exists("HD Form Script", {"name": "CX Desk"}):
		wrong.append("no form script")
	if cycle == "used":
		if frappe.db.get_value("HD Form Script", "CX Desk", "enabled"):
			wrong.append("the form script that an admin disabled is enabled again")
		if frappe.db.exists("CX Driver", "Effort"):
			wrong.append("a deleted driver came back")
		if frappe.db.get_value("Custom Field", "HD Ticket-cx_business_unit", "label") != "Branch":
			wrong.append("an admin's label was overwritten")
	else:
		rows = frappe.get_all("HD Ticket Template Field", {"parent": "Default"}, pluck="fieldname")
		if not {"cx_business_unit", "cx_unit_rule"} <= set(rows):
			wrong.append(f"rows of the Default template: {rows}")
	return wrong


def use() -> None:
	"""A day with the app: records of every kind that leave something in the host's tables."""
	from helpdesk.test_utils import make_ticket

	root = frappe.db.get_value("CX Business Unit", {"is_group": 1}, "name")
	unit = frappe.get_doc(
		{"doctype": "CX Business Unit", "unit_name": "Life unit", "parent_cx_business_unit": root}
	).insert()
	frappe.get_doc(
		{"doctype": "CX Unit Mapping", "kind": "Domain", "value": "firm.example", "unit": unit.name}
	).insert()
	frappe.get_doc(
		{
			"doctype": "CX Liaison Assignment",
			"unit": unit.name,
			"user": "life@desk.example",
			"from_date": "2020-01-01",
		}
	).insert()
	ticket = make_ticket(subject="During", raised_by="person@firm.example", description="With it")
	assert ticket.cx_business_unit == unit.name, ticket.cx_business_unit
	ticket.reload()
	ticket.status = "Resolved"
	ticket.save()
	voice = frappe.get_doc(
		{
			"doctype": "CX Voice",
			"kind": "Said",
			"statement": "Heard in the life test",
			"unit": unit.name,
			"ticket": ticket.name,
		}
	).insert()
	voice.add_comment("Comment", "a comment")
	voice.add_tag("life")
	frappe.get_doc("CX Driver", "Effort").delete()
	unit.tier = "Named"
	unit.save(ignore_version=False)
	frappe.share.add("CX Voice", voice.name, "life@desk.example")
	frappe.db.set_value("HD Form Script", "CX Desk", "enabled", 0)
	frappe.db.set_value("Custom Field", "HD Ticket-cx_business_unit", "label", "Branch")
	frappe.get_doc(
		{
			"doctype": "Property Setter",
			"doctype_or_field": "DocField",
			"doc_type": "HD Ticket",
			"field_name": "cx_business_unit",
			"property": "in_list_view",
			"property_type": "Check",
			"value": "1",
		}
	).insert()


def snapshot() -> dict:
	"""Every table of the site: its definition, and a digest of each row."""
	tables = {}
	for (table,) in frappe.db.sql("show tables"):
		definition = frappe.db.sql(f"show create table `{table}`")[0][1]
		definition = re.sub(r" AUTO_INCREMENT=\d+", "", definition)
		rows = {}
		if table not in NOT_COMPARED:
			for row in frappe.db.sql(f"select * from `{table}`", as_dict=True):
				text = json.dumps(
					{key: str(value) for key, value in row.items() if key not in NOT_COMPARED_COLUMNS},
					sort_keys=True,
				)
				key = (
					row.get("name")
					or f"{row.get('doctype')}.{row.get('field')}.{hashlib.sha256(text.encode()).hexdigest()}"
				)
				rows[str(key)] = text
		tables[table] = {
			"definition": sorted(line.strip(" ,") for line in definition.splitlines()),
			"rows": rows,
		}
	return tables


def compare_schema(before: dict, after: dict) -> list[str]:
	found = [f"table {table} is gone" for table in before.keys() - after.keys()]
	found += [f"table {table} is left" for table in after.keys() - before.keys()]
	for table in sorted(before.keys() & after.keys()):
		old, new = before[table]["definition"], after[table]["definition"]
		if old != new:
			found.append(
				f"{table}: {[line for line in new if line not in old]} instead of {[line for line in old if line not in new]}"
			)
	return found


def compare(before: dict, after: dict) -> list[str]:
	found = compare_schema(before, after)
	for table in sorted(before.keys() & after.keys()):
		old, new = before[table]["rows"], after[table]["rows"]
		found += [f"{table}: row {name} is gone" for name in sorted(old.keys() - new.keys())]
		found += [
			f"{table}: row {name} is left: {new[name][:160]}" for name in sorted(new.keys() - old.keys())
		]
		for name in sorted(old.keys() & new.keys()):
			if old[name] != new[name]:
				was, now = json.loads(old[name]), json.loads(new[name])
				changed = {key: (was.get(key), now.get(key)) for key in now if was.get(key) != now.get(key)}
				found.append(f"{table}: row {name} changed: {str(changed)[:300]}")
	return [line for line in found if not HOST_WRITES.search(line)]


def traces() -> list[str]:
	"""Rows of the host that still speak of our doctypes, roles, fields or modules."""
	found = []
	for table, content in sorted(snapshot().items()):
		for name, text in content["rows"].items():
			if hit := OURS.search(text):
				found.append(f"{table}: row {name} still holds {hit.group(0)!r}")
	return found


def host_works() -> list[str]:
	"""The host's ticket, template and views as without us."""
	from helpdesk.test_utils import make_ticket

	ticket = make_ticket(subject="After", raised_by="person@firm.example", description="Without it")
	ticket.reload()
	ticket.status = "Resolved"
	ticket.save()
	frappe.get_doc("HD Ticket Template", "Default").save()
	ticket.delete()
	return []


if __name__ == "__main__":
	if len(sys.argv) != 2:
		raise SystemExit(__doc__)
	sys.exit(1 if main(sys.argv[1]) else 0)
