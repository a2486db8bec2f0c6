// From a survey to its scorecard.
frappe.ui.form.on("CX Survey", {
	refresh(frm) {
		if (frm.is_new() || !frappe.user.has_role(["CX Manager", "CX Liaison"])) return;
		frm.add_custom_button(__("Scorecard"), () => frappe.set_route("survey-scorecard", frm.doc.name));
	},
});
