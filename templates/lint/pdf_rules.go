package lint

// What a PDF shows of the rules that ask for words and their look alone is
// asked of its paragraphs as it is of those of a DOCX.

func pdfIssuer(d *pdfDoc, f *finder)     { checkIssuer(d.lintDoc, f) }
func pdfSymbol(d *pdfDoc, f *finder)     { checkSymbol(d.lintDoc, f) }
func pdfTitle(d *pdfDoc, f *finder)      { checkTitle(d.lintDoc, f) }
func pdfEndMark(d *pdfDoc, f *finder)    { checkEndMark(d.lintDoc, f) }
func pdfSigner(d *pdfDoc, f *finder)     { checkSigner(d.lintDoc, f) }
func pdfRecipients(d *pdfDoc, f *finder) { checkRecipients(d.lintDoc, f) }
func pdfBlanks(d *pdfDoc, f *finder)     { checkBlanks(d.lintDoc, f) }
