package templates

import (
	"encoding/base64"
	"fmt"

	"github.com/skip2/go-qrcode"
)

// qrWidth is the width of a QR code with its quiet zone, in mm: modules of half
// a millimetre, which telephones read from paper.
const qrWidth = 20

// qrCode is an image with the address in it (ISO/IEC 18004), with a seventh of
// it to spare for stains (level M). Equal addresses give equal bytes.
func qrCode(address string) (*value, error) {
	png, err := qrcode.Encode(address, qrcode.Medium, -8) // pixels to a module
	if err != nil {
		return nil, fmt.Errorf("QR code of %q: %w", address, err)
	}
	return group("", true, map[string]*value{
		"data":     plainText("", base64.StdEncoding.EncodeToString(png)),
		"alt":      plainText("", "Mã QR để kiểm tra văn bản: "+address),
		"width_mm": {text: fmt.Sprint(qrWidth), number: true},
	}), nil
}
