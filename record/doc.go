// Package record is the domain of a Vietnamese records office (văn thư):
// documents, their versions, registers, distribution lists, signatories,
// organisations as dated data, and the journal that everything of legal weight
// is written to.
//
// It is the standard library and data only. It never reads a clock, a store or
// a file: what happened comes in as an Entry, and Apply, the only fold, says
// what follows from it. The rules rest on Nghị định 30/2020/NĐ-CP (NĐ 30/2020
// in comments) and its annexes (PL I to VI).
package record
