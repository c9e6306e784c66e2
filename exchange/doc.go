// Package exchange is what the office hands to others, and what others hand to
// it: files with rules of their own, which are read elsewhere and decades later.
//
//	bagit   any set of files with their digests, for a carrier or another
//	        archive (RFC 8493)
//	sip     one dossier for the historical archive: METS, EAD and PREMIS
//	        (Thông tư 05/2025/TT-BNV, E-ARK CSIP)
//	edxml   one document or one status for another agency's system
//	        (QCVN 102:2016/BTTTT)
//
// Data flows out as record.Version (the manifest) plus a reader for each file;
// every file's digest is counted again on its way and compared with the
// manifest, so nothing damaged leaves. The output goes to an io.Writer, and equal
// input gives equal bytes. Data flows in through Check and Read, which take files
// of strangers: sizes, counts, depths and names are bounded before anything is
// believed, no DTD or entity is read, and no path is ever opened on disk.
//
// Values that do not fit a field of the receiving side are faults, all of them
// at once with their places; nothing is cut or left out silently. What is not
// certain in the rules (their texts were not all to be had) is data in a Config
// that says how sure each value is.
//
// The room imports record only. It fetches, stores and sends nothing, and decides
// nothing about documents.
package exchange
