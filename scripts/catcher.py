"""A mail catcher for one machine: SMTP in, a web page out, nothing leaves. Standard library only.

	python3 catcher.py SMTP_PORT WEB_PORT

The web side answers as maildev does: GET /email lists, GET /email/ID one, /email/ID/html and /email/ID/source its
parts, DELETE /email/all empties. GET / is a page for people.
"""

import asyncio
import email
import email.policy
import html
import json
import sys
import threading
from datetime import datetime
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCAL = "127.0.0.1"
# Old messages go, so that a forgotten catcher does not fill the memory.
KEPT = 2000
messages: list[dict] = []
lock = threading.Lock()


def received(raw: bytes, recipients: list[str]) -> None:
	parsed = email.message_from_bytes(raw, policy=email.policy.default)
	bodies = {"plain": "", "html": ""}
	for part in parsed.walk():
		kind = part.get_content_subtype()
		if part.get_content_maintype() == "text" and kind in bodies and not bodies[kind]:
			bodies[kind] = part.get_content()
	with lock:
		number = messages[-1]["number"] + 1 if messages else 1
		messages.append(
			{
				"number": number,
				"id": f"m{number}",
				"time": datetime.now().isoformat(timespec="seconds"),
				"from": addresses(parsed.get("From")),
				"to": addresses(parsed.get("To")) or [{"address": a, "name": ""} for a in recipients],
				"envelope": {"to": recipients},
				"subject": str(parsed.get("Subject") or ""),
				"messageId": str(parsed.get("Message-ID") or "").strip("<>"),
				"headers": {key.lower(): str(value) for key, value in parsed.items()},
				"text": bodies["plain"],
				"html": bodies["html"],
				"source": raw.decode(errors="replace"),
			}
		)
		del messages[:-KEPT]


def addresses(header) -> list[dict]:
	return [
		{"address": address, "name": name} for name, address in getaddresses([str(header or "")]) if address
	]


async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
	"""One SMTP conversation, as much of it as a sender needs."""
	recipients: list[str] = []

	def answer(text: str) -> None:
		writer.write(text.encode() + b"\r\n")

	answer("220 cx-desk mail catcher")
	try:
		while line := await reader.readline():
			verb = line.strip().upper()
			if verb.startswith(b"EHLO"):
				answer("250-localhost\r\n250-8BITMIME\r\n250 SIZE 30000000")
			elif verb.startswith(b"RCPT TO:"):
				recipients.append(line.decode().split("<", 1)[-1].split(">", 1)[0].strip())
				answer("250 ok")
			elif verb == b"DATA":
				answer("354 end with a dot")
				received(await data(reader), recipients)
				recipients = []
				answer("250 kept")
			elif verb == b"RSET":
				recipients = []
				answer("250 ok")
			elif verb == b"QUIT":
				answer("221 bye")
				break
			elif verb.startswith((b"HELO", b"MAIL FROM", b"NOOP")):
				answer("250 ok")
			else:
				answer("502 not needed here")
			await writer.drain()
		await writer.drain()
	except (ConnectionError, asyncio.IncompleteReadError):
		pass
	finally:
		writer.close()


async def data(reader: asyncio.StreamReader) -> bytes:
	lines = []
	while (line := await reader.readline()) and line.rstrip(b"\r\n") != b".":
		lines.append(line[1:] if line.startswith(b"..") else line)
	return b"".join(lines)


class Web(BaseHTTPRequestHandler):
	def do_GET(self):
		with lock:
			kept = list(messages)
		parts = self.path.split("?")[0].strip("/").split("/")
		if parts == [""]:
			return self.send("text/html", page(kept))
		if parts[0] != "email":
			return self.send_error(404)
		if len(parts) == 1:
			return self.send("application/json", json.dumps(kept))
		found = next((m for m in kept if m["id"] == parts[1]), None)
		if not found:
			return self.send_error(404)
		if len(parts) == 2:
			return self.send("application/json", json.dumps(found))
		if parts[2] == "html":
			return self.send("text/html", found["html"] or f"<pre>{html.escape(found['text'])}</pre>")
		return self.send("text/plain", found["source"])

	def do_DELETE(self):
		if self.path == "/email/all":
			with lock:
				messages.clear()
			return self.send("application/json", "true")
		return self.send_error(404)

	def send(self, kind: str, text: str) -> None:
		body = text.encode()
		self.send_response(200)
		self.send_header("Content-Type", f"{kind}; charset=utf-8")
		self.send_header("Content-Length", str(len(body)))
		# A mail is a stranger's HTML: no script of it runs here.
		self.send_header("Content-Security-Policy", "script-src 'none'")
		self.end_headers()
		self.wfile.write(body)

	def log_message(self, *_):
		pass


def page(kept: list[dict]) -> str:
	rows = "".join(
		f"<tr><td>{m['time']}</td><td>{html.escape(', '.join(a['address'] for a in m['to']))}</td>"
		f"<td><a href='/email/{m['id']}/html'>{html.escape(m['subject']) or '(no subject)'}</a></td>"
		f"<td><a href='/email/{m['id']}/source'>source</a></td></tr>"
		for m in reversed(kept)
	)
	return (
		"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
		"<title>Mail catcher</title><style>body{font:15px system-ui;margin:2rem}td{padding:.3rem 1rem .3rem 0}"
		"</style><h1>Mail catcher</h1><p>Mails of the demo end here; none leaves this machine.</p>"
		f"<table>{rows or '<tr><td>No mail yet.</td></tr>'}</table></html>"
	)


async def main(smtp: int, web: int) -> None:
	threading.Thread(target=ThreadingHTTPServer((LOCAL, web), Web).serve_forever, daemon=True).start()
	server = await asyncio.start_server(session, LOCAL, smtp, limit=2**25)
	async with server:
		await server.serve_forever()


if __name__ == "__main__":
	asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
