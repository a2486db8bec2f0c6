// On the form of a business unit: the two lights, and what a liaison does from here.

frappe.ui.form.on("CX Business Unit", {
	refresh(frm) {
		if (frm.is_new()) return;
		const dialogs = (run) => frappe.require(
		["/assets/cx_desk/js/relationship_dialogs.js", "/assets/cx_desk/css/relationship_dialogs.css"], run);
		const in_scope = Boolean(frm.doc.__onload && frm.doc.__onload.in_scope);
		if (frappe.model.can_create("CX Conversation")) {
			frm.add_custom_button(__("Log a conversation"), () =>
				dialogs(() => cx_desk.relationship.log({ unit: frm.doc.name }))
			);
			if (in_scope) {
				frm.add_custom_button(__("Prepare a review"), () =>
					dialogs(() => cx_desk.relationship.review(frm.doc.name))
				);
			}
		}
		if (!in_scope) return;
		show_lights(frm);
		show_both_sides(frm);
	},
});

// The relationship's level from both sides; the ladder is drawn so that the gap can be seen.
function show_both_sides(frm) {
	const field = frm.get_field("level_html");
	if (!field || !field.$wrapper || !frappe.model.can_create("CX Conversation")) return;
	const wrapper = field.$wrapper.empty();
	frappe
		.call({ method: "cx_desk.api.relationship.both_sides", args: { unit: frm.doc.name }, type: "GET" })
		.then(({ message }) => {
			if (!message || frm.doc.name !== cur_frm.doc.name) return;
			draw_both_sides(wrapper.empty(), message);
			const row = $(`<div style="display:flex;flex-wrap:wrap;gap:8px;margin-top:8px"></div>`).appendTo(wrapper);
			$(`<button type="button" class="btn btn-default btn-sm"></button>`)
				.text(__("Ask them by survey"))
				.on("click", () => ask_sponsor(frm, message.people))
				.appendTo(row);
		});
}

function draw_both_sides(wrapper, data) {
	$(`<p style="font-weight:600;margin-bottom:8px"></p>`).text(data.text).appendTo(wrapper);
	const list = $(`<ol class="list-unstyled" style="max-width:560px;margin:0 0 8px"></ol>`).appendTo(wrapper);
	// The highest step stands on top.
	[...data.ladder].reverse().forEach((level, index) => {
		const number = data.ladder.length - index;
		const step = $(
			`<li style="display:flex;flex-wrap:wrap;align-items:center;gap:8px;padding:4px 8px;border-left:3px solid var(--border-color)"></li>`
		).appendTo(list);
		$(`<span style="flex:1;min-width:150px"></span>`).text(level).appendTo(step);
		const here = [
			[data.theirs, __("They"), "blue"],
			[data.ours, __("We"), "gray"],
		].filter(([side]) => side && side.number === number);
		if (here.length) step.css({ "border-left-color": "var(--primary)", background: "var(--control-bg)" });
		here.forEach(([, label, color]) =>
			$(`<span class="indicator-pill no-indicator-dot"></span>`).addClass(color).text(label).appendTo(step)
		);
	});
	[
		[data.theirs, __("They")],
		[data.ours, __("We")],
	].forEach(([side, label]) => {
		if (!side) return;
		$(`<p class="text-muted" style="margin:6px 0 0"></p>`)
			.text(`${label}: ${side.who}, ${side.on} (${side.source})`)
			.appendTo(wrapper);
		if (side.evidence) $("<p style='margin:0;white-space:pre-line'></p>").text(__("What shows it: {0}", [side.evidence])).appendTo(wrapper);
		if (side.next_step) $("<p style='margin:0;white-space:pre-line'></p>").text(__("Next step: {0}", [side.next_step])).appendTo(wrapper);
	});
}

function ask_sponsor(frm, people) {
	const send = (contact) =>
		frappe
			.call({
				method: "cx_desk.api.relationship.ask_sponsor",
				args: { unit: frm.doc.name, contact },
				freeze: true,
			})
			.then(({ message }) =>
				frappe.msgprint({
					title: message.asked ? __("Asked") : __("Not asked"),
					message: frappe.utils.escape_html(message.message),
					indicator: message.asked ? "green" : "orange",
				})
			);
	const dialog = new frappe.ui.Dialog({
		title: __("Ask them by survey"),
		fields: [
			{
				fieldname: "contact",
				label: __("Whom"),
				fieldtype: "Select",
				reqd: 1,
				options: people.map((row) => ({
					value: row.contact,
					label: row.role ? `${row.name} (${row.role})` : row.name,
				})),
				default: people.length ? people[0].contact : undefined,
				description: people.length
					? __("One mail with a link: where the relationship stands, and two questions about each want.")
					: __("Nobody yet: add the sponsor to “People that matter” below, then ask."),
			},
		],
		primary_action_label: __("Send the survey"),
		primary_action(values) {
			dialog.hide();
			send(values.contact);
		},
	});
	dialog.show();
}

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
