// "Ask by survey" on the form of a conversation, a visit or an initiative: says whom it will ask before it does, who was
// asked before, and of each person what became of it.

frappe.provide("cx_desk");

// The file comes with each of the three forms; it speaks to all of them once.
if (!cx_desk.ask_by_survey) {
	cx_desk.ask_by_survey = function (frm) {
		const args = { doctype: frm.doctype, name: frm.doc.name };
		frappe
			.call({ method: "cx_desk.api.surveys.whom_to_ask", args, type: "GET", freeze: true })
			.then(({ message }) => {
				if (message.why_not) {
					return frappe.msgprint({
						title: __("Ask by survey"),
						message: frappe.utils.escape_html(message.why_not),
						indicator: "orange",
					});
				}
				show_dialog(frm, args, message);
			});
	};

	const line = (text, css) => $("<p></p>").addClass(css || "").css("margin", "0 0 2px").text(text);

	const show_dialog = (frm, args, known) => {
		const way = () => known.ways.find((one) => one.value === dialog.get_value("who"));
		// The first way that reaches somebody.
		const usual = known.ways.find((one) => one.people.length) || known.ways[0];
		const dialog = new frappe.ui.Dialog({
			title: __("Ask by survey"),
			fields: [
				{
					fieldname: "survey",
					label: __("Survey"),
					fieldtype: "Select",
					reqd: 1,
					options: known.surveys,
					default: known.surveys[0].value,
				},
				{
					fieldname: "who",
					label: __("Whom"),
					fieldtype: "Select",
					reqd: 1,
					options: known.ways.map(({ value, label }) => ({ value, label })),
					default: usual.value,
					onchange: () => show_people(),
				},
				{ fieldname: "people", fieldtype: "HTML" },
				{ fieldname: "asked", fieldtype: "HTML" },
			],
			primary_action_label: __("Send the survey"),
			primary_action(values) {
				frappe
					.call({
						method: "cx_desk.api.surveys.ask_about",
						args: { ...args, survey: values.survey, who: values.who },
						freeze: true,
					})
					.then(({ message }) => {
						dialog.hide();
						show_outcome(message);
					});
			},
		});
		const show_people = () => {
			const { people, more, why_not } = way();
			const box = dialog.get_field("people").$wrapper.empty().attr("aria-live", "polite");
			if (why_not) return box.append(line(why_not, "text-danger"));
			box.append(line(__("Will be asked, within the limits on asking:"), "text-muted"));
			people.forEach((person) => box.append(line(person)));
			if (more) box.append(line(__("and {0} more", [more]), "text-muted"));
		};
		const before = dialog.get_field("asked").$wrapper.css("margin-top", "12px");
		if (known.asked.length) {
			before.append(line(__("Asked before:"), "text-muted"));
			known.asked.forEach((row) =>
				before.append(line(__("{0}, {1}: {2} ({3})", [row.who, row.on, row.became, row.survey])))
			);
		}
		dialog.show();
		show_people();
	};

	const show_outcome = ({ people }) => {
		const asked = people.filter((person) => person.asked).length;
		const list = people.map((person) => {
			const who = frappe.utils.escape_html(person.who);
			return `<p><strong>${who}</strong><br>${frappe.utils.escape_html(person.message)}</p>`;
		});
		frappe.msgprint({
			title: asked ? __("Asked") : __("Not asked"),
			message: list.join(""),
			indicator: asked === people.length ? "green" : "orange",
		});
	};

	["CX Conversation", "CX Visit", "CX Initiative"].forEach((doctype) =>
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				if (frm.is_new() || !frm.doc.__onload || !frm.doc.__onload.may_ask) return;
				frm.add_custom_button(__("Ask by survey"), () => cx_desk.ask_by_survey(frm));
			},
		})
	);
}
