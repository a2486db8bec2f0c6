frappe.ui.form.on("CX Survey Invitation", {
	refresh(frm) {
		frm.disable_save();
		const doc = frm.doc;
		const why = {
			Pending: __("Waits for its time, then it is decided whether to ask."),
			Suppressed: __("Nobody was asked: {0}.", [__(doc.reason || "")]),
			Withdrawn: __("Taken back: {0}.", [__(doc.reason || "")]),
			Failed: doc.reason
				? __("The mail came back: {0}. See Delivery below.", [__(doc.reason)])
				: __("The mail could not be delivered. See Delivery below."),
			Expired: __("Asked, and not answered in time."),
		}[doc.status];
		if (why) frm.set_intro(why, doc.status === "Failed" ? "red" : "blue");
		if (["Pending", "Queued", "Sent", "Failed"].includes(doc.status)) {
			frm.add_custom_button(__("Take back"), () =>
				frappe.prompt(
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("Why?"),
						description: __("Kept in the ledger. The person's link then closes."),
						reqd: 1,
					},
					({ reason }) =>
						frappe
							.call("cx_desk.api.surveys.take_back", { invitation: doc.name, reason })
							.then(() => frm.reload_doc()),
					__("Take this question back"),
					__("Take back"),
				),
			);
		}
		if (doc.event_doctype === "HD Ticket") {
			frm.add_custom_button(__("Open ticket"), () => window.open(`/helpdesk/tickets/${doc.event_name}`));
		}
		if (doc.status === "Answered" || doc.reason === "Rated on portal") {
			frm.add_custom_button(__("Answer"), () =>
				frappe.set_route("List", "CX Survey Response", { invitation: doc.name }),
			);
		}
	},
});
