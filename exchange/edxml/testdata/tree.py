"""Reads an edXML message with Python's own parser and prints every value at its
place, one JSON list of [path, text] pairs in document order. A path names the
elements from the root, with the position among those of the same name behind
the second and later ones; attributes are not read. Base64 of attachments is
unpacked and shown as the SHA-256 of the file, with the name inside the ZIP."""

import base64
import hashlib
import io
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

NAMESPACE = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
out = []


def visit(element, path):
    assert element.tag.startswith(NAMESPACE), element.tag
    children = list(element)
    if element.tag == NAMESPACE + "ContentTransferEncoded":
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(element.text, validate=True)))
        (only,) = archive.infolist()
        out.append([path, only.filename + " " + hashlib.sha256(archive.read(only)).hexdigest()])
        return
    if not children:
        out.append([path, element.text or ""])
        return
    assert not (element.text or "").strip(), path
    seen = {}
    for child in children:
        name = child.tag.replace(NAMESPACE, "")
        seen[name] = seen.get(name, 0) + 1
        visit(child, path + "/" + name + ("" if seen[name] == 1 else "[%d]" % seen[name]))
        assert not (child.tail or "").strip(), path


root = ElementTree.parse(sys.argv[1]).getroot()
visit(root, root.tag.replace(NAMESPACE, ""))
print(json.dumps(out))
