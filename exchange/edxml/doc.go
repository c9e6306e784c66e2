// Package edxml writes and reads the messages by which agencies send each other
// documents and say what became of them (edXML, QCVN 102:2016/BTTTT).
//
// The text of QCVN 102:2016 was not to be had: names, order and codes are those
// that running systems agree on. Known to differ between them, and so read in
// every form and written in one:
//
//	namespace, root  the newer http://www.mic.gov.vn/TBT/QCVN_102_2016 with
//	                 edXML/edXMLEnvelope is written; those of before, elements
//	                 with and without prefix, and SOAP around them are read
//	dates            yyyy/MM/dd is written; dd/MM/yyyy is read too
//	ContentId        "cid:" stands before it in the manifest and not at the
//	                 attachment; both are read at both
//	status           in MessageHeader; one in a Status element is read too
//	OrganId          up to 35 characters (QĐ 20/2020/QĐ-TTg), not 13
//
// Data flows from record.Version through FromVersion to Message and Write, and
// through Read from a stranger's file to Message or Status. Signatures (XML-DSig)
// are neither made nor verified; the documents inside carry their own. The package
// sends nothing.
package edxml
