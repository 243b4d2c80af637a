package report_test

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"

	"regia/report"
)

func TestQRIsASquarePicture(t *testing.T) {
	for _, address := range []string{"https://t.me/corsi_bot?start=presenza_4fzqk2m7", "mailto:corsi@provincia.example?subject=presente", "tg://resolve?domain=corsi"} {
		raw, err := report.QR(address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		again, err := report.QR(address)
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: not the same bytes twice", address)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		size := img.Bounds().Size()
		if size.X != size.Y || size.X < 200 {
			t.Errorf("%s: %v", address, size)
		}
		// The quiet zone is white, the finder pattern in the corner dark.
		module := 8
		if r, _, _, _ := img.At(0, 0).RGBA(); r == 0 {
			t.Errorf("%s: no quiet zone", address)
		}
		if r, _, _, _ := img.At(4*module+1, 4*module+1).RGBA(); r != 0 {
			t.Errorf("%s: no finder pattern", address)
		}
	}
}

func TestQRTakesAddressesOnly(t *testing.T) {
	for _, address := range []string{"", "ciao", "javascript:alert(1)", "https://", "file:///etc/passwd"} {
		if _, err := report.QR(address); !errors.Is(err, report.ErrNotAnAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := report.QR("https://x.example/" + strings.Repeat("a", 1000)); err == nil {
		t.Error("an address too long for paper was taken")
	}
}
