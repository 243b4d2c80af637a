package report

import (
	"errors"
	"fmt"
	"net/url"

	"rsc.io/qr"
)

// maxQR is the length of an address that a phone still reads from a sheet of
// paper across a room.
const maxQR = 300

// ErrNotAnAddress says that what was to become a QR code is no web address, no
// mailto: and no tg: link.
var ErrNotAnAddress = errors.New("report: a QR code holds a https, http, mailto or tg address")

// QR is the address as a picture (PNG) to be printed on a poster or an
// attendance sheet. A quarter of it may be smudged.
func QR(address string) ([]byte, error) {
	if len(address) > maxQR {
		return nil, fmt.Errorf("report: address of %d bytes, at most %d fit a QR code", len(address), maxQR)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, ErrNotAnAddress
	}
	switch u.Scheme {
	case "https", "http":
		if u.Host == "" {
			return nil, ErrNotAnAddress
		}
	case "mailto", "tg":
	default:
		return nil, ErrNotAnAddress
	}
	code, err := qr.Encode(address, qr.Q)
	if err != nil {
		return nil, fmt.Errorf("report: QR code: %w", err)
	}
	return code.PNG(), nil
}
