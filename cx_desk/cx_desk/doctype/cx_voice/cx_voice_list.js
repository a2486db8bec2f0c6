// The list of voices: state and overdue at a glance; it opens with what is the desk's turn.

frappe.listview_settings["CX Voice"] = {
	add_fields: ["state", "due_at", "kind", "unit"],
	filters: [["state", "not in", "Settled,Told"]],
	hide_name_column: true,

	get_indicator(doc) {
		const ours = ["Heard", "Owned", "Done", "Declined", "Contested"];
		if (ours.includes(doc.state) && doc.due_at && doc.due_at < frappe.datetime.now_datetime()) {
			return [__("Overdue"), "red", `state,=,${doc.state}`];
		}
		const colors = {
			Heard: "orange",
			Owned: "blue",
			Done: "purple",
			Declined: "gray",
			Told: "yellow",
			Contested: "red",
			Settled: "green",
		};
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},

	formatters: {
		due_at(value, df, doc) {
			if (!value) return "";
			const day = frappe.datetime.str_to_user(value.slice(0, 10));
			const ours = ["Heard", "Owned", "Done", "Declined", "Contested"].includes(doc.state);
			const late = ours && value < frappe.datetime.now_datetime();
			return `<span class="${late ? "text-danger" : ours ? "" : "text-muted"}">${day}</span>`;
		},
	},

	onload(listview) {
		const add = (label, filters) =>
			listview.page.add_inner_button(
				label,
				() =>
					listview.filter_area
						.clear(false)
						.then(() => listview.filter_area.add(filters.map((f) => ["CX Voice", ...f]))),
				__("Show")
			);
		const ours = ["Heard", "Owned", "Done", "Declined", "Contested"];
		add(__("Mine"), [
			["responsible", "=", frappe.session.user],
			["state", "in", ours],
		]);
		add(__("Overdue"), [
			["state", "in", ours],
			["due_at", "<", frappe.datetime.now_datetime()],
		]);
		add(__("New low answers"), [
			["kind", "in", ["Low answer", "Not solved"]],
			["state", "=", "Heard"],
		]);
		add(__("Waiting for the person"), [["state", "=", "Told"]]);
		add(__("Open promises"), [
			["kind", "=", "Promise"],
			["state", "in", ours],
		]);
		listview.page.add_inner_button(__("Told and Settled"), () =>
			frappe.set_route("query-report", "Told and Settled")
		);
	},
};
