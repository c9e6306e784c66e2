package signer

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/pdf"
	"vanthu/record"
	"vanthu/signer/cms"
	"vanthu/signer/trust"
	"vanthu/signer/tsp"
)

// collector gathers certificates and revocation data for every signature and
// timestamp of a file.
type collector struct {
	signer *Signer
	ctx    context.Context
	now    time.Time
	times  map[string]time.Time // by field: when it was signed; now for the others

	certs []*x509.Certificate // that the file encloses
	ocsps [][]byte            // and what it says of them
	crls  []*x509.RevocationList
	asked map[string]bool // certificates that nobody answers about
	added int             // objects new to the store

	unanswered, untrusted []string // what could not be had
}

// store is an update with the file's document security store as it should be.
func (c *collector) store(f *pdf.File) (*pdf.Update, error) {
	u := pdf.NewUpdate(f)
	root, ok := f.Trailer()["Root"].(pdf.Ref)
	if !ok {
		return nil, damaged(pdf.ErrDamaged)
	}
	catalog, err := u.Dict(root)
	if err != nil {
		return nil, damaged(err)
	}
	store, err := u.Dict(catalog["DSS"])
	if err != nil {
		return nil, damaged(err)
	}
	store["Type"] = pdf.Name("DSS")
	w := &storeWriter{f: f, u: u, refs: map[string]pdf.Ref{}, store: store, collector: c}
	if err := w.read(); err != nil {
		return nil, damaged(err)
	}
	related, err := u.Dict(store["VRI"])
	if err != nil {
		return nil, damaged(err)
	}
	form, err := formOf(f)
	if err != nil {
		return nil, damaged(err)
	}
	type signedBy struct {
		key    pdf.Name
		chains []chain
	}
	var signed []signedBy
	err = eachValue(f, form["Fields"], "", func(name string, value pdf.Dict) {
		if contents, ok := value["Contents"].(pdf.String); ok {
			signed = append(signed, signedBy{relatedKey(value["SubFilter"], []byte(contents)), c.chains(name, value["SubFilter"], []byte(contents))})
		}
	})
	if err != nil {
		return nil, damaged(err)
	}
	for _, g := range signed {
		entry, err := u.Dict(related[g.key])
		if err != nil {
			return nil, damaged(err)
		}
		for _, chain := range g.chains {
			c.path(chain, w, entry)
		}
		if len(entry) > 0 {
			related[g.key] = entry
		}
	}
	store["VRI"] = related
	if c.added > 0 {
		catalog["DSS"] = u.Add(store)
		if err := declare(u, catalog); err != nil {
			return nil, damaged(err)
		}
		u.Set(root, catalog)
	}
	return u, nil
}

// eachValue goes through fields and those below them (12.7.3.1) and tells of
// each whose value is a dictionary, by its full name. The file has been through
// package verify, which refuses forms that are deep or go in circles.
func eachValue(f *pdf.File, list pdf.Object, above string, tell func(name string, value pdf.Dict)) error {
	all, err := pdf.As[pdf.Array](f, list)
	if err != nil {
		return err
	}
	for _, o := range all {
		d, err := pdf.As[pdf.Dict](f, o)
		if err != nil {
			return err
		}
		name := above
		if own, ok := d["T"].(pdf.String); ok {
			if name != "" {
				name += "."
			}
			name += own.Text()
		}
		if v, err := f.Resolve(d["V"]); err != nil {
			return err
		} else if value, ok := v.(pdf.Dict); ok {
			tell(name, value)
		}
		if err := eachValue(f, d["Kids"], name, tell); err != nil {
			return err
		}
	}
	return nil
}

// relatedKey is the name under which a signature's own evidence stands: the SHA-1
// of its Contents, of a timestamp without the padding.
func relatedKey(sub pdf.Object, contents []byte) pdf.Name {
	if sub == pdf.Name("ETSI.RFC3161") {
		contents = unpadded(contents)
	}
	sum := sha1.Sum(contents)
	return pdf.Name(fmt.Sprintf("%X", sum[:]))
}

func unpadded(der []byte) []byte {
	if in := cryptobyte.String(der); in.SkipASN1(cbasn1.SEQUENCE) {
		return der[:len(der)-len(in)]
	}
	return der
}

// chain is a certificate with the time at which it must have been good.
type chain struct {
	leaf *x509.Certificate
	at   time.Time
}

// chains are whoever signed and stamped; what they enclose is noted.
func (c *collector) chains(field string, sub pdf.Object, contents []byte) []chain {
	at := c.times[field]
	if at.IsZero() || at.After(c.now) {
		at = c.now
	}
	if sub == pdf.Name("ETSI.RFC3161") {
		t, err := tsp.Parse(contents)
		if err != nil || t.Authority == nil {
			return nil
		}
		c.certs = append(c.certs, t.Certificates...)
		return []chain{{t.Authority, at}}
	}
	signed, err := cms.Parse(contents)
	if err != nil || signed.Signer == nil {
		return nil
	}
	c.certs = append(c.certs, signed.Certificates...)
	out := []chain{{signed.Signer, at}}
	if len(signed.SignatureTimestamp) > 0 {
		if t, err := tsp.Parse(signed.SignatureTimestamp); err == nil && t.Authority != nil {
			c.certs = append(c.certs, t.Certificates...)
			out = append(out, chain{t.Authority, t.Time})
		}
	}
	return out
}

