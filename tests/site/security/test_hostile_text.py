"""HTML, script, SQL, formula and template text in every free-text field of every record, out of every door.

One record of each kind is filled: prints get what the host lets a form store and what our own pages and imports let
through, exports the raw text, as an older version might have left it. Guest pages and mails are tried where they are.
"""

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from unittest.mock import patch

import frappe
from frappe.desk import reportview
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime
from frappe.utils.csvutils import UnicodeWriter
from frappe.utils.html_utils import sanitize_html

from cx_desk.core import answers, cells, personal_data
from cx_desk.host import exports

MARK = "hostile"
SCRIPT = f"<script>{MARK}()</script>"
TEXTS = (
	f"{SCRIPT}<img src=x onerror={MARK}()>{{{{ 7*191 }}}}{{% raw %}}' OR 1=1; -- \"</textarea>",
	f"=cmd|' /C {MARK}'!A0",
	f"+{MARK}()",
	f"@SUM({MARK})",
)
# What fills a field that has to be a person or a fixed choice stays as it is.
TEXTUAL = {"Data", "Small Text", "Text", "Long Text", "Text Editor", "Code", "JSON"}
PLAIN_OPTIONS = {None, "", "\n"}


# Written by our pages and jobs alone, never by a form: their words pass `core.answers.clean`.
OWN_WRITERS = {
	"CX Survey Invitation",
	"CX Survey Response",
	"CX Anonymous Response",
	"CX Anonymous Code",
	"CX Score Rollup",
	"CX Unit Snapshot",
	"CX Unit Week",
	"CX Business Knowledge",
}


def fill(doctype: str, text: str, stored: bool = False):
	"""A row of the doctype with the text in each of its free-text fields; its name and these fields.

	stored: as what writes such rows stores it, else as it is.
	"""
	if stored and doctype in OWN_WRITERS:
		text = answers.clean(text)
	row = frappe.new_doc(doctype)
	row.name = f"{MARK}-{frappe.generate_hash(length=10)}"
	row.creation = row.modified = now_datetime()
	row.owner = row.modified_by = "Administrator"
	filled = []
	for field in row.meta.fields:
		if field.fieldtype not in TEXTUAL or field.get("options") not in PLAIN_OPTIONS:
			continue
		# What our code writes as JSON is made of what was stored before.
		kept = sanitize_html(text) if stored and doctype not in OWN_WRITERS else text
		value = json.dumps({"words": kept}) if field.fieldtype == "JSON" or field.options == "JSON" else text
		row.set(field.fieldname, value[: field.length or 140] if field.fieldtype == "Data" else value)
		filled.append(field.fieldname)
	row.flags.ignore_links = True
	if stored and doctype not in OWN_WRITERS:
		row._sanitize_content()
	row.db_insert()
	return row, filled


class TestHostileText(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")

	def tearDown(self):
		frappe.local.response = frappe._dict(docs=[])
		frappe.db.rollback()

	def doctypes(self):
		for doctype in personal_data.FIELDS:
			meta = frappe.get_meta(doctype)
			if not (meta.issingle or meta.istable) and doctype != "CX Business Unit":
				yield doctype

	def test_printed_it_is_text(self):
		for doctype in self.doctypes():
			row, filled = fill(doctype, TEXTS[0], stored=True)
			if not filled:
				continue
			with self.subTest(doctype):
				page = frappe.get_print(
					doctype, row.name, doc=frappe.get_doc(doctype, row.name), no_letterhead=1
				)
				self.assertNotIn(SCRIPT, page)
				self.assertNotRegex(page, rf"<[^>]+onerror=.?{MARK}")
				self.assertNotIn("1337", page, "a template in a text was run")

	def test_exported_no_cell_is_a_formula(self):
		for doctype in self.doctypes():
			for text in TEXTS[1:]:
				_row, filled = fill(doctype, text)
			if not filled:
				continue
			fields = json.dumps([f"`tab{doctype}`.`{name}`" for name in ("name", *filled)])
			for kind in ("CSV", "Excel"):
				with self.subTest(f"{doctype} {kind}"):
					for cell in self.export(doctype, fields, kind):
						self.assertEqual(cells.as_text(cell), cell, cell)

	def export(self, doctype, fields, kind):
		"""The cells of the host's own export, as the browser gets them."""
		from werkzeug.test import EnvironBuilder
		from werkzeug.wrappers import Request

		form = {
			"doctype": doctype,
			"fields": fields,
			"filters": json.dumps({"name": ["like", f"{MARK}-%"]}),
			"file_format_type": kind,
			"title": doctype,
			"order_by": f"`tab{doctype}`.`name`",
		}
		path = "/api/method/frappe.desk.reportview.export_query"
		frappe.local.form_dict = frappe._dict(form)
		frappe.local.response = frappe._dict()
		reportview.export_query()
		response = frappe.utils.response.build_response("json")
		request = Request(EnvironBuilder(path=path, method="POST", data=form).get_environ())
		exports.neutralise_formulas(response, request)
		return list(self.cells_of(response.get_data(), kind == "CSV"))

	def cells_of(self, content, is_csv):
		if is_csv:
			for row in csv.reader(StringIO(content.decode())):
				yield from row
			return
		from openpyxl import load_workbook

		for row in load_workbook(BytesIO(content)).active.iter_rows():
			for cell in row:
				self.assertNotEqual(cell.data_type, "f")
				if isinstance(cell.value, str):
					yield cell.value

	def test_an_export_in_the_background_is_safe_too(self):
		for text in TEXTS[1:]:
			fill("CX Voice", text)
		for kind, suffix in (("CSV", ".csv"), ("Excel", ".xlsx")):
			params = frappe._dict(
				doctype="CX Voice",
				fields=["`tabCX Voice`.`name`", "`tabCX Voice`.`statement`"],
				filters={"name": ["like", f"{MARK}-%"]},
				file_format_type=kind,
				title="CX Voice",
				as_list=True,
				order_by="`tabCX Voice`.`name`",
			)
			with patch("frappe.sendmail"):
				reportview.run_report_view_export_job("someone@desk.example", params, frappe._dict())
			file = frappe.get_last_doc("File", {"attached_to_doctype": "Report"})
			path = Path(file.get_full_path())
			self.addCleanup(path.unlink, missing_ok=True)
			self.assertEqual(path.suffix, suffix)
			found = list(self.cells_of(path.read_bytes(), kind == "CSV"))
			self.assertTrue([cell for cell in found if MARK in cell and not cell.startswith(MARK)])
			for cell in found:
				self.assertEqual(cells.as_text(cell), cell, cell)
			self.assertEqual(file.file_size, path.stat().st_size)

	def test_an_export_of_the_hosts_own_records_is_left_alone(self):
		writer = UnicodeWriter()
		writer.writerow(["=1+1"])
		content = writer.getvalue().encode()
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": "ToDo.csv",
				"attached_to_doctype": "Report",
				"attached_to_name": "ToDo",
				"content": content,
				"is_private": 1,
			}
		).insert()
		self.addCleanup(Path(file.get_full_path()).unlink, missing_ok=True)
		self.assertEqual(Path(file.get_full_path()).read_bytes(), content)
