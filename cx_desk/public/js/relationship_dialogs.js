// Dialogs that My business, the unit's form and the conversation share: log, plan, keep a sentence.

frappe.provide("cx_desk.relationship");

cx_desk.relationship.call = function (method, args) {
	return frappe.call({ method: `cx_desk.api.relationship.${method}`, args, freeze: true });
};

// Log a conversation in three fields: unit, who, what was said. A promise is one tap more.
// people: unit -> people to offer; of a unit that is not among them the site is asked.
cx_desk.relationship.log = function ({ unit, units, people, done }) {
	const offered = { ...people };
	const known = () => offered[dialog.get_value("unit")] || [];
	const dialog = new frappe.ui.Dialog({
		title: __("Log a conversation"),
		fields: [
			{
				fieldname: "unit",
				label: __("Business unit"),
				fieldtype: units && units.length ? "Select" : "Link",
				options: units && units.length ? ["", ...units] : "CX Business Unit",
				default: unit,
				reqd: 1,
				onchange: () => show_people(),
			},
			{ fieldname: "people_html", fieldtype: "HTML" },
			{ fieldname: "who", label: __("Who you spoke with"), fieldtype: "Data", reqd: 1 },
			{
				fieldname: "said",
				label: __("What was said"),
				fieldtype: "Small Text",
				reqd: 1,
				description: __("One sentence is enough."),
			},
			{ fieldname: "promise_html", fieldtype: "HTML" },
			{
				fieldname: "promise",
				label: __("What we promised"),
				fieldtype: "Small Text",
				depends_on: "eval:cx_desk.relationship.promising",
			},
			{ fieldname: "due_html", fieldtype: "HTML", depends_on: "eval:cx_desk.relationship.promising" },
			{
				fieldname: "promise_due",
				label: __("Until when"),
				fieldtype: "Date",
				depends_on: "eval:cx_desk.relationship.promising",
			},
			{ fieldtype: "Section Break", label: __("More"), collapsible: 1 },
			{
				fieldname: "channel",
				label: __("Channel"),
				fieldtype: "Select",
				options: ["Phone", "In person", "Video", "Chat", "Email", "Event"],
				default: "Phone",
			},
			{ fieldname: "held_on", label: __("When it was"), fieldtype: "Datetime", placeholder: __("Empty: now.") },
			{ fieldname: "next_date", label: __("Next conversation"), fieldtype: "Date" },
		],
		primary_action_label: __("Save"),
		primary_action(values) {
			const chosen = known().find((person) => person.who === values.who);
			if (!cx_desk.relationship.promising) {
				delete values.promise;
				delete values.promise_due;
			}
			delete values.people_html;
			delete values.promise_html;
			delete values.due_html;
			cx_desk.relationship
				.call("log_conversation", { ...values, contact: chosen && chosen.contact })
				.then(({ message }) => {
					dialog.hide();
					frappe.show_alert({ message: frappe.utils.escape_html(message.standing), indicator: "green" });
					done && done(message);
				});
		},
	});
	dialog.$wrapper.addClass("cx-relationship");

	const chips = (name, list, choose) => {
		const box = $(`<div class="cx-chips" role="group"></div>`);
		list.forEach((item) => {
			$(`<button type="button" class="btn btn-default btn-sm"></button>`)
				.text(item.label)
				.on("click", () => {
					box.find("button").removeClass("active").attr("aria-pressed", "false");
					choose(item);
				})
				.on("click", function () {
					$(this).addClass("active").attr("aria-pressed", "true");
				})
				.appendTo(box);
		});
		dialog.get_field(name).$wrapper.empty().append(box);
	};

	const show_people = () => {
		ask_for_people();
		chips(
			"people_html",
			known().map((person) => ({
				label: person.role ? `${person.who} (${person.role})` : person.who,
				who: person.who,
			})),
			(item) => dialog.set_value("who", item.who)
		);
	};

	const ask_for_people = () => {
		const chosen = dialog.get_value("unit");
		if (!chosen || offered[chosen]) return;
		// Once for each unit; of one that is not theirs nobody is named, and they type the name.
		offered[chosen] = [];
		frappe
			.call({
				method: "cx_desk.api.relationship.whom_one_speaks_with",
				args: { unit: chosen },
				type: "GET",
			})
			.then(({ message }) => {
				offered[chosen] = message;
				show_people();
			});
	};

	cx_desk.relationship.promising = false;
	const toggle = $(`<button type="button" class="btn btn-default btn-sm cx-promise"></button>`)
		.text(__("We promised something"))
		.attr("aria-pressed", "false")
		.on("click", () => {
			cx_desk.relationship.promising = !cx_desk.relationship.promising;
			toggle
				.toggleClass("active", cx_desk.relationship.promising)
				.attr("aria-pressed", String(cx_desk.relationship.promising));
			dialog.set_df_property("promise", "reqd", cx_desk.relationship.promising ? 1 : 0);
			dialog.refresh_dependency();
			if (cx_desk.relationship.promising) dialog.get_field("promise").$input.trigger("focus");
		});
	dialog.get_field("promise_html").$wrapper.append(toggle);
	const today = frappe.datetime.get_today();
	chips(
		"due_html",
		[
			{ label: __("Tomorrow"), day: frappe.datetime.add_days(today, 1) },
			{ label: __("In a week"), day: frappe.datetime.add_days(today, 7) },
			{ label: __("In two weeks"), day: frappe.datetime.add_days(today, 14) },
		],
		(item) => dialog.set_value("promise_due", item.day)
	);
	dialog.show();
	show_people();
	return dialog;
};

