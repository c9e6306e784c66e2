"""Checks one bag in a ZIP file by the text of RFC 8493, sharing nothing with
the Go code: Python's own zipfile and hashlib. Prints what is wrong, one line
each, then as JSON the payload paths and the metadata; exit 1 with faults."""

import hashlib
import io
import json
import re
import sys
import zipfile

faults = []


def wrong(what):
    faults.append(what)


def text_of(files, name):
    raw = files[name]
    if raw[:3] == b"\xef\xbb\xbf":
        wrong("%s: byte-order mark (2.1.1)" % name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        wrong("%s: not UTF-8" % name)
        return ""


def unescape(path):
    # 2.1.3: LF, CR, CRLF and % in a path are written %0A, %0D, %25; nothing else.
    out, i = "", 0
    while i < len(path):
        if path[i] == "%":
            code = path[i + 1 : i + 3].upper()
            if code not in ("0A", "0D", "25"):
                wrong("bare %% in manifest path %r" % path)
                return path
            out += {"0A": "\n", "0D": "\r", "25": "%"}[code]
            i += 3
        else:
            out += path[i]
            i += 1
    return out


def manifest(files, name):
    algorithm = re.fullmatch(r"(?:tag)?manifest-([a-z0-9]+)\.txt", name).group(1)
    found = {}
    body = text_of(files, name)
    if body and not body.endswith("\n"):
        wrong("%s: last line not terminated" % name)
    for line in body.split("\n"):
        if line == "":
            continue
        m = re.fullmatch(r"([0-9a-fA-F]+)[ \t]+(.+)", line)
        if not m:
            wrong("%s: line %r" % (name, line))
            continue
        path = unescape(m.group(2))
        if path.startswith("/") or any(s in ("", ".", "..") for s in path.split("/")):
            wrong("%s: unsafe path %r (6.2.2)" % (name, path))
        if path in found:
            wrong("%s: %r twice" % (name, path))
        found[path] = m.group(1).lower()
        if path not in files:
            wrong("%s: %r is not in the bag" % (name, path))
        elif hashlib.new(algorithm, files[path]).hexdigest() != found[path]:
            wrong("%s: digest of %r" % (name, path))
    return found


def metadata(files):
    pairs = []
    for line in text_of(files, "bag-info.txt").split("\n"):
        if line == "":
            continue
        if line[0] in " \t":
            if not pairs:
                wrong("bag-info.txt starts with a continuation")
                continue
            pairs[-1][1] += " " + line.strip(" \t")
            continue
        m = re.fullmatch(r"([^:\s](?:[^:\r\n]*[^:\s])?):[ \t](.*)", line)
        if not m:
            wrong("bag-info.txt: line %r (2.2.2)" % line)
            continue
        pairs.append([m.group(1), m.group(2)])
    for line in text_of(files, "bag-info.txt").split("\n"):
        # Recommended; a single word may be longer.
        if len(line) > 79 and " " in line.split(":", 1)[-1].strip():
            wrong("bag-info.txt: line of %d characters" % len(line))
    return pairs


def main():
    with open(sys.argv[1], "rb") as f:
        archive = zipfile.ZipFile(io.BytesIO(f.read()))
    bad = archive.testzip()
    if bad is not None:
        wrong("CRC of %r" % bad)
    names = [i.filename for i in archive.infolist()]
    if len(names) != len(set(names)):
        wrong("an entry twice")
    tops = {n.split("/", 1)[0] for n in names}
    if len(tops) != 1:
        wrong("not exactly one folder (4.2): %r" % sorted(tops))
    top = sorted(tops)[0] + "/"
    files = {n[len(top):]: archive.read(n) for n in names if not n.endswith("/")}

    if files.get("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        wrong("bagit.txt (2.1.1)")
    if not any(n.startswith(top + "data/") for n in names):
        wrong("no payload folder (2.1.2)")
    payload = {n for n in files if n.startswith("data/")}
    manifests = [n for n in files if re.fullmatch(r"manifest-[a-z0-9]+\.txt", n)]
    tag_manifests = [n for n in files if re.fullmatch(r"tagmanifest-[a-z0-9]+\.txt", n)]
    if "manifest-sha256.txt" not in manifests:
        wrong("no manifest by SHA-256")
    for name in manifests:
        if set(manifest(files, name)) != payload:
            wrong("%s does not list exactly the payload (2.1.3)" % name)
    for name in tag_manifests:
        listed = set(manifest(files, name))
        if listed != set(files) - payload - set(tag_manifests):
            wrong("%s does not list exactly the tag files (2.2.1)" % name)
    if not tag_manifests:
        wrong("no tag manifest")
    info = metadata(files)
    octets = "%d.%d" % (sum(len(files[n]) for n in payload), len(payload))
    if [v for k, v in info if k == "Payload-Oxum"] != [octets]:
        wrong("Payload-Oxum is not %s (2.2.2)" % octets)
    for line in faults:
        print(line)
    print(json.dumps({"payload": sorted(payload), "info": info}))
    sys.exit(1 if faults else 0)


main()
