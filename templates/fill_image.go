package templates

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"

	"vanthu/record"
)

// Limits of the images of one document.
const (
	maxImage       = 5 << 20    // bytes of one
	maxImages      = 20 << 20   // bytes of all
	maxImagePixels = 10_000_000 // of one: an A4 page scanned at 300 dpi has 8.7 million
	maxImageCount  = 200        // places
	maxImageWidth  = 1000       // mm that may be asked for
	maxImageAlt    = 500        // characters
)

// picture is an image from the data.
type picture struct {
	data          []byte
	kind          string // "png", "jpeg"
	width, height int    // pixels
	dpiX, dpiY    float64
}

const (
	emuInch  = 914400
	emuMM    = 36000
	emuPoint = 635 // a twentieth of one
)

// image puts an image where its tag stands.
func (r *renderer) image(out *outParagraph, t *tag, sc *scope) {
	v := r.lookup(t, sc)
	if v == nil {
		r.fault(nil, r.missing(t, sc), "value-missing", fmt.Sprintf("Thiếu hình cho thẻ {%s}", t.text), t)
		return
	}
	from, alt, width := v, "", 0.0
	if v.kind == groupValue {
		from = v.fields["data"]
		alt, width = r.imageOptions(v, t)
		if from == nil {
			r.fault(nil, v.at("data"), "value-missing", fmt.Sprintf("Thiếu dữ liệu của hình cho thẻ {%s}", t.text), t)
			return
		}
	}
	if from.kind != textValue || from.number {
		r.fault(from, "", "value-not-image", fmt.Sprintf("Thẻ {%s} cần một hình PNG hoặc JPEG viết bằng base64", t.text), t)
		return
	}
	pic, err := r.media.picture(from.text)
	if err != nil {
		r.fault(from, "", record.CodeOf(err), fmt.Sprintf("Thẻ {%s}: %v", t.text, err), t)
		return
	}
	cx, cy := pic.size(width, out.width, r.part)
	id := r.drawing()
	run := drawing(r.media.use(r.part.name, pic), id, alt, cx, cy)
	out.runs = append(out.runs, outRun{raw: []chunk{static(run)}})
	out.openLines()
}

// imageOptions are the words for who cannot see the image, and its width in mm.
func (r *renderer) imageOptions(v *value, t *tag) (alt string, width float64) {
	if x := v.fields["alt"]; x != nil {
		alt = x.oneLine()
		if x.kind != textValue || !printable(x.text) || len([]rune(alt)) > maxImageAlt {
			r.fault(x, "", "image-alt", fmt.Sprintf("Thẻ {%s}: lời tả hình phải là chữ, nhiều nhất %d ký tự", t.text, maxImageAlt), t)
		}
	}
	if x := v.fields["width_mm"]; x != nil {
		var err error
		if width, err = strconv.ParseFloat(x.text, 64); err != nil || !x.number || width <= 0 || width > maxImageWidth {
			r.fault(x, "", "image-width", fmt.Sprintf("Thẻ {%s}: bề rộng của hình phải là một số mi-li-mét từ trên 0 đến %d", t.text, maxImageWidth), t)
			width = 0
		}
	}
	return alt, width
}

// openLines lets the lines of a paragraph grow: set to an exact height, they
// would cut the image off.
func (o *outParagraph) openLines() {
	if o.props == nil {
		o.props = newProps(o.from.props)
	}
	amend(o.props, paragraphOrder, "spacing", "w:line", "240", "w:lineRule", "auto")
}

// size is how large an image is printed, in EMU: as wide as asked, without a
// wish as large as its resolution says; never wider than the column or higher
// than the page, always in proportion.
func (p *picture) size(widthMM float64, column int, on *part) (cx, cy int) {
	w := float64(p.width) / p.dpiX * emuInch
	h := float64(p.height) / p.dpiY * emuInch
	scale := 1.0
	if widthMM > 0 {
		scale = widthMM * emuMM / w
	}
	if column <= 0 {
		column = on.width
	}
	if most := float64(column * emuPoint); column > 0 && w*scale > most {
		scale = most / w
	}
	if most := float64(on.height * emuPoint); on.height > 0 && h*scale > most {
		scale = most / h
	}
	return max(1, int(w*scale)), max(1, int(h*scale))
}

