// On a voice: what somebody wants can become an initiative.

frappe.ui.form.on("CX Voice", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.confidential || !frm.doc.unit || !frm.perm[0].write) return;
		if (!["Want", "Said", "Seen", "Comment", "Reply"].includes(frm.doc.kind)) return;
		frm.add_custom_button(__("Make it an initiative"), () =>
			frappe
				.call({ method: "cx_desk.api.initiatives.from_voice", args: { voice: frm.doc.name }, freeze: true })
				.then(({ message }) => frappe.set_route("Form", "CX Initiative", message.name))
		);
	},
});
