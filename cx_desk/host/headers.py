"""Response headers of our own pages."""

import frappe


def protect_cx_pages(response=None, request=None) -> None:
	"""Keep pages under /cx/ out of caches, search engines, frames of others and Referer lines."""
	if response is None or request is None or not request.path.startswith("/cx/"):
		return
	# A page of ours decides its status while it renders, where the host knows only 200.
	if status := getattr(frappe.local, "cx_status", None):
		response.status_code = status
	headers = response.headers
	headers["Referrer-Policy"] = "no-referrer"
	headers["X-Robots-Tag"] = "noindex, nofollow"
	headers["Cache-Control"] = "no-store"
	headers["X-Content-Type-Options"] = "nosniff"
	headers["Content-Security-Policy"] = getattr(frappe.local, "cx_content_security_policy", None) or (
		"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
		"form-action 'self'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
	)
