package lint

// What a PDF shows of each rule, beside what its words say as they do in a
// DOCX:
//
//	R1   size and orientation of every page
//	R2   where the text stands: that it stands in a margin is sure, that a margin
//	     is too wide shows on full lines and full pages alone
//	R3   the fonts that the letters have, embedded; a clone of Times New Roman
//	     counts as it, since LibreOffice embeds what the machine has
//	R4   letters that no ToUnicode map and no encoding explains
//	R5   the printed numbers themselves, their place and order
//	R6   place, middle and rule of Quốc hiệu and Tiêu ngữ, to 1.5 mm and 5%
//	R7   rule under the issuing body; solid, in the middle
//	R8   the number as the form field shows it
//	R9   one baseline with the number, to 2 pt
//	R10  rule under the subject; gap above "V/v"
//	R12  distance of lines, gaps of paragraphs; not indent and alignment
//	R15, R16, R20  words and look
//	R14, R18  only when every page can be read; annexes on pages of their own
//	R19  pictures of the signatures: colour, mask, place, size, overlap, order
//
// R11, R13, R17 and the detectors need the paragraphs that only a DOCX has.

func pdfIssuer(d *pdfDoc, f *finder)     { checkIssuer(d.lintDoc, f) }
func pdfSymbol(d *pdfDoc, f *finder)     { checkSymbol(d.lintDoc, f) }
func pdfTitle(d *pdfDoc, f *finder)      { checkTitle(d.lintDoc, f) }
func pdfEndMark(d *pdfDoc, f *finder)    { checkEndMark(d.lintDoc, f) }
func pdfSigner(d *pdfDoc, f *finder)     { checkSigner(d.lintDoc, f) }
func pdfRecipients(d *pdfDoc, f *finder) { checkRecipients(d.lintDoc, f) }
func pdfBlanks(d *pdfDoc, f *finder)     { checkBlanks(d.lintDoc, f) }
