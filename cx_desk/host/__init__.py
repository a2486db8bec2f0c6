"""The border to Frappe Helpdesk and Frappe: the only place that knows the host's names and versions."""
