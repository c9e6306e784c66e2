package signer

import (
	"strconv"

	"vanthu/pdf"
)

// Lengths in points.
const (
	millimetre = 72 / 25.4

	// A personal signature is at most 50 x 25 mm.
	signatureWidth  = 50 * millimetre
	signatureHeight = 25 * millimetre
	// The seal covers this share of the personal signature's width, its left
	// third (NĐ 30/2020, PL I, II.8; Điều 33).
	covered = 1.0 / 3
	// edge is what a seal keeps from the edge of the page.
	edge = 3 * millimetre
)

// within is the largest rectangle of the picture's shape in the middle of r.
func (p *picture) within(r pdf.Rect) pdf.Rect {
	scale := min(r.Width()/float64(p.width), r.Height()/float64(p.height))
	w, h := scale*float64(p.width), scale*float64(p.height)
	x, y := (r.Left+r.Right)/2, (r.Bottom+r.Top)/2
	return pdf.Rect{Left: x - w/2, Bottom: y - h/2, Right: x + w/2, Top: y + h/2}
}

// sealRect is where the seal stands: its right edge a third into the personal
// signature, its middle at the middle of area, on the page.
func sealRect(personal, area pdf.Rect, diameter float64, p pdf.Page) pdf.Rect {
	right := personal.Left + covered*personal.Width()
	bottom := (area.Bottom+area.Top)/2 - diameter/2
	bottom = max(p.CropBox.Bottom+edge, min(bottom, p.CropBox.Top-edge-diameter))
	left := max(p.CropBox.Left+edge, right-diameter)
	return pdf.Rect{Left: left, Bottom: bottom, Right: left + diameter, Top: bottom + diameter}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }
