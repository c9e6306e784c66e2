// Package sheet prints tables and reads them: the books and lists of a records
// office as DOCX (which converter turns into PDF/A), XLSX and CSV, and the
// spreadsheets that people hand in.
//
//	Table ──▶ DOCX  paper: cover, repeated heads, "Trang x/y", signatures
//	      ──▶ XLSX  numbers and days typed, texts never a formula
//	      ──▶ CSV   UTF-8 with its mark, one line per row
//	XLSX, CSV ──▶ Read ──▶ Book of texts, within Limits
//
// It knows nothing of registers (see sheet/register) or journals, asks nobody
// anything and keeps nothing.
package sheet
