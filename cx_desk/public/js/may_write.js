// A role says what somebody may do with records of a kind, not with this one: the site decides that record by record,
// and tells it as `may_write`. What may not be saved is not offered for typing.

frappe.provide("cx_desk");

cx_desk.may_write = function (frm) {
	if (frm.is_new() || !frm.doc.__onload || frm.doc.__onload.may_write !== false) return true;
	frm.disable_form();
	return false;
};
