// On a Contact: what CX Desk stores of the person, and its erasure.
frappe.ui.form.on("Contact", {
	refresh(frm) {
		if (frm.is_new()) return;
		const manager = frappe.user.has_role("CX Manager");
		if (manager) {
			frm.add_custom_button(__("What is stored"), () => copy_of(frm), __("Privacy"));
		}
		if ((manager || frappe.user.has_role("System Manager")) && frm.perm[0]?.delete) {
			frm.add_custom_button(__("Erase this person"), () => erase(frm), __("Privacy"));
		}
	},
});

async function copy_of(frm) {
	const copy = await frappe.xcall("cx_desk.api.privacy.copy_of_contact", { contact: frm.doc.name });
	const rows = Object.entries(copy);
	const dialog = new frappe.ui.Dialog({
		title: __("What CX Desk stores of {0}", [frappe.utils.escape_html(frm.doc.full_name || frm.doc.name)]),
		fields: [{ fieldtype: "HTML", fieldname: "list" }],
		primary_action_label: __("Download"),
		primary_action: () => {
			const file = new Blob([JSON.stringify(copy, null, 2)], { type: "application/json" });
			const link = document.createElement("a");
			link.href = URL.createObjectURL(file);
			link.download = "service-desk-data.json";
			link.click();
			URL.revokeObjectURL(link.href);
		},
	});
	const lines = rows.map(
		([doctype, found]) =>
			`<tr><td>${frappe.utils.escape_html(__(doctype))}</td><td class="text-right">${found.length}</td></tr>`
	);
	dialog.fields_dict.list.$wrapper.html(
		rows.length
			? `<table class="table table-sm"><tbody>${lines.join("")}</tbody></table>
				<p class="text-muted">${__("Answers to anonymous surveys are not among them: nobody can say whose they are.")}</p>`
			: `<p class="text-muted">${__("Nothing: no record of CX Desk names this person.")}</p>`
	);
	dialog.get_primary_btn().toggle(rows.length > 0);
	dialog.show();
}

function erase(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Erase this person"),
		fields: [
			{ fieldtype: "HTML", fieldname: "what" },
			{
				fieldtype: "Data",
				fieldname: "confirmed",
				label: __("Type {0} to go on", [frappe.utils.escape_html(frm.doc.name)]),
				reqd: 1,
			},
		],
		primary_action_label: __("Erase for good"),
		primary_action: async ({ confirmed }) => {
			const done = await frappe.xcall("cx_desk.api.privacy.erase_contact", {
				contact: frm.doc.name,
				confirmed,
			});
			dialog.hide();
			if (done.request) {
				frappe.set_route("Form", "Personal Data Deletion Request", done.request);
				frappe.show_alert(__("This person has a user account and was asked by mail to confirm."), 10);
			} else {
				frappe.show_alert(
					__("The person is being erased in the background. You are told here when it is done."),
					15
				);
				frappe.set_route("List", "Contact");
			}
		},
	});
	dialog.fields_dict.what.$wrapper.html(
		`<p>${__(
			"Name, addresses and words of this person are taken out of every record of CX Desk, of the host's mails, comments, versions, notices, files and logs, and out of tickets. Counts stay as they are. An opt-out stays as a hash. It cannot be taken back."
		)}</p>`
	);
	dialog.get_primary_btn().removeClass("btn-primary").addClass("btn-danger");
	dialog.show();
}
