// The form of the desk's own assessment: it begins with the questions of the standard.

frappe.ui.form.on("CX Desk Assessment", {
	onload(frm) {
		if (!frm.is_new() || (frm.doc.criteria || []).length || !frappe.model.can_create(frm.doctype)) return;
		frappe.call({ method: "cx_desk.api.relationship.first_criteria", type: "GET" }).then(({ message }) => {
			if (!frm.is_new() || (frm.doc.criteria || []).length) return;
			message.forEach((row) => frm.add_child("criteria", row));
			frm.refresh_field("criteria");
		});
	},
});
