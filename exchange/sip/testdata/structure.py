"""Checks a SIP in a ZIP file by structure rules of METS 1.12, E-ARK CSIP 2,
PREMIS 3.0 and EAD 2002 that are written down here, sharing nothing with the Go
code: Python's own zipfile, hashlib and xml.etree. Prints what is wrong, one line
each; then as JSON the fields of each EAD file by encodinganalog and the PREMIS
events. Exit 1 with faults."""

import hashlib
import json
import posixpath
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zipfile

M = "{http://www.loc.gov/METS/}"
X = "{http://www.w3.org/1999/xlink}"
C = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
P = "{http://www.loc.gov/premis/v3}"
E = "{urn:isbn:1-931666-22-9}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00"
faults = []


def wrong(format, *values):
    faults.append(format % values)


def order(element, names, namespace):
    """Children come in the order of the schema's sequence and are all in it."""
    at = 0
    for child in element:
        name = child.tag.replace(namespace, "")
        if name not in names:
            wrong("%s may not hold %s", element.tag, child.tag)
        elif names.index(name) < at:
            wrong("%s: %s out of order", element.tag, name)
        else:
            at = names.index(name)


def need(element, *attributes):
    for a in attributes:
        if not element.get(a):
            wrong("%s without %s", element.tag, a)


archive = zipfile.ZipFile(sys.argv[1])
if archive.testzip():
    wrong("CRC of %s", archive.testzip())
names = archive.namelist()
tops = {n.split("/", 1)[0] for n in names}
(top,) = tops
if not re.fullmatch("uuid-" + UUID, top):
    wrong("folder %s", top)
files = {n[len(top) + 1:]: archive.read(n) for n in names}
if len(files) != len(names):
    wrong("an entry twice")

named = {"METS.xml"}
by_id = {}
ead_files, premis_files = [], []


