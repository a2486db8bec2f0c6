"""Defaults of CX Settings as stored values: a field that nobody has set yet gets its default, at install and migrate.

A single doctype gives its defaults only as long as none of its fields is stored; the first job that notes its run would
otherwise switch every rule off. And a field for a time of day is stored by the host, at install, as the time of the
installation, whatever its default says; such a value has a fraction of a second, which nobody can type.
"""

import frappe

SETTINGS = "CX Settings"


def store() -> None:
	"""Write the default of every field of CX Settings that has no stored value; what is set stays."""
	singles = frappe.qb.DocType("Singles")
	stored = dict(
		frappe.qb.from_(singles).select(singles.field, singles.value).where(singles.doctype == SETTINGS).run()
	)
	for field in frappe.get_meta(SETTINGS).fields:
		by_host = field.fieldtype == "Time" and "." in (stored.get(field.fieldname) or "")
		if field.default not in (None, "") and (field.fieldname not in stored or by_host):
			frappe.db.set_single_value(SETTINGS, field.fieldname, field.default, update_modified=False)
	frappe.clear_document_cache(SETTINGS, SETTINGS)
