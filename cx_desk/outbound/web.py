"""One request to a server outside: bounded in time and size, and never to a machine inside the own network.

An address that somebody typed may name a machine that only this server can reach, or a name that resolves to one at the
second look. So it is the connection itself that is checked, before a byte is sent: the address at its other end.
"""

import ipaddress
import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

# Seconds to connect, and between two bytes of the answer.
TIMEOUT = (5, 30)
LARGEST_ANSWER = 20 * 1024 * 1024
AGENT = "CX-Desk"


class Refused(Exception):
	"""The address is none we may ask; str() is one of the keys below."""


class Failed(Exception):
	"""The other side did not serve us. status: of HTTP, 0 where there was no answer. retry_after: seconds it asked for."""

	def __init__(self, message: str, status: int = 0, retry_after: float = 0):
		super().__init__(message)
		self.status, self.retry_after = status, retry_after


# What of IPv6 is given to anybody on the internet (RFC 4291, IANA's registry of global unicast addresses).
_HANDED_OUT = ipaddress.ip_network("2000::/3")
NOT_A_WEB_ADDRESS, NOT_ENCRYPTED, INSIDE = "not a web address", "not encrypted", "inside the network"


@dataclass(frozen=True)
class Answer:
	"""What came back: the parsed JSON."""

	data: object
	status: int


def check_address(url: str, private_hosts: tuple[str, ...] = ()) -> None:
	"""Refuse an address that could not be asked in any case: no web address, no encryption, or one inside as typed.

	private_hosts: names that the site's own configuration allows although they lie inside, also without https.
	"""
	try:
		parts = urlsplit(url or "")
		host, _port = parts.hostname, parts.port
	except ValueError:
		raise Refused(NOT_A_WEB_ADDRESS) from None
	if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
		raise Refused(NOT_A_WEB_ADDRESS)
	if host in private_hosts:
		return
	if parts.scheme != "https":
		raise Refused(NOT_ENCRYPTED)
	try:
		inside = not is_public(host)
	except ValueError:
		# A name: what it stands for is looked at when the connection is made.
		inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
	if inside:
		raise Refused(INSIDE)


def is_public(address: str) -> bool:
	"""Whether an IP address is one of the open internet. ValueError where it is no IP address."""
	parsed = ipaddress.ip_address(address.split("%")[0])
	if isinstance(parsed, ipaddress.IPv6Address):
		# What is tunnelled or mapped leads to an IPv4 machine, and is judged as that.
		inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
		if inner:
			parsed = inner
		elif parsed in ipaddress.ip_network("64:ff9b::/96"):
			parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
	if isinstance(parsed, ipaddress.IPv6Address) and parsed not in _HANDED_OUT:
		# Old forms of IPv4 addresses and of private networks, which the library takes for public.
		return False
	return parsed.is_global and not parsed.is_multicast


class Client:
	"""Asks one server, with a session of its own. A redirect is not followed: it could lead anywhere."""

	def __init__(self, private_hosts: tuple[str, ...] = (), timeout: tuple[float, float] = TIMEOUT):
		self.private_hosts, self.timeout = private_hosts, timeout
		self.session = requests.Session()
		# A proxy of the surroundings would be the machine at the other end.
		self.session.trust_env = False
		for scheme in ("https://", "http://"):
			self.session.mount(scheme, _Adapter(private_hosts))

	def __enter__(self):
		return self

	def __exit__(self, *_error):
		self.session.close()

	def ask(self, method: str, url: str, *, headers=None, params=None, body=None) -> Answer:
		"""The JSON that the server answers with. Refused or Failed where there is none."""
		check_address(url, self.private_hosts)
		try:
			with self.session.request(
				method,
				url,
				headers={"User-Agent": AGENT, "Accept": "application/json", **(headers or {})},
				params=params,
				json=body,
				timeout=self.timeout,
				allow_redirects=False,
				stream=True,
			) as response:
				return self._read(response)
		except Refused:
			raise
		except requests.RequestException as error:
			if refused := _refused(error):
				raise refused from None
			raise Failed(type(error).__name__) from None

	def _read(self, response) -> Answer:
		status = response.status_code
		if 300 <= status < 400:
			raise Failed(f"HTTP {status}: the server sends us elsewhere", status)
		if status >= 400:
			raise Failed(f"HTTP {status}", status, _seconds(response.headers.get("Retry-After", "")))
		content = bytearray()
		for part in response.iter_content(65536):
			content += part
			if len(content) > LARGEST_ANSWER:
				raise Failed("the answer is larger than 20 MB", status)
		try:
			return Answer(json.loads(content), status)
		except (ValueError, RecursionError):
			raise Failed("the answer is not JSON", status) from None


def _seconds(text: str) -> float:
	"""What a server asks us to wait, in seconds; 0 where it says nothing we can read."""
	if text.isascii() and text.isdecimal() and len(text) < 9:
		return float(text)
	try:
		from datetime import datetime, timezone

		return max(0.0, (parsedate_to_datetime(text) - datetime.now(timezone.utc)).total_seconds())
	except (TypeError, ValueError):
		return 0.0


def _refused(error: BaseException | None) -> Refused | None:
	"""Our own refusal inside what urllib3 and requests wrapped it in."""
	seen = 0
	while error is not None and seen < 10:
		if isinstance(error, Refused):
			return error
		nested = getattr(error, "reason", None)
		if isinstance(nested, Refused):
			return nested
		first = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
		error = (nested if isinstance(nested, BaseException) else None) or first or error.__context__
		seen += 1
	return None


def _checked(connection, sock):
	host = connection.host.strip("[]")
	if host in connection.private_hosts:
		return sock
	if not is_public(sock.getpeername()[0]):
		sock.close()
		raise Refused(INSIDE)
	return sock


def _connections(private_hosts: tuple[str, ...]):
	allowed = private_hosts

	class Plain(HTTPConnection):
		private_hosts = allowed

		def _new_conn(self):
			return _checked(self, super()._new_conn())

	class Encrypted(HTTPSConnection):
		private_hosts = allowed

		def _new_conn(self):
			return _checked(self, super()._new_conn())

	return Plain, Encrypted


class _Adapter(HTTPAdapter):
	def __init__(self, private_hosts: tuple[str, ...]):
		self._private_hosts = private_hosts
		super().__init__()

	def init_poolmanager(self, connections, maxsize, block=False, **options):
		plain, encrypted = _connections(self._private_hosts)
		manager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
		manager.pool_classes_by_scheme = {
			"http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
			"https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": encrypted}),
		}
		self.poolmanager = manager
