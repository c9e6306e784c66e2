// Package verify says what the signatures of a PDF are worth.
//
// For each signature: whose certificate, by which CA; whether the signed bytes
// are intact; whether the certificate leads to a given root and was valid at
// the claimed time; which part of the file it covers; and what every later
// update changed and whether that was allowed. Cryptography alone does not
// answer the last question: a later update may show another page under an
// untouched signature.
//
//	bytes ─▶ pdf: revisions ─▶ signature fields ─▶ digest, CMS, chain ──┐
//	              └─▶ objects of each revision ─▶ differences ─▶ judged ─┴▶ Report
//
// What is allowed after a signature is little, everything else is named and
// makes it invalid: filling form fields that the signature left open (FieldMDP,
// DocMDP: ISO 32000-1, 12.8.2), signing signature fields that were there and
// empty, evidence for long-term validation (DSS) and document timestamps.
//
// The package writes nothing, asks no network and never repairs a file. The
// second opinion (SecondOpinion) is another implementation's verdict, fetched
// from a child process with limits; it is reported and never decides.
package verify
