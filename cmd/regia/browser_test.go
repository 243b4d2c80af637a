package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestDemoInTheBrowser opens the page of the demo in headless Chromium, has the
// story told by its one button, reads what stands on the page, and looks at it
// from a narrow window. With REGIA_PICTURES=1 it writes the README's pictures.
func TestDemoInTheBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("REGIA_TEST_REAL") == "1" {
			t.Fatal("chromium is not installed: make install")
		}
		t.Skip("chromium is not installed; make test installs it")
	}
	d := newTestDemo(t)
	handler, err := pageHandler(d)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 860),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-quic", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, stop := chromedp.NewContext(allocator)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, 3*time.Minute)
	defer stop()
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	text := func(selector string) string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('`+selector+`').innerText`))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	picture := func(name string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.getAnimations().length === 0`)); err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("REGIA_PICTURES") == "1" {
			if err := os.WriteFile(filepath.Join("../../docs/images", name), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	// holds waits until an expression is true on the page.
	holds := func(expression string) {
		t.Helper()
		if ok, err := chromedp.Run(ctx, chromedp.Poll[bool](expression)); err != nil || !ok {
			t.Fatalf("%s: %v %v", expression, ok, err)
		}
	}

	do(chromedp.Navigate(server.URL), chromedp.WaitVisible("#story-start"))
	holds(`document.querySelectorAll('[data-person]').length > 5`)
	if body := text("body"); !strings.Contains(body, "dati di esempio") || !strings.Contains(body, "Chi vede cosa") || !strings.Contains(body, "Questa settimana l'ufficio") {
		t.Errorf("the page lacks what is always to be seen:\n%s", body)
	}
	do(chromedp.Click("#story-start"))
	for step := range 4 {
		if step > 0 {
			holds(`!document.getElementById('story-next').disabled`)
			do(chromedp.Click("#story-next"))
		}
		holds(`document.querySelector('#story-next') && !document.getElementById('story-next').disabled && document.querySelectorAll('#story .done').length >= ` + string(rune('0'+step)))
		if step == 1 {
			if effort := text("#office"); strings.Contains(effort, " 0 azioni") {
				t.Errorf("the office did nothing: %s", effort)
			}
			picture("demo.png")
		}
	}
	holds(`document.getElementById('chat').innerText.includes('risposte')`)
	if said := text("#chat"); !strings.Contains(said, "Utilità") {
		t.Errorf("the office does not read the totals:\n%s", said)
	}
	picture("demo-totali.png")

	do(chromedp.EmulateViewport(390, 844))
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`))
	if err != nil || wide {
		t.Errorf("the page is wider than a telephone: %v %v", wide, err)
	}
}
