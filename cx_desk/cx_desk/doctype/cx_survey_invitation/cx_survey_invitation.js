frappe.ui.form.on("CX Survey Invitation", {
	refresh(frm) {
		frm.disable_save();
		const doc = frm.doc;
		const why = {
			Pending: __("Waits for its time, then it is decided whether to ask."),
			Suppressed: __("Nobody was asked: {0}.", [__(doc.reason || "")]),
			Withdrawn: __("Taken back: {0}.", [__(doc.reason || "")]),
			Failed: __("The mail could not be delivered. See Delivery below."),
			Expired: __("Asked, and not answered in time."),
		}[doc.status];
		if (why) frm.set_intro(why, doc.status === "Failed" ? "red" : "blue");
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
