// Package sip makes the package in which one dossier is handed over to the
// historical archive (SIP, Thông tư 05/2025/TT-BNV), and checks such packages.
//
//	uuid-{UUID}/METS.xml                               what is in the package, with digests and sizes
//	  metadata/descriptive/EAD.xml                     the dossier, fields of NĐ 30/2020, PL VI, II.III
//	  metadata/preservation/PREMIS.xml                 who made the package, rights, retention
//	  representations/rep1/METS.xml                    the documents' files
//	    data/{mã hồ sơ}.{STT}.pdf                      as issued, signatures untouched
//	    metadata/descriptive/EAD_doc_{STT}.xml         a document, fields of PL VI, II.I
//	    metadata/preservation/PREMIS_rep1.xml          files, their making and their signatures
//
// The text of the circular's annex was not to be had. What is known of it
// (REGULATION.md 6) is followed: METS, EAD and PREMIS in the manner of E-ARK CSIP,
// SHA-256, ISO 8601 with +07:00, OBJID, names of files and folders. The rest is
// Config, each value with its mark of certainty. Not in the package: schema files
// of the circular, which were not to be had either. EAD is that of 2002, each
// field's tag of PL VI in encodinganalog, made for that purpose; whether the
// archive wants a form of its own is open.
//
// Data flows from Input (a closed dossier and its issued versions) through one
// check that reports everything that does not fit, into a ZIP file. Check reads
// the package of anybody by structure: digests counted again, every reference
// resolved, nothing listed that is missing and nothing there that is not listed.
package sip
