# Reads a message with Python's own parser and prints what is in it as JSON.
# Headers are decoded by email.header: the newer parser of addresses shows the
# space between two encoded words of a name, which RFC 2047, 6.2 forbids.
import email, email.header, email.policy, email.utils, hashlib, json, sys

raw = sys.stdin.buffer.read()
m, old = email.message_from_bytes(raw, policy=email.policy.default), email.message_from_bytes(raw)


def decoded(value):
    return str(email.header.make_header(email.header.decode_header(value)))


def people(name):
    return [[decoded(shown), address] for shown, address in email.utils.getaddresses(old.get_all(name))]


def content(kind):
    part = m.get_body((kind,))
    return part.get_content() if part else ""


print(json.dumps({
    "subject": decoded(old["Subject"]),
    "from": people("From"),
    "to": people("To"),
    "id": m["Message-ID"].strip(),
    "headers": m.keys(),
    "text": content("plain"),
    "html": content("html"),
    "files": [[a.get_filename(), a.get_content_type(), hashlib.sha256(a.get_payload(decode=True)).hexdigest()] for a in m.iter_attachments()],
    "defects": [str(d) for part in m.walk() for d in part.defects],
}))
