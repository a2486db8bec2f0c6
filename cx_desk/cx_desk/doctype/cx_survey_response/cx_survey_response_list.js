frappe.listview_settings["CX Survey Response"] = {
	add_fields: ["kind", "score", "main_type", "low", "not_solved", "event_doctype", "event_name", "channel"],
	hide_name_column: true,
	get_indicator(doc) {
		if (doc.kind === "Suspected machine") return [__("Suspected machine"), "gray", "kind,=,Suspected machine"];
		if (doc.not_solved) return [__("Not solved"), "red", "not_solved,=,1"];
		if (doc.low) return [__("Low"), "red", "low,=,1"];
		return [doc.kind === "Person" ? __("Answered") : __(doc.kind), "green", "low,=,0"];
	},
	formatters: {
		// An answer from outside is about no record of ours: then where it came from, never its own number.
		event_name(_value, df, doc) {
			if (!doc.event_name) return __(doc.channel || "");
			return doc.event_doctype === "HD Ticket" ? __("Ticket {0}", [doc.event_name]) : doc.event_name;
		},
		score(value, df, doc) {
			const points = /^Rating (\d+)$/.exec(doc.main_type || "");
			// 11 points run from 0 to 10, all others begin at 1.
			const best = points ? Math.min(Number(points[1]), 10) : { CSAT: 5, CES: 7, NPS: 10 }[doc.main_type];
			return value === null || !best ? "" : __("{0} of {1}", [value, best]);
		},
	},
};
