// A benefit: read by who may read its initiative, changed by who moves it.

frappe.ui.form.on("CX Benefit", {
	refresh(frm) {
		if (!frm.is_new()) cx_desk.initiative.may_write(frm);
	},
});
