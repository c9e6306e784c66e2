package signer

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"vanthu/pdf"
	"vanthu/signer/cms"
)

// intact checks that the signature's bytes are those that were signed: the
// range leaves out exactly its Contents, ends where a revision ends, and the
// CMS verifies over it. Who signed and what followed is signer/verify's.
func intact(f *pdf.File, value pdf.Object) error {
	d, err := pdf.As[pdf.Dict](f, value)
	if err != nil {
		return err
	}
	list, err := pdf.As[pdf.Array](f, d["ByteRange"])
	if err != nil {
		return err
	}
	if len(list) != 4 {
		return fmt.Errorf("byte range of %d numbers", len(list))
	}
	b, size := f.Bytes(), int64(len(f.Bytes()))
	var r [4]int64
	for i, o := range list {
		n, ok := o.(pdf.Integer)
		if !ok || n < 0 || int64(n) > size {
			return fmt.Errorf("byte range outside the file")
		}
		r[i] = int64(n)
	}
	from, to, end := r[1], r[2], r[2]+r[3]
	if r[0] != 0 || from+2 > to || end > size {
		return fmt.Errorf("byte range outside the file")
	}
	ends := false
	for _, revision := range f.Revisions() {
		ends = ends || int64(revision.End) == end
	}
	if !ends {
		return fmt.Errorf("the signed range does not end with a revision")
	}
	contents, ok := d["Contents"].(pdf.String)
	gap := b[from:to]
	if !ok || gap[0] != '<' || gap[len(gap)-1] != '>' || !bytes.EqualFold(gap[1:len(gap)-1], hex.AppendEncode(nil, []byte(contents))) {
		return fmt.Errorf("the signed range leaves out more than its signature")
	}
	signed, err := cms.Parse([]byte(contents))
	if err != nil {
		return err
	}
	h := signed.Hash.New()
	h.Write(b[:from])
	h.Write(b[to:end])
	return signed.Verify(h.Sum(nil))
}
