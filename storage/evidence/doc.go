// Package evidence makes and checks the evidence package of one document: a ZIP
// from which anybody can see, without network or archive, what was issued,
// under which number, and that the archive's journal says so.
//
//	van-ban.pdf            the document as it stands; separate files in kem-theo/
//	ban-ke.json            its manifest, byte for byte
//	nhat-ky/<sequence>     every journal entry about it, byte for byte
//	so-dang-ky.json        the line of the register, which follows from those
//	diem-chot.txt          the journal's signed checkpoint (C2SP tlog-checkpoint)
//	diem-chot.tst          RFC 3161 token over it, where there is one
//	chung-minh.json        for each entry, its inclusion proof (RFC 6962, 2.1.1)
//	khoa-nhat-ky.txt       the checkpoint's key, for signed-note tools
//	chung-thu/ thu-hoi/    certificates, OCSP answers and CRLs that the PDF carries
//	index.html             what all this is, for people
//	tong-hop.sha256        SHA-256 of every other file, as sha256sum writes it
//
// The signatures of the PDF are not judged here: that is signer/verify's.
package evidence
