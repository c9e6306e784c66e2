package lint

// pdfDoc is a PDF as the rules see it.
type pdfDoc struct {
	about About
}
