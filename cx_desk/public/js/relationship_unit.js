// On the form of a business unit: the two lights, and what a liaison does from here.

frappe.ui.form.on("CX Business Unit", {
	refresh(frm) {
		if (frm.is_new()) return;
		const dialogs = (run) => frappe.require(
		["/assets/cx_desk/js/relationship_dialogs.js", "/assets/cx_desk/css/relationship_dialogs.css"], run);
		if (frappe.model.can_create("CX Conversation")) {
			frm.add_custom_button(__("Log a conversation"), () =>
				dialogs(() =>
					cx_desk.relationship.log({
						unit: frm.doc.name,
						people: {
							[frm.doc.name]: (frm.doc.people || []).map((row) => ({
								who: row.contact_name || row.contact,
								contact: row.contact,
								role: row.role,
							})),
						},
					})
				)
			);
			frm.add_custom_button(__("Prepare a review"), () =>
				dialogs(() => cx_desk.relationship.review(frm.doc.name))
			);
		}
		show_lights(frm);
	},
});

function show_lights(frm) {
	const field = frm.get_field("lights_html");
	if (!field || !field.$wrapper || !frappe.model.can_read("CX Unit Week")) return;
	const wrapper = field.$wrapper.empty();
	frappe
		.call({ method: "cx_desk.api.relationship.two_lights", args: { unit: frm.doc.name }, type: "GET" })
		.then(({ message }) => {
			if (!message || !message.felt) {
				wrapper.append(
					$(`<p class="text-muted"></p>`).text(__("The lights come with the first weekly look, tonight."))
				);
				return;
			}
			const row = $(`<div style="display:flex;flex-wrap:wrap;gap:16px"></div>`).appendTo(wrapper);
			row.append(
				light_box(__("What they feel"), message.felt, message.felt_inputs),
				light_box(__("What we did"), message.done, message.done_inputs)
			);
		});
}

function light_box(label, light, inputs) {
	const colors = { Good: "green", Mixed: "orange", Poor: "red", Unknown: "gray" };
	const box = $(`<div style="flex:1;min-width:240px"></div>`);
	$("<p></p>")
		.append(
			$("<strong></strong>").text(`${label} `),
			$(`<span class="indicator-pill"></span>`).addClass(colors[light]).text(__(light))
		)
		.appendTo(box);
	inputs.forEach((input) =>
		$(`<p class="text-muted" style="margin:0 0 4px"></p>`)
			.text(`${input.name}: ${input.text}${input.age === null ? "" : ` (${input.age_text})`}`)
			.appendTo(box)
	);
	return box;
}