def metadata_ref(ref, base, kind):
    need(ref, "LOCTYPE", "MDTYPE", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE", X + "href", X + "type")
    if ref.get("MDTYPE") != kind:
        wrong("MDTYPE %s", ref.get("MDTYPE"))
    path = target(ref, base)
    (ead_files if kind == "EAD" else premis_files).append(path)


def target(element, base):
    path = posixpath.normpath(posixpath.join(base, urllib.parse.unquote(element.get(X + "href"))))
    if path in named:
        wrong("%s named twice", path)
    named.add(path)
    return path


def compare(element, path):
    data = files.get(path)
    if data is None:
        wrong("%s is missing", path)
        return
    if element.get("CHECKSUMTYPE") != "SHA-256" or element.get("CHECKSUM") != hashlib.sha256(data).hexdigest():
        wrong("digest of %s", path)
    if element.get("SIZE") != str(len(data)):
        wrong("size of %s", path)
    if not re.fullmatch(TIME, element.get("CREATED") or ""):
        wrong("time of %s", path)


def mets(path):
    base = posixpath.dirname(path)
    root = ElementTree.fromstring(files[path])
    if root.tag != M + "mets":
        wrong("%s: root %s", path, root.tag)
    order(root, ["metsHdr", "dmdSec", "amdSec", "fileSec", "structMap"], M)
    need(root, "OBJID", "TYPE", "PROFILE", "LABEL", C + "CONTENTINFORMATIONTYPE")
    header = root.find(M + "metsHdr")
    if header.get(C + "OAISPACKAGETYPE") != "SIP" or not re.fullmatch(TIME, header.get("CREATEDATE")):
        wrong("%s: metsHdr", path)
    agents = {(a.get("ROLE"), a.get("TYPE"), a.get("OTHERTYPE")): a for a in header.findall(M + "agent")}
    for key in (("CREATOR", "OTHER", "SOFTWARE"), ("CREATOR", "ORGANIZATION", None)):
        if key not in agents or not agents[key].findtext(M + "name"):
            wrong("%s: agent %s", path, key)
    note = agents[("CREATOR", "ORGANIZATION", None)].find(M + "note")
    if note.get(C + "NOTETYPE") != "IDENTIFICATIONCODE":
        wrong("%s: code of the fonds", path)
    ids = {}
    for element in root.iter():
        if element.get("ID"):
            if element.get("ID") in ids:
                wrong("%s: ID %s twice", path, element.get("ID"))
            if not re.fullmatch(r"[A-Za-z_][\w.-]*", element.get("ID")):
                wrong("%s: ID %s is no NCName", path, element.get("ID"))
            ids[element.get("ID")] = element
    for section in root.findall(M + "dmdSec"):
        need(section, "ID", "CREATED")
        compare(section.find(M + "mdRef"), posixpath.normpath(posixpath.join(base, urllib.parse.unquote(section.find(M + "mdRef").get(X + "href")))))
        metadata_ref(section.find(M + "mdRef"), base, "EAD")
    for section in root.findall(M + "amdSec"):
        for md in section:
            need(md, "ID")
            compare(md.find(M + "mdRef"), posixpath.normpath(posixpath.join(base, urllib.parse.unquote(md.find(M + "mdRef").get(X + "href")))))
            metadata_ref(md.find(M + "mdRef"), base, "PREMIS")
    placed = {f.get("FILEID") for f in root.iter(M + "fptr")} | {f.get(X + "title") for f in root.iter(M + "mptr")}
    for group in root.find(M + "fileSec"):
        need(group, "USE")
        for f in group:
            need(f, "ID", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
            need(f.find(M + "FLocat"), "LOCTYPE", X + "href", X + "type")
            where = target(f.find(M + "FLocat"), base)
            compare(f, where)
            by_id[f.get("ID")] = f
            if f.get("ID") not in placed:
                wrong("%s: %s has no place in the structure", path, f.get("ID"))
    kinds = {"DMDID": {M + "dmdSec"}, "ADMID": {M + "digiprovMD"}, "FILEID": {M + "file"}}
    for element in root.iter():
        for attribute, tags in kinds.items():
            for reference in (element.get(attribute) or "").split():
                if reference not in ids or ids[reference].tag not in tags:
                    wrong("%s: %s %s leads nowhere", path, attribute, reference)
    maps = root.findall(M + "structMap")
    if len(maps) != 1 or maps[0].get("LABEL") != "CSIP" or maps[0].get("TYPE") != "PHYSICAL" or len(maps[0].findall(M + "div")) != 1:
        wrong("%s: structMap", path)
    labels = [d.get("LABEL") for d in maps[0].find(M + "div")]
    if labels[0] != "Metadata":
        wrong("%s: divisions %s", path, labels)
    for pointer in root.iter(M + "mptr"):
        mets(posixpath.normpath(posixpath.join(base, pointer.get(X + "href"))))
    return root


root = mets("METS.xml")
objid = re.fullmatch("urn:([^:]+):uuid:(" + UUID + ")", root.get("OBJID"))
if not objid or "uuid-" + objid.group(2) != top:
    wrong("OBJID %s", root.get("OBJID"))
if named != set(files):
    wrong("named and there differ: %s", sorted(named ^ set(files)))

fields = {}
for path in ead_files:
    ead = ElementTree.fromstring(files[path])
    if ead.tag != E + "ead":
        wrong("%s: root", path)
    order(ead, ["eadheader", "archdesc"], E)
    order(ead.find(E + "eadheader"), ["eadid", "filedesc", "profiledesc"], E)
    description = ead.find(E + "archdesc")
    if description.get("level") not in ("file", "item") or description[0].tag != E + "did":
        wrong("%s: archdesc", path)
    for child in description.find(E + "did"):
        if child.tag.replace(E, "") not in ("unitid", "unittitle", "unitdate", "origination", "repository", "langmaterial", "physdesc"):
            wrong("%s: did holds %s", path, child.tag)
    for date in ead.iter(E + "unitdate"):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", date.get("normal") or ""):
            wrong("%s: date %s", path, date.get("normal"))
    fields[path] = {}
    for element in description.iter():
        if element.get("encodinganalog"):
            value = [[(x.text or "").strip() for x in p] for p in element.findall(E + "p")] or (element.get("normal") or element.text)
            fields[path][element.get("encodinganalog")] = value

events = []
covered = set()
for path in premis_files:
    premis = ElementTree.fromstring(files[path])
    if premis.tag != P + "premis" or premis.get("version") != "3.0":
        wrong("%s: root", path)
    order(premis, ["object", "event", "agent", "rights"], P)

    def identifier(element, what):
        return [i.findtext(P + what + "IdentifierValue") for i in element.findall(P + what + "Identifier")]

    objects = {i for o in premis.findall(P + "object") for i in identifier(o, "object")}
    agents = {i: a for a in premis.findall(P + "agent") for i in identifier(a, "agent")}
    seen = set()
    for o in premis.findall(P + "object"):
        order(o, ["objectIdentifier", "objectCharacteristics", "originalName", "relationship"], P)
        if o.get(TYPE) == "premis:file":
            (name,) = identifier(o, "object")
            characteristics = o.find(P + "objectCharacteristics")
            order(characteristics, ["compositionLevel", "fixity", "size", "format"], P)
            f = by_id.get(name)
            covered.add(name)
            if f is None or characteristics.findtext(P + "fixity/" + P + "messageDigest") != f.get("CHECKSUM") or characteristics.findtext(P + "size") != f.get("SIZE"):
                wrong("%s: %s differs from METS", path, name)
            if not characteristics.findtext(P + "format/" + P + "formatDesignation/" + P + "formatName"):
                wrong("%s: format of %s", path, name)
        elif o.get(TYPE) not in ("premis:representation", "premis:intellectualEntity"):
            wrong("%s: object %s", path, o.get(TYPE))
    for e in premis.findall(P + "event"):
        order(e, ["eventIdentifier", "eventType", "eventDateTime", "eventDetailInformation", "eventOutcomeInformation", "linkingAgentIdentifier", "linkingObjectIdentifier"], P)
        (name,) = identifier(e, "event")
        if name in seen:
            wrong("%s: event %s twice", path, name)
        seen.add(name)
        if not re.fullmatch(TIME, e.findtext(P + "eventDateTime")):
            wrong("%s: time of %s", path, name)
        (who,) = identifier(e, "linkingAgent")
        if who not in agents or not set(identifier(e, "linkingObject")) <= objects:
            wrong("%s: links of %s", path, name)
        else:
            events.append([e.findtext(P + "eventType"), e.findtext(P + "eventDateTime"), agents[who].findtext(P + "agentName"),
                           agents[who].findtext(P + "agentType"), identifier(e, "linkingObject")])
    for r in premis.iter(P + "rightsStatement"):
        order(r, ["rightsStatementIdentifier", "rightsBasis", "statuteInformation", "rightsGranted", "linkingObjectIdentifier", "linkingAgentIdentifier"], P)
        if not set(identifier(r, "linkingObject")) <= objects or not set(identifier(r, "linkingAgent")) <= set(agents):
            wrong("%s: links of rights", path)
if covered != {i for i, f in by_id.items() if f.get("MIMETYPE") == "application/pdf"}:
    wrong("PREMIS describes %s", sorted(covered))

for line in faults:
    print(line)
print(json.dumps({"fields": fields, "events": events, "names": sorted(files)}))
sys.exit(1 if faults else 0)
