// The form of the settings: only people who can answer are offered, and where to look when something is wrong.

frappe.ui.form.on("CX Settings", {
	setup(frm) {
		const people = () => ({ filters: { enabled: 1, user_type: "System User", name: ["!=", "Guest"] } });
		frm.set_query("desk_manager", people);
		frm.set_query("user", "team_leads", people);
		frm.set_query("email_account", () => ({ filters: { enable_outgoing: 1 } }));
	},

	refresh(frm) {
		if (frappe.user.has_role(["CX Manager", "System Manager"])) {
			frm.add_custom_button(__("cx-doctor"), () => frappe.set_route("cx-doctor"));
		}
		if (frm.doc.sample_data) {
			frm.set_intro(__("This site shows sample data: {0}", [frm.doc.sample_data]), "yellow");
		} else if (!frm.doc.desk_manager) {
			frm.set_intro(
				__("Begin with the desk manager: every voice that has no other owner goes to this person."),
				"blue"
			);
		}
	},
});
