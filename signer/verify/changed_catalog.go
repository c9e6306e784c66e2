package verify

import "vanthu/pdf"

// trailer: everything but how the file is stored must stay; of ID the second
// half marks the update (ISO 32000-1, 14.4).
func (d *differ) trailer() {
	for _, k := range differing(d.a.file.Trailer(), d.b.file.Trailer()) {
		switch k {
		case "Size", "Prev", "XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "Length":
			continue
		case "ID":
			a, _ := pdf.As[pdf.Array](d.a.file, d.a.file.Trailer()["ID"])
			b, _ := pdf.As[pdf.Array](d.b.file, d.b.file.Trailer()["ID"])
			if len(a) == 2 && len(b) == 2 && pdf.Equal(a[0], b[0]) {
				continue
			}
		}
		d.forbid("trailer", "Phần đuôi tệp bị thay đổi (/%s)", k)
	}
}

func (d *differ) catalog() {
	root, _ := d.a.file.Trailer()["Root"].(pdf.Ref)
	a, errA := d.a.file.Catalog()
	b, errB := d.b.file.Catalog()
	if errA != nil || errB != nil {
		d.forbid("catalog-changed", "Không đọc được mục gốc của tài liệu")
		return
	}
	d.claimed[root.Num] = d.a.object(root.Num).gen == d.b.object(root.Num).gen
	for _, k := range differing(a, b) {
		switch k {
		case "DSS", "AcroForm": // looked into below
		case "Extensions": // names the standard that DSS is taken from
			d.claimNew(b[k])
		default:
			d.forbid("catalog-changed", "Mục /%s của tài liệu bị thay đổi", k)
		}
	}
	d.evidence(a["DSS"], b["DSS"])
	d.acroForm(a["AcroForm"], b["AcroForm"])
}

// evidence: a document security store (ISO 32000-2, 12.8.4.3) holds
// certificates and revocation data as streams; only its own objects may change.
func (d *differ) evidence(a, b pdf.Object) {
	if b == nil {
		if a != nil {
			d.forbid("evidence-removed", "Dữ liệu xác thực dài hạn (DSS) bị gỡ bỏ")
		}
		return
	}
	before := len(d.claimed)
	store, err := pdf.As[pdf.Dict](d.b.file, b)
	if err != nil {
		d.forbid("catalog-changed", "Dữ liệu xác thực dài hạn (DSS) sai cấu trúc")
		return
	}
	old, _ := pdf.As[pdf.Dict](d.a.file, a)
	if pdf.Equal(a, b) {
		d.claimOwn(b)
	}
	d.claimNew(b)
	for k, v := range store {
		if pdf.Equal(old[k], v) {
			d.claimOwn(v) // its arrays and the VRI dictionary grow in place
		}
		d.claimNew(v)
	}
	if len(d.claimed) > before || !pdf.Equal(a, b) {
		d.allow(evidence, "evidence-added", "", "", "Thêm dữ liệu xác thực dài hạn (DSS)")
	}
}

func (d *differ) acroForm(a, b pdf.Object) {
	ra, isRefA := a.(pdf.Ref)
	rb, isRefB := b.(pdf.Ref)
	if isRefA != isRefB || isRefA && ra != rb {
		d.forbid("form-changed", "Biểu mẫu của tài liệu bị thay bằng biểu mẫu khác")
		return
	}
	if isRefA {
		d.claimed[ra.Num] = d.a.object(ra.Num).gen == d.b.object(ra.Num).gen
	}
	for _, k := range differing(d.a.form.dict, d.b.form.dict) {
		if k != "SigFlags" && k != "Fields" {
			d.forbid("form-changed", "Mục /%s của biểu mẫu bị thay đổi", k)
		}
	}
	fields, same := d.a.form.dict["Fields"], pdf.Equal(d.a.form.dict["Fields"], d.b.form.dict["Fields"])
	_, isRef := fields.(pdf.Ref)
	if isRef && same {
		d.claimOwn(fields)
	} else if isRef || same {
		if !same {
			d.forbid("form-changed", "Danh sách ô của biểu mẫu bị thay bằng danh sách khác")
		}
		return
	}
	before, _ := pdf.As[pdf.Array](d.a.file, fields)
	after, _ := pdf.As[pdf.Array](d.b.file, d.b.form.dict["Fields"])
	if len(after) < len(before) || !pdf.Equal(before, after[:len(before)]) {
		d.forbid("form-changed", "Ô của biểu mẫu bị gỡ bỏ hoặc sắp lại")
		return
	}
	for _, o := range after[len(before):] {
		d.newField(o)
	}
}
