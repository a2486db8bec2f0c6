function setupForm({ doc, $dialog }) {
	// Whatever goes wrong here must not take the host's own buttons with it.
	try {
		if (!doc || !doc.name) return { actions: [] };
		const address = "/cx/ticket?name=" + encodeURIComponent(doc.name);
		return {
			actions: [
				{
					label: "CX",
					iconLeft: "users",
					tooltip: "Person and business unit",
					onClick: () =>
						$dialog({
							title: "Customer experience",
							size: "3xl",
							html:
								'<iframe src="' +
								address +
								'" title="Customer experience" style="width:100%;height:70vh;border:0"></iframe>',
						}),
				},
			],
		};
	} catch (error) {
		console.error("CX Desk:", error);
		return { actions: [] };
	}
}