// A new planned conversation, with what is known filled in.
cx_desk.relationship.plan = function ({ unit, people }) {
	const first = ((people && people[unit]) || [])[0];
	const tomorrow = `${frappe.datetime.add_days(frappe.datetime.get_today(), 1)} 10:00:00`;
	frappe.new_doc("CX Conversation", {
		unit,
		who: first ? first.who : undefined,
		contact: first ? first.contact : undefined,
		starts_on: tomorrow,
		type: "Informal check-in",
	});
};

cx_desk.relationship.review = function (unit) {
	cx_desk.relationship
		.call("plan_review", { unit })
		.then(({ message }) => frappe.set_route("Form", "CX Conversation", message));
};

// One step with a conversation, asking for what the step needs.
cx_desk.relationship.step = function (name, move, done) {
	const fields = {
		notes: { fieldname: "notes", label: __("What was said"), fieldtype: "Small Text", reqd: 1 },
		reason: { fieldname: "reason", label: __("Reason"), fieldtype: "Small Text", reqd: 1 },
		cancelled_by: {
			fieldname: "cancelled_by",
			label: __("Cancelled by"),
			fieldtype: "Select",
			options: ["", "The business", "The desk"],
			reqd: 1,
		},
		starts_on: { fieldname: "starts_on", label: __("New time"), fieldtype: "Datetime", reqd: 1 },
	};
	const needed = move.needs.map((need) => fields[need]).filter(Boolean);
	if (move.notes && fields.notes) fields.notes.default = move.notes;
	const take = (values) =>
		cx_desk.relationship
			.call("move_conversation", { conversation: name, to: move.to, ...values })
			.then(({ message }) => done && done(message));
	if (!needed.length) return frappe.confirm(move.confirm || __("{0}?", [move.label]), () => take({}));
	const dialog = new frappe.ui.Dialog({
		title: move.label,
		fields: needed,
		primary_action_label: move.label,
		primary_action(values) {
			take(values).then(() => dialog.hide());
		},
	});
	dialog.$wrapper.addClass("cx-relationship");
	dialog.show();
};

cx_desk.relationship.keep = function (conversation, kind, done) {
	const promise = kind === "Promise";
	const dialog = new frappe.ui.Dialog({
		title: promise ? __("What we promised") : __("Keep a sentence"),
		fields: [
			{
				fieldname: "kind",
				label: __("What it is"),
				fieldtype: "Select",
				options: promise ? ["Promise"] : ["Said", "Want", "Praise", "Seen", "Promise"],
				default: kind || "Said",
				hidden: promise ? 1 : 0,
				reqd: 1,
			},
			{
				fieldname: "statement",
				label: promise ? __("What we promised") : __("In their own words"),
				fieldtype: "Small Text",
				reqd: 1,
			},
			{
				fieldname: "due",
				label: __("Until when"),
				fieldtype: "Date",
				depends_on: "eval:doc.kind=='Promise'",
				description: __("Empty: as any other voice."),
			},
		],
		primary_action_label: __("Keep it"),
		primary_action(values) {
			cx_desk.relationship.call("keep_sentence", { conversation, ...values }).then(({ message }) => {
				dialog.hide();
				frappe.show_alert({ message: __("Heard. It has an owner now."), indicator: "green" });
				done && done(message);
			});
		},
	});
	dialog.$wrapper.addClass("cx-relationship");
	dialog.show();
};
