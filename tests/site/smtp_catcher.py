"""A small SMTP server on a port of its own, for tests: keeps what it is sent, and can refuse or stay silent."""

import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Caught:
	"""One mail as it came over the wire."""

	sender: str
	recipients: list[str]
	data: bytes


@dataclass
class Box:
	mails: list[Caught] = field(default_factory=list)
	refuse: str = ""
	unknown: dict[str, str] = field(default_factory=dict)
	lock: threading.Lock = field(default_factory=threading.Lock)


class _Handler(socketserver.StreamRequestHandler):
	def say(self, text: str) -> None:
		self.wfile.write(text.encode() + b"\r\n")

	def handle(self) -> None:
		box: Box = self.server.box
		sender, recipients = "", []
		self.say("220 catcher")
		while line := self.rfile.readline():
			word = line.strip().upper()
			if word.startswith((b"EHLO", b"HELO")):
				self.say("250 catcher")
			elif word.startswith(b"MAIL FROM"):
				sender, recipients = line.decode().split(":", 1)[1].strip(), []
				self.say(box.refuse or "250 ok")
			elif word.startswith(b"RCPT TO"):
				address = line.decode().split("<", 1)[-1].split(">", 1)[0].strip()
				if answer := box.unknown.get(address):
					self.say(answer)
					continue
				recipients.append(address)
				self.say("250 ok")
			elif word == b"DATA":
				self.say("354 go on")
				data = self._data()
				with box.lock:
					box.mails.append(Caught(sender, recipients, data))
				self.say("250 kept")
			elif word == b"QUIT":
				self.say("221 bye")
				return
			else:
				self.say("250 ok")

	def _data(self) -> bytes:
		lines = []
		while (line := self.rfile.readline()) not in (b".\r\n", b""):
			lines.append(line[1:] if line.startswith(b"..") else line)
		return b"".join(lines)


class _Server(socketserver.ThreadingTCPServer):
	allow_reuse_address = True
	daemon_threads = True


class SmtpCatcher:
	"""`with SmtpCatcher() as catcher:` listens on 127.0.0.1; catcher.port, catcher.mails."""

	def __init__(self, port: int = 0):
		self.server = _Server(("127.0.0.1", port), _Handler)
		self.server.box = Box()
		self.port = self.server.server_address[1]

	@property
	def mails(self) -> list[Caught]:
		return self.server.box.mails

	def refuse(self, answer: str = "") -> None:
		"""Answer every mail with this line (for example '451 later'); empty accepts again."""
		self.server.box.refuse = answer

	def refuse_address(self, address: str, answer: str) -> None:
		"""Answer every mail to this address with this line, for example '550 5.1.1 User unknown'."""
		self.server.box.unknown[address] = answer

	def __enter__(self):
		threading.Thread(target=self.server.serve_forever, daemon=True).start()
		return self

	def __exit__(self, *_exc):
		self.server.shutdown()
		self.server.server_close()
