frappe.ui.form.on("CX Survey Link", {
	setup(frm) {
		frm.set_query("survey", () => ({
			query: "cx_desk.api.surveys.find_surveys",
			filters: { not_anonymous: 1 },
		}));
		frm.set_query("visit", () => (frm.doc.unit ? { filters: { unit: frm.doc.unit } } : {}));
	},
	refresh(frm) {
		const shown = (frm.doc.__onload || {}).cx_link;
		const place = frm.get_field("link_html").$wrapper.empty();
		if (frm.is_new() || !shown) {
			place.append(
				$("<p class='text-muted'></p>").text(__("Save to get the link and its QR code.")),
			);
			return;
		}
		const box = $("<div style='display: flex; flex-wrap: wrap; gap: 24px; align-items: center;'></div>");
		// An SVG that the server draws from the address alone.
		box.append($("<div style='width: 168px; flex: none;'></div>").html(shown.qr));
		const text = $("<div style='min-width: 220px; flex: 1;'></div>").appendTo(box);
		text.append(
			$("<p style='overflow-wrap: anywhere;'></p>").append(
				$("<a target='_blank' rel='noopener'></a>").attr("href", shown.url).text(shown.url),
			),
		);
		text.append($("<p></p>").text(shown.state));
		text.append($("<p></p>").text(shown.answers));
		$("<button class='btn btn-default btn-sm'></button>")
			.text(__("Copy the link"))
			.on("click", () => frappe.utils.copy_to_clipboard(shown.url))
			.appendTo(text);
		place.append(box);
		frm.add_custom_button(__("Poster"), () =>
			window.open(`/cx/poster?name=${encodeURIComponent(frm.doc.name)}`),
		);
		if (shown.count) {
			frm.add_custom_button(__("Answers"), () =>
				frappe.set_route("List", "CX Survey Response", {
					channel: frm.doc.channel,
					event_name: frm.doc.visit || frm.doc.name,
				}),
			);
		}
	},
});