// path adds a certificate's path and what its issuers say of it.
func (c *collector) path(chain chain, w *storeWriter, entry pdf.Dict) {
	valid := c.now
	if valid.After(chain.leaf.NotAfter) {
		valid = chain.leaf.NotAfter
	}
	others := slices.Concat(c.certs, c.signer.options.Revocation.Issuers())
	path, err := trust.Path(chain.leaf, others, c.signer.options.Roots, valid)
	if err != nil {
		c.untrusted = append(c.untrusted, fmt.Sprintf("chứng thư %q không dẫn tới nơi cấp nào được tin cậy", chain.leaf.Subject.CommonName))
		return
	}
	for i, cert := range path {
		w.add("Certs", "Cert", cert.Raw, entry)
		if i == len(path)-1 {
			break
		}
		if a, ok := c.answer(cert, path[i+1], chain.at); ok {
			list, own := pdf.Name("OCSPs"), pdf.Name("OCSP")
			if a.Source == trust.CRL {
				list, own = "CRLs", "CRL"
			}
			w.add(list, own, a.Raw, entry)
		}
	}
}

// answer is what the file encloses about a certificate at a time, or else what
// the issuer says now.
func (c *collector) answer(cert, issuer *x509.Certificate, at time.Time) (trust.Answer, bool) {
	for _, raw := range c.ocsps {
		if a, err := trust.JudgeOCSP(raw, cert, issuer); err == nil && (a.Covers(at) || a.Revoked) {
			return a, true
		}
	}
	for _, list := range c.crls {
		if a, err := trust.JudgeCRL(list, cert, issuer); err == nil && (a.Covers(at) || a.Revoked) {
			return a, true
		}
	}
	key := string(cert.Raw)
	if c.asked[key] {
		return trust.Answer{}, false
	}
	a, err := c.signer.options.Revocation.StatusAfter(c.ctx, cert, issuer, at)
	if err == nil {
		c.note(a.Source, a.Raw)
		return a, true
	}
	if c.asked == nil {
		c.asked = map[string]bool{}
	}
	c.asked[key] = true
	if record.CodeOf(err) != "revocation-unnamed" {
		c.unanswered = append(c.unanswered, fmt.Sprintf("không hỏi được tình trạng thu hồi của chứng thư %q", cert.Subject.CommonName))
	}
	return a, false
}

// note keeps an answer, to be found for the next certificate.
func (c *collector) note(source trust.Source, raw []byte) {
	if source == trust.OCSP {
		c.ocsps = append(c.ocsps, raw)
	} else if list, err := trust.ParseCRL(raw); err == nil {
		c.crls = append(c.crls, list)
	}
}

// maxMaterial bounds what is read of each list of a file's store.
const maxMaterial = 256

// storeWriter adds streams to a store, each content once.
type storeWriter struct {
	f         *pdf.File
	u         *pdf.Update
	store     pdf.Dict
	refs      map[string]pdf.Ref // by content's digest
	collector *collector
}

func (w *storeWriter) read() error {
	for list, source := range map[pdf.Name]trust.Source{"Certs": "", "OCSPs": trust.OCSP, "CRLs": trust.CRL} {
		all, err := pdf.As[pdf.Array](w.f, w.store[list])
		if err != nil {
			return err
		}
		w.store[list] = append(pdf.Array{}, all...)
		for _, o := range all[:min(len(all), maxMaterial)] {
			s, err := pdf.As[*pdf.Stream](w.f, o)
			if err != nil || s == nil {
				continue
			}
			ref, ok := o.(pdf.Ref)
			b, err := w.f.Data(s)
			if err != nil || !ok {
				continue
			}
			w.refs[digestKey(b)] = ref
			if list != "Certs" {
				w.collector.note(source, b)
			} else if c, err := x509.ParseCertificate(b); err == nil {
				w.collector.certs = append(w.collector.certs, c)
			}
		}
		if len(all) == 0 {
			delete(w.store, list)
		}
	}
	return nil
}

func digestKey(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (w *storeWriter) add(list, own pdf.Name, content []byte, entry pdf.Dict) {
	ref, there := w.refs[digestKey(content)]
	if !there {
		ref = w.u.Add(pdf.Flate(pdf.Dict{}, content))
		w.refs[digestKey(content)] = ref
		all, _ := w.store[list].(pdf.Array)
		w.store[list] = append(all, ref)
		w.collector.added++
	}
	mine, _ := entry[own].(pdf.Array)
	if !slices.Contains(mine, pdf.Object(ref)) {
		entry[own] = append(slices.Clip(mine), ref)
	}
}
