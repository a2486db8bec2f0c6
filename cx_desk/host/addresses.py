"""Addresses of the site for mails that others act on.

Where the site's configuration names no `host_name`, the host takes the address from the request at hand, and a request can
claim any: whoever sends a survey or a message back could have its token led to a server of their own.
"""

import frappe
from frappe.utils import get_url

_OWN_MACHINE = {"localhost", "127.0.0.1", "[::1]"}


def site_url(path: str = "") -> str:
	"""The whole address of a path here, for a mail: of the site's own names only, never what a request claims."""
	return get_url(path, allow_header_override=_is_own(_claimed()))


def _claimed() -> str:
	request = getattr(frappe.local, "request", None)
	host = str(getattr(request, "host", "") or "").lower()
	return host if host.endswith("]") else host.rpartition(":")[0] or host


def _is_own(host: str) -> bool:
	domains = [
		one.get("domain") if isinstance(one, dict) else one for one in frappe.conf.get("domains") or []
	]
	return host in _OWN_MACHINE or host in {str(one).lower() for one in (frappe.local.site, *domains) if one}
