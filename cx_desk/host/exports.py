"""Exports of our records: the host writes what people of the business typed into cells, formulas included.

Works on the finished answer of the host's export methods, and on the finished file of an export in the background, so
that nothing of theirs is replaced.
"""

import csv
from io import BytesIO
from pathlib import Path

import frappe
from frappe.core.doctype.file.utils import get_content_hash

from cx_desk.core import cells

_METHODS = (
	"frappe.desk.reportview.export_query",
	"frappe.desk.query_report.export_query",
	"frappe.core.doctype.data_export.exporter.export_data",
	"frappe.core.doctype.data_import.data_import.download_template",
)
# Where the host puts an export that was made in the background.
_BACKGROUND = "Home/Exported Reports"


def neutralise_formulas(response=None, request=None) -> None:
	"""After a request: make an export of a CX doctype or report safe to open in a spreadsheet."""
	if response is None or request is None or not request.path.endswith(_METHODS):
		return
	form = request.values
	if not ('"CX ' in f'"{form.get("doctype", "")}' or _is_ours(form.get("report_name"))):
		return
	if response.status_code != 200:
		return
	name = frappe.response.get("filename") or ""
	content = response.get_data()
	if name.endswith(".csv") or response.mimetype == "text/csv":
		delimiter, quoting = (
			(form.get("csv_delimiter") or ",")[0],
			frappe.utils.cint(form.get("csv_quoting", 2)),
		)
		response.set_data(cells.neutralise_csv(content.decode(), delimiter, quoting).encode())
	elif name.endswith(".xlsx"):
		response.set_data(_neutralise_sheet(content))


def made_in_background(file) -> bool:
	"""Whether a File is an export of our records that the host made in the background and mails a link to."""
	if file.attached_to_doctype != "Report" or file.folder != _BACKGROUND:
		return False
	title = file.attached_to_name or ""
	if title.startswith("CX ") or _is_ours(title):
		return True
	# A view's export bears the title of its list, in the language of who asked for it, or of a report on it.
	if (frappe.get_cached_value("Report", title, "ref_doctype") or "").startswith("CX "):
		return True
	ours = frappe.get_all("DocType", filters={"module": "CX Desk", "istable": 0}, pluck="name")
	return any(title == frappe._(name) for name in ours)


def neutralise_file(file) -> None:
	"""Make an export that was written to disk safe to open in a spreadsheet."""
	path = Path(file.get_full_path())
	content = path.read_bytes()
	if path.suffix == ".csv":
		text = content.decode("utf-8", "replace")
		try:
			delimiter = csv.Sniffer().sniff(text[:4096], ",;|\t").delimiter
		except csv.Error:
			delimiter = ","
		changed = cells.neutralise_csv(text, delimiter).encode()
	elif path.suffix == ".xlsx":
		changed = _neutralise_sheet(content)
	else:
		return
	path.write_bytes(changed)
	file.db_set({"file_size": len(changed), "content_hash": get_content_hash(changed)}, update_modified=False)


def _is_ours(report: str | None) -> bool:
	return bool(report) and frappe.get_cached_value("Report", report, "module") == "CX Desk"


def _neutralise_sheet(content: bytes) -> bytes:
	from openpyxl import load_workbook

	book = load_workbook(BytesIO(content))
	for sheet in book:
		for row in sheet.iter_rows():
			for cell in row:
				if isinstance(cell.value, str) and cells.as_text(cell.value) != cell.value:
					cell.value = cells.as_text(cell.value)
					cell.data_type = "s"
	target = BytesIO()
	book.save(target)
	return target.getvalue()
