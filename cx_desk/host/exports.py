"""Exports of our records: the host writes what people of the business typed into cells, formulas included.

Works on the finished answer of the host's two export methods, so that nothing of theirs is replaced.
"""

from io import BytesIO

import frappe

from cx_desk.core import cells

_METHODS = ("frappe.desk.reportview.export_query", "frappe.desk.query_report.export_query")


def neutralise_formulas(response=None, request=None) -> None:
	"""After a request: make an export of a CX doctype or report safe to open in a spreadsheet."""
	if response is None or request is None or not request.path.endswith(_METHODS):
		return
	form = request.values
	if not (form.get("doctype", "").startswith("CX ") or _is_ours(form.get("report_name"))):
		return
	if response.status_code != 200 or not (name := frappe.response.get("filename")):
		return
	content = response.get_data()
	if name.endswith(".csv"):
		delimiter, quoting = (
			(form.get("csv_delimiter") or ",")[0],
			frappe.utils.cint(form.get("csv_quoting", 2)),
		)
		response.set_data(cells.neutralise_csv(content.decode(), delimiter, quoting).encode())
	elif name.endswith(".xlsx"):
		response.set_data(_neutralise_sheet(content))


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
