// On a visit: a link with QR code by which everybody who was there can answer.
frappe.ui.form.on("CX Visit", {
	refresh(frm) {
		const over = ["Cancelled", "Closed"].includes(frm.doc.state);
		if (frm.is_new() || over || !frappe.model.can_create("CX Survey Link")) return;
		frm.add_custom_button(__("Link for answers"), () => {
			frappe.db.get_value("CX Survey Link", { visit: frm.doc.name, enabled: 1 }, "name").then((found) => {
				const name = found.message && found.message.name;
				if (name) {
					frappe.set_route("Form", "CX Survey Link", name);
					return;
				}
				frappe.new_doc("CX Survey Link", {
					title: frm.doc.place || frm.doc.title,
					visit: frm.doc.name,
					unit: frm.doc.unit,
					channel: "Poster",
				});
			});
		});
	},
});
