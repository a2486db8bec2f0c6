frappe.ui.form.on("CX Acting Rule", {
	setup(frm) {
		frm.set_query("escalate_to", () => ({
			query: "frappe.core.doctype.user.user.user_query",
			filters: { enabled: 1 },
		}));
	},
	cause(frm) {
		if (frm.doc.cause === "Missed target") frm.set_value("makes", "Voice");
	},
	refresh(frm) {
		if (frm.is_new()) {
			frm.set_intro(
				__("Low answers and comments make voices without any rule. A rule adds to that, or says whose they are."),
				"blue",
			);
		}
	},
});
