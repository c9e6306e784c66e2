// Package verify says what the signatures of a PDF are worth.
//
// For each signature: whose certificate, by which CA; whether the signed bytes
// are intact; when it existed at the latest, and whether the certificate was in
// force and not revoked then; its level; which part of the file it covers; and
// what every later update changed and whether that was allowed. Cryptography
// alone does not answer the last question: a later update may show another page
// under an untouched signature.
//
//	bytes ─▶ pdf: revisions ─▶ signature fields ─▶ digests, CMS ─▶ timestamps, last to first ─▶ chain, revocation ──┐
//	              └─▶ objects that each update touches ─▶ differences ─▶ judged by what the signature permits ─┴▶ Report
//
// Time is proven by timestamps (ETSI EN 319 102-1, 5.6): a good document
// timestamp proves that all bytes before it existed, certificates and answers
// about revocation among them; what is only claimed is believed while the
// certificate lasts. What cannot be established is Unknown with its reason, and
// never a guess.
//
// What is allowed after a signature is little, everything else is named and
// makes it invalid: filling form fields that the signature left open (FieldMDP,
// DocMDP: ISO 32000-1, 12.8.2), signing signature fields that were there and
// empty or that show text on a bare part of a page, evidence for long-term
// validation (DSS), document timestamps, and notes where DocMDP allows them.
//
// The package writes nothing and never repairs a file. It asks a network only
// through Options.Revocation, and only about certificates that lead to a given
// root. The second opinion (SecondOpinion) is another implementation's verdict,
// fetched from a child process with limits; it is reported and never decides.
package verify
