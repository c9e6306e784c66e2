package storage

import (
	"context"
	"math"
	"strings"

	"vanthu/pdf"
	"vanthu/record"
)

const (
	maxAttached      = 16 << 20  // bytes of a file whose text is read
	maxAttachedPages = 300       // of it
	maxAttachedText  = 256 << 10 // bytes of that text
)

// attached are the titles of what is attached to a version, and the text of
// those files as far as their pages say it. A file that is damaged, too long or
// has pictures alone adds its title.
func (x *Index) attached(ctx context.Context, doc record.Document, v record.Version) (string, error) {
	var all strings.Builder
	for _, a := range v.Attachments {
		all.WriteString(a.Title + "\n")
		f, ok := v.File(a.File)
		if !ok || f.Size > maxAttached {
			continue
		}
		b, err := x.archive.Blob(ctx, f.SHA256)
		if err != nil {
			if err := x.pass(err, doc); err != nil {
				return "", err
			}
			continue
		}
		text, err := pagesText(ctx, b)
		if err != nil && ctx.Err() == nil {
			x.log.Warn("attachment indexed without all its text", "journal", doc.Journal, "document", doc.ID, "file", a.File, "error", err)
		}
		all.WriteString(text)
	}
	return all.String(), ctx.Err()
}

// pagesText is what the pages of a PDF say, in the order in which they show it;
// with an error it is what was read before.
func pagesText(ctx context.Context, b []byte) (string, error) {
	f, err := pdf.Open(b)
	if err != nil {
		return "", err
	}
	pages, err := f.Pages()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, p := range pages[:min(len(pages), maxAttachedPages)] {
		if all.Len() > maxAttachedText || ctx.Err() != nil {
			break
		}
		glyphs, err := f.Glyphs(p)
		if err != nil {
			return all.String(), err
		}
		for i, g := range glyphs {
			if i > 0 && apart(glyphs[i-1], g) {
				all.WriteByte(' ')
			}
			if all.WriteString(g.Text); all.Len() > maxAttachedText {
				break
			}
		}
		all.WriteByte('\n')
	}
	return all.String(), nil
}

// apart says that a glyph begins another word than the one before it, by where
// it stands.
func apart(before, g pdf.Glyph) bool {
	size := max(before.Size, g.Size)
	gap := g.X - (before.X + before.Width)
	return math.Abs(g.Y-before.Y) > 0.3*size || gap > 0.2*size || gap < -size
}
