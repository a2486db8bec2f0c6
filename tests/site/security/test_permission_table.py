"""Every cell of docs/reference/permissions.md through form, list, report, print, export, link search and API.

For each doctype there is one row in a unit of the liaison and one in a foreign unit. A door that raises
PermissionError is closed; any other complaint (a mandatory field, a state that is not moved by hand) comes
after the permission and counts as open.
"""

import re
import unittest
from pathlib import Path

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.surveys.shipped import TICKET_SURVEY

TABLE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "permissions.md"
ROLES = ("CX Manager", "CX Liaison", "Agent", "System Manager")
LETTERS = {
	"R": "read",
	"W": "write",
	"C": "create",
	"D": "delete",
	"L": "report",
	"P": "print",
	"E": "export",
	"I": "import",
	"S": "select",
}
MINE, FOREIGN = kit.RETAIL, kit.CLAIMS


def read_table():
	"""Doctype -> {"read": scope, "change": scope, role: letters} as the page says."""
	found = {}
	for line in TABLE.read_text().splitlines():
		cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
		if len(cells) == 7 and cells[0].startswith("CX "):
			letters = dict(zip(ROLES, (cell.replace("–", "") for cell in cells[3:]), strict=True))
			found[cells[0]] = {"read": cells[1], "change": cells[2], **letters}
	return found


def closed(door, *args, **kwargs):
	"""Whether a door answers with PermissionError; everything it wrote is taken back."""
	frappe.db.savepoint("door")
	frappe.local.message_log = []
	try:
		door(*args, **kwargs)
	except frappe.PermissionError:
		return True
	except Exception:
		return False
	finally:
		frappe.db.rollback(save_point="door")
		frappe.local.response.pop("docs", None)
	return False


