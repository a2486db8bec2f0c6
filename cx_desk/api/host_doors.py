"""Doors of the host that hand out or change a record without asking whose it is, closed for ours.

The host keeps rows apart in lists and forms. A few of its functions take a doctype and a name from the caller and ask
neither: the title of a linked record, the number of linked records, a record "expanded" inside another one, a search
that is told to look past permissions, a like, a comment of a web page, a subscription to changes. Each is held here, by the
request's arguments, so that nothing of the host is replaced. Joins in lists: permissions.refuse_joins.
"""

import json

import frappe
from frappe import _

from cx_desk.host import error_log, requests
from cx_desk.units import scope

_PREFIX = "cx "
_DOCTYPE = ("doctype", "dt", "reference_doctype", "ref_doctype", "document_type")
_NAME = ("name", "docname", "dn", "doc_name", "reference_name", "document_name")
_TITLE, _COUNTS, _EXISTS = "get_link_title", "get_open_count", "validate_link"
_UNIT = "CX Business Unit"


def close() -> None:
	"""Hook `auth_hooks`, called for every request once its user is known: nobody names a record that they may not read."""
	form = frappe.local.form_dict
	form_doctype = next((key for key in _DOCTYPE if _is_ours(form.get(key))), None)
	called = requests.called()
	if called == _COUNTS:
		_count_only_what_is_seen(form)
	if not form_doctype:
		return
	# The admin's own User Permissions are asked for with the rows' conditions; without the ones go the others.
	form.pop("ignore_user_permissions", None)
	doctype = form[form_doctype].strip()
	name = next((form[key] for key in _NAME if isinstance(form.get(key), str) and form[key]), None)
	if not called or not name or called == _EXISTS or _may_read(doctype, name):
		return
	if called == _TITLE:
		# Answered with the name, as for a doctype that shows no titles: a form with such a link opens as before.
		form[form_doctype] = "DocType"
		return
	frappe.throw(_("You may not read {0}.").format(f"{_(doctype)} {name}"), frappe.PermissionError)


def _is_ours(doctype) -> bool:
	return isinstance(doctype, str) and doctype.strip().casefold().startswith(_PREFIX)


def _may_read(doctype: str, name: str) -> bool:
	said = list(frappe.local.message_log)
	try:
		return bool(frappe.has_permission(doctype, "read", doc=name))
	except frappe.DoesNotExistError:
		# Not written yet, or gone: the host says so.
		return True
	finally:
		frappe.local.message_log = said


def _count_only_what_is_seen(form) -> None:
	"""Numbers beside a form are counted past permissions: they stay where every row of them may be read."""
	doctype, name, user = form.get("doctype"), form.get("name"), frappe.session.user
	if not (isinstance(doctype, str) and isinstance(name, str)):
		return
	items = requests.as_json(form.get("items"), list)
	if not items:
		groups = frappe.get_meta(doctype).get_dashboard_data().get("transactions") or []
		items = [one for group in groups for one in group.get("items") or []]
	every_row = scope.sees_everything(user) or (doctype == _UNIT and scope.is_near(user, name))
	form["items"] = json.dumps(
		[one for one in items if not _is_ours(one) or (every_row and one in frappe.get_user().get_can_read())]
	)


def fold_links(response=None, request=None) -> None:
	"""Hook `after_request`: links to our records that the caller may not read leave as names, without their contents."""
	if response is None or request is None or response.mimetype != "application/json":
		return
	expanded = frappe.utils.sbool(frappe.local.form_dict.get("expand_links")) is True
	titles = [key for key in (frappe.local.response or {}).get("_link_titles") or {} if _is_ours(key)]
	if not (expanded or titles):
		return
	try:
		found = json.loads(response.get_data())
		if expanded and isinstance(found.get("data"), dict):
			found["data"] = {key: _folded(value) for key, value in found["data"].items()}
		for key in titles:
			if not _may_read(*key.split("::", 1)):
				found.get("_link_titles", {}).pop(key, None)
		response.set_data(json.dumps(found))
	except Exception:
		# Rather no answer than one that says too much.
		error_log.log("CX Desk: links of an answer")
		response.status_code = 403
		response.set_data(json.dumps({"exc_type": "PermissionError"}))


def _folded(value):
	"""One value of an expanded record: a record of ours as far as the caller may read it, else its name."""
	if not (isinstance(value, dict) and _is_ours(value.get("doctype"))):
		return value
	doc = frappe.get_doc(value["doctype"], value["name"])
	if not doc.has_permission("read"):
		return doc.name
	doc.apply_fieldlevel_read_permissions()
	return json.loads(frappe.as_json(doc))