// drawing is the run of an image. The element names its own namespaces: a form
// need not have them.
func drawing(rel string, id int, alt string, cx, cy int) string {
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">`+
		`<wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="Hình %d" descr="%s"/><wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" noChangeAspect="1"/></wp:cNvGraphicFramePr>`+
		`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">`+
		`<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="%d" name="Hình %d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>`+
		`</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`, cx, cy, id, id, attrEscaper.Replace(alt), id, id, rel, cx, cy)
}

func wrongImage(code, format string, args ...any) error {
	return record.E(record.Invalid, code, fmt.Sprintf(format, args...))
}

// readPicture reads a PNG or JPEG from base64, with or without the head of a
// data URI. The image is decoded in full: what does not open here would be a
// hole in the document.
func readPicture(text string) (*picture, error) {
	if head, body, found := strings.Cut(text, ","); found && strings.HasPrefix(head, "data:") {
		if !strings.HasSuffix(head, ";base64") {
			return nil, wrongImage("image-syntax", "hình phải viết bằng base64")
		}
		text = body
	}
	if len(text) > base64.StdEncoding.EncodedLen(maxImage)*2 {
		return nil, wrongImage("image-too-large", "hình lớn hơn %d MB", maxImage>>20)
	}
	text = strings.Map(func(c rune) rune {
		if c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '=' {
			return -1
		}
		return c
	}, text)
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, wrongImage("image-syntax", "dữ liệu của hình không phải là base64")
	}
	if len(data) > maxImage {
		return nil, wrongImage("image-too-large", "hình lớn hơn %d MB", maxImage>>20)
	}
	p := &picture{data: data}
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		p.kind = "png"
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return nil, damagedImage(err)
		}
		p.width, p.height = c.Width, c.Height
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		p.kind = "jpeg"
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return nil, damagedImage(err)
		}
		p.width, p.height = c.Width, c.Height
	default:
		return nil, wrongImage("image-type", "hình phải là PNG hoặc JPEG")
	}
	if p.width < 1 || p.height < 1 || p.width > maxImagePixels/p.height {
		return nil, wrongImage("image-too-many-pixels", "hình có %d × %d điểm ảnh, nhiều hơn %d triệu; hãy thu nhỏ", p.width, p.height, maxImagePixels/1_000_000)
	}
	if p.kind == "png" {
		_, err = png.Decode(bytes.NewReader(data))
	} else {
		_, err = jpeg.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return nil, damagedImage(err)
	}
	p.dpiX, p.dpiY = resolution(p)
	return p, nil
}

func damagedImage(err error) error {
	return record.Because(err, record.Invalid, "image-damaged", "hình bị hỏng hoặc dạng không đọc được")
}

// resolution is what the image says of its dots per inch, 96 where it says
// nothing to be believed.
func resolution(p *picture) (x, y float64) {
	if p.kind == "png" {
		x, y = pngResolution(p.data)
	} else {
		x, y = jpegResolution(p.data)
	}
	if x < 30 || y < 30 || x > 2400 || y > 2400 {
		return 96, 96
	}
	return x, y
}

// pngResolution reads the chunk pHYs (PNG, 11.3.4.3).
func pngResolution(data []byte) (x, y float64) {
	for at := 8; at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n < 0 || n > len(data)-at-12 {
			break
		}
		if chunk := data[at+8 : at+8+n]; string(data[at+4:at+8]) == "pHYs" && n == 9 && chunk[8] == 1 {
			const perInch = 0.0254
			return float64(binary.BigEndian.Uint32(chunk)) * perInch, float64(binary.BigEndian.Uint32(chunk[4:])) * perInch
		}
		at += 12 + n
	}
	return 0, 0
}

// jpegResolution reads the segment APP0 (JFIF 1.02).
func jpegResolution(data []byte) (x, y float64) {
	if len(data) < 18 || data[3] != 0xe0 || string(data[6:11]) != "JFIF\x00" {
		return 0, 0
	}
	x, y = float64(binary.BigEndian.Uint16(data[14:])), float64(binary.BigEndian.Uint16(data[16:]))
	switch data[13] {
	case 1:
		return x, y
	case 2:
		return x * 2.54, y * 2.54
	}
	return 0, 0
}