class TestPermissionTable(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.users = {
			"CX Manager": kit.make_user("table.manager@desk.example", "CX Manager"),
			"CX Liaison": kit.make_user("table.liaison@desk.example", "CX Liaison"),
			"Agent": kit.make_user("table.agent@desk.example", "Agent"),
			"Agent Manager": kit.make_user("table.agents@desk.example", "Agent Manager"),
			"System Manager": kit.make_user("table.system@desk.example", "System Manager"),
			"portal": kit.make_user("table.portal@firm.example", user_type="Website User"),
		}
		kit.assign(kit.SOUTH, cls.users["CX Liaison"])
		cls.table = read_table()
		cls.rows = {
			doctype: cls.make_rows(doctype) for doctype in cls.table if frappe.db.exists("DocType", doctype)
		}

	def setUp(self):
		self.addCleanup(frappe.set_user, "Administrator")

	@classmethod
	def make_rows(cls, doctype):
		"""Names of a row in the liaison's unit and one in a foreign unit."""
		meta = frappe.get_meta(doctype)
		if meta.issingle:
			return {MINE: doctype}
		if doctype == "CX Business Unit":
			return {MINE: MINE, FOREIGN: FOREIGN}
		made = {}
		for unit in (MINE, FOREIGN):
			doc = frappe.new_doc(doctype)
			doc.name = f"table {doctype} {unit}"
			for field in meta.fields:
				if field.fieldtype == "Link" and field.options == "CX Business Unit":
					doc.set(field.fieldname, unit)
				elif field.fieldname == "enabled":
					doc.enabled = 1  # the link search leaves out what is not
				elif field.unique or field.fieldname == meta.title_field:
					doc.set(field.fieldname, f"{field.fieldname} {unit}")
			if doctype == "CX Contact Preference":
				doc.contact = kit.make_contact(f"table.{frappe.scrub(unit)}@firm.example").name
				ticket = kit.make_ticket(f"table.{frappe.scrub(unit)}@firm.example")
				frappe.db.set_value(
					"HD Ticket", ticket.name, {"cx_business_unit": unit, "contact": doc.contact}
				)
			if doctype == "CX Unit Mapping":
				doc.kind = "Person"
			if doctype in ("CX Score Rollup", "CX Unit Snapshot", "CX Experience Target"):
				doc.survey = TICKET_SURVEY  # counts follow their survey's privacy
			doc.owner = doc.modified_by = "Administrator"
			doc.creation = doc.modified = frappe.utils.now()
			doc.db_insert()
			made[unit] = doc.name
		return made

	def walk(self):
		for doctype, expected in self.table.items():
			if doctype not in self.rows:
				continue
			for role, user in self.users.items():
				letters = expected.get("Agent" if role == "Agent Manager" else role, "")
				yield doctype, role, user, letters, expected

	def reaches(self, role, unit, scope):
		if role in ("CX Manager", "System Manager"):
			return True
		return scope == "all" or (scope.endswith("units") and role == "CX Liaison" and unit == MINE)

	def test_every_doctype_stands_in_the_table(self):
		there = set(frappe.get_all("DocType", {"module": "CX Desk", "istable": 0}, pluck="name"))
		self.assertFalse(there - set(self.table), "add a row to docs/reference/permissions.md")
		self.assertFalse(set(self.table) - there, "the table names a doctype that is not there")

	def test_children_of_scoped_rows_carry_a_condition(self):
		"""The host asks of a child only whether its parent's doctype may be read."""
		hooks = frappe.get_hooks("permission_query_conditions")
		bare = []
		for doctype, expected in self.table.items():
			if expected["read"] != "units" or doctype not in self.rows:
				continue
			bare += [f.options for f in frappe.get_meta(doctype).get_table_fields() if f.options not in hooks]
		self.assertFalse(bare, "see CHILDREN in cx_desk/permissions.py")

	def test_a_row_is_judged_as_it_is_stored(self):
		"""Saving and printing send the whole document: one's own unit or name written into it opens nothing."""
		liaison = self.users["CX Liaison"]
		opened = []
		for doctype, expected in self.table.items():
			foreign = self.rows.get(doctype, {}).get(FOREIGN)
			if not foreign or expected["read"] != "units":
				continue
			frappe.set_user("Administrator")
			doc = frappe.get_doc(doctype, foreign)
			for field in doc.meta.fields:
				if field.fieldtype == "Link" and field.options == "CX Business Unit":
					doc.set(field.fieldname, MINE)
				elif field.fieldtype == "Link" and field.options == "User":
					doc.set(field.fieldname, liaison)
			doc.owner = liaison
			doc.set("privacy", "Named")
			doc.set("units", [{"unit": MINE}])
			frappe.set_user(liaison)
			for mark in (None, 1):
				doc.set("__islocal", mark)
				opened += [
					f"{doctype}: {ptype}" for ptype in ("read", "write", "print") if doc.has_permission(ptype)
				]
		self.assertFalse(opened)

	def test_permission_letters(self):
		"""What the host itself answers for each letter and row."""
		wrong = []
		for doctype, role, user, letters, expected in self.walk():
			frappe.set_user(user)
			for letter, ptype in LETTERS.items():
				if letter == "S":
					continue  # choosing needs read or select; the link search itself is tried below
				if letter in "EIL":
					has = bool(frappe.has_permission(doctype, ptype, user=user))
					if has != (letter in letters):
						wrong.append(f"{doctype}, {role}: {ptype} is {has}")
					continue
				for unit, name in self.rows[doctype].items():
					doc = frappe.get_doc(doctype, name)
					changing = letter in "WD"
					reach = (
						self.reaches(role, unit, expected["change" if changing else "read"]) or letter == "C"
					)
					has = bool(frappe.has_permission(doctype, ptype, doc=doc, user=user))
					if letter == "C":
						has = bool(frappe.has_permission(doctype, ptype, user=user))
					if has != (letter in letters and reach):
						wrong.append(f"{doctype} of {unit}, {role}: {ptype} is {has}")
		self.assertFalse(wrong, "\n".join(wrong))

	def test_doors_to_one_row(self):
		"""Form, print, and reading, writing and deleting by API."""
		import frappe.client
		from frappe.desk.form.load import getdoc
		from frappe.www.printview import validate_print_permission

		wrong = []
		for doctype, role, user, letters, expected in self.walk():
			for unit, name in self.rows[doctype].items():
				read = "R" in letters and self.reaches(role, unit, expected["read"])
				change = self.reaches(role, unit, expected["change"])
				frappe.set_user(user)
				frappe.local.form_dict = frappe._dict()
				doors = {
					"form": (read, lambda d=doctype, n=name: getdoc(d, n)),
					"API get": (read, lambda d=doctype, n=name: frappe.client.get(d, n)),
					"API get_value": (
						read,
						lambda d=doctype, n=name: self.value_or_refusal(d, n),
					),
					"print": (
						read or ("P" in letters and self.reaches(role, unit, expected["read"])),
						lambda d=doctype, n=name: validate_print_permission(frappe.get_doc(d, n)),
					),
					"API set_value": (
						"W" in letters and change,
						lambda d=doctype, n=name: frappe.client.set_value(d, n, {"idx": 7}),
					),
					"API delete": (
						"D" in letters and change,
						lambda d=doctype, n=name: frappe.client.delete(d, n),
					),
				}
				for door, (expected_open, act) in doors.items():
					if door == "API get_value" and not read and frappe.get_meta(doctype).issingle:
						continue
					if door == "API delete" and frappe.get_meta(doctype).issingle:
						continue
					if closed(act) == expected_open:
						wrong.append(
							f"{doctype} of {unit}, {role}: {door} is {'closed' if expected_open else 'open'}"
						)
		self.assertFalse(wrong, "\n".join(wrong))

	def value_or_refusal(self, doctype, name):
		"""get_value answers nothing where a list would: as closed as a refusal."""
		import frappe.client

		found = frappe.client.get_value(doctype, "name", {"name": name})
		if not frappe.get_meta(doctype).issingle and not found:
			raise frappe.PermissionError

	def test_doors_to_many_rows(self):
		"""List, report view, export, count and link search show exactly the rows of the scope."""
		import frappe.client
		from frappe.desk import reportview
		from frappe.desk.search import search_widget

		wrong = []
		for doctype, role, user, letters, expected in self.walk():
			if frappe.get_meta(doctype).issingle:
				continue
			rows = self.rows[doctype]
			visible = {
				name
				for unit, name in rows.items()
				if "R" in letters and self.reaches(role, unit, expected["read"])
			}
			frappe.set_user(user)

			def shown(door, opened, rows=rows):
				frappe.local.message_log = []
				try:
					text = frappe.as_json(door())
				except frappe.PermissionError:
					return None if not opened else "refused"
				return {name for name in rows.values() if re.search(re.escape(name) + r"(?![\w-])", text)}

			filters = {"name": ("in", list(rows.values()))}

			def view(doctype=doctype, filters=filters):
				frappe.local.form_dict = frappe._dict(
					doctype=doctype, fields='["name"]', filters=frappe.as_json(filters), page_length=50
				)
				return reportview.get()

			def export(doctype=doctype, filters=filters):
				frappe.local.form_dict = frappe._dict(
					doctype=doctype,
					fields=f'["`tab{doctype}`.`name`"]',
					filters=frappe.as_json(filters),
					file_format_type="CSV",
					title=doctype,
				)
				frappe.local.response = frappe._dict(docs=[])
				reportview.export_query()
				content = frappe.response.get("filecontent") or ""
				return content.decode() if isinstance(content, bytes) else content

			doors = {
				"list": (bool("R" in letters), view),
				"API get_list": (
					bool("R" in letters),
					lambda d=doctype, f=filters: frappe.client.get_list(d, filters=f, limit_page_length=50),
				),
				"link search": (
					bool("S" in letters),
					lambda d=doctype, f=filters: search_widget(
						d, "", filters=f, page_length=50, as_dict=True
					),
				),
				"export": (bool("E" in letters), export),
			}
			for door, (opened, act) in doors.items():
				found = shown(act, opened)
				if found is None:
					continue
				if not opened and found:
					wrong.append(f"{doctype}, {role}: {door} shows {found} without the letter")
				elif opened and found != visible:
					wrong.append(f"{doctype}, {role}: {door} shows {found} instead of {visible}")
			if "R" in letters:
				frappe.local.form_dict = frappe._dict(
					doctype=doctype, filters=frappe.as_json(filters), fields="[]"
				)
				count = reportview.get_count()
				if count != len(visible):
					wrong.append(f"{doctype}, {role}: count is {count} instead of {len(visible)}")
		self.assertFalse(wrong, "\n".join(wrong))

	def test_inserting_by_api(self):
		import frappe.client

		wrong = []
		for doctype, role, user, letters, _expected in self.walk():
			meta = frappe.get_meta(doctype)
			if meta.issingle:
				continue
			frappe.set_user(user)
			values = {"doctype": doctype}
			for field in meta.fields:
				if field.fieldtype == "Link" and field.options == "CX Business Unit":
					values[field.fieldname] = MINE
			if closed(lambda v=values: frappe.client.insert(v)) == ("C" in letters):
				wrong.append(f"{doctype}, {role}: insert is {'closed' if 'C' in letters else 'open'}")
		self.assertFalse(wrong, "\n".join(wrong))

	def test_reports_open_for_their_roles_only(self):
		from frappe.desk.query_report import run

		for report in frappe.get_all(
			"Report",
			{"module": "CX Desk", "is_standard": "Yes", "report_type": "Script Report"},
			pluck="name",
		):
			roles = set(frappe.get_all("Has Role", {"parenttype": "Report", "parent": report}, pluck="role"))
			for role, user in self.users.items():
				with self.subTest(report=report, role=role):
					frappe.set_user(user)
					self.assertEqual(closed(run, report, ignore_prepared_report=True), role not in roles)


if __name__ == "__main__":
	unittest.main()
