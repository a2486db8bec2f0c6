frappe.ui.form.on("CX Survey Response", {
	refresh(frm) {
		frm.disable_save();
		const doc = frm.doc;
		if (doc.kind === "Suspected machine") {
			const why = (doc.machine_evidence || "").split("\n").map(__).join("; ");
			frm.set_intro(
				__("Kept apart and counted nowhere: this post looks like a machine's ({0}). If you know better, say so.", [
					frappe.utils.escape_html(why),
				]),
				"orange",
			);
		}
		if (doc.event_doctype === "HD Ticket") {
			frm.add_custom_button(__("Open ticket"), () => window.open(`/helpdesk/tickets/${doc.event_name}`));
		}
		frm.add_custom_button(__("Voice"), () => frappe.set_route("List", "CX Voice", { response: doc.name }));
		if (frappe.user.has_role("CX Manager") && doc.kind !== "Rated on portal") {
			const machine = doc.kind === "Suspected machine";
			frm.add_custom_button(machine ? __("It was the person") : __("It was a machine"), () =>
				frappe.confirm(
					machine
						? __("Count this as the person's answer? If it needs somebody, it becomes a voice.")
						: __("Take this answer out of every count and keep it apart?"),
					() =>
						frappe
							.call({
								method: "cx_desk.api.surveys.reclassify",
								args: { response: doc.name, kind: machine ? "Person" : "Suspected machine" },
							})
							.then(() => frm.reload_doc()),
				),
			);
		}
	},
});
