package signer

// PictureSize is the size of a PNG that the signer would show.
func PictureSize(b []byte) (width, height int, err error) {
	p, err := newPicture(b)
	if err != nil {
		return 0, 0, err
	}
	return p.width, p.height, nil
}

// Limits on pictures.
const (
	MaxPNG    = maxPNG
	MaxPixels = maxPixels
	MaxSide   = maxSide
)
