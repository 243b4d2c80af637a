package mail

import (
	"html"
	"regexp"
	"strings"
)

// indexFold finds a lower-case needle whatever the case.
func indexFold(s, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		j := strings.IndexByte(s[i:], '<')
		if j < 0 {
			return -1
		}
		i += j
		if i+len(needle) <= len(s) && strings.EqualFold(s[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// cutTag takes a tag with its quoted values off the front.
func cutTag(s string) (tag, rest string) {
	var quote byte
	for i := 1; i < len(s) && i < 64<<10; i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if s[i-1] == '=' || s[i-1] == ' ' {
				quote = c
			}
		case c == '>':
			return s[1:i], s[i+1:]
		}
	}
	if i := strings.IndexByte(s, '>'); i > 0 {
		return s[1:i], s[i+1:]
	}
	return "", ""
}

func tagName(tag string) (name, attrs string) {
	i := strings.IndexAny(tag, " \t\r\n/")
	if i < 0 {
		return strings.ToLower(tag), ""
	}
	return strings.ToLower(tag[:i]), tag[i:]
}

// block tells elements that begin a line.
func block(name string) bool {
	switch name {
	case "p", "div", "blockquote", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
		"section", "article", "header", "footer", "pre", "center", "dl", "dt", "dd", "body", "form", "fieldset", "address":
		return true
	}
	return false
}

type elementSort int

const (
	kindPlain       elementSort = iota
	kindQuote                   // its content is quoted
	kindRest                    // it and all that follows is quoted
	kindWhole                   // it is quoted, and what follows is not
	kindAttribution             // introduces a quote
	kindSignature
	kindDashes // the signature begins, here or with the next element
	kindHidden
)

// elementKind knows the marks that mail programs leave on what they insert.
func elementKind(name, attrs string) elementSort {
	if attrs == "" {
		if name == "blockquote" {
			return kindQuote
		}
		return kindPlain
	}
	id := strings.ToLower(attribute(attrs, "id"))
	class := strings.ToLower(attribute(attrs, "class"))
	style := strings.ToLower(strings.ReplaceAll(attribute(attrs, "style"), " ", ""))
	// Outlook and OWA put x_ before the ids of what was there before them.
	bare := strings.TrimLeft(id, "x_")
	for _, c := range strings.Fields(class) {
		c = strings.TrimPrefix(c, "x_")
		switch c {
		case "gmail_attr", "moz-cite-prefix", "moz-email-headers-table":
			return kindAttribution
		case "gmail_signature", "gmail_signature_prefix", "moz-signature", "protonmail_signature_block", "yahoo-signature":
			return kindSignature
		case "yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-forward-container",
			"cloudhq__gmail_quote", "ymail_android_quoted":
			if name != "blockquote" {
				return kindWhole
			}
		}
	}
	switch bare {
	case "divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "olk_src_body_section",
		"stopspelling", "orimsghtmlseperator", "isforwardcontent", "yahoo_quoted", "replywithmessage":
		return kindRest
	case "reply-intro":
		return kindAttribution
	case "signature", "ms-outlook-mobile-signature", "applemailsignature", "composer_signature", "_rc_sig", "zimbra_signature":
		return kindSignature
	}
	if attribute(attrs, "data-smartmail") == "gmail_signature" {
		return kindSignature
	}
	switch attribute(attrs, "data-marker") { // Zimbra
	case "__SIG_PRE__", "__SIG_POST__":
		return kindDashes
	case "__HEADERS__":
		return kindRest
	case "__QUOTED_TEXT__":
		return kindWhole
	}
	if strings.HasPrefix(bare, "yahoo_quoted_") {
		return kindRest
	}
	if strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all") {
		return kindHidden
	}
	// The line of Outlook for Windows above «Da: … Inviato: …»; the text after
	// it is looked at too, so that a line alone cuts nothing.
	if name == "blockquote" {
		return kindQuote
	}
	return kindPlain
}

// setOff tells an element that stands out: bold, or in a colour of its own.
func setOff(name, attrs string) bool {
	switch name {
	case "b", "strong":
		return true
	case "font":
		return coloured(attribute(attrs, "color"))
	case "span":
		style := strings.ToLower(strings.ReplaceAll(attribute(attrs, "style"), " ", ""))
		for _, rule := range strings.Split(style, ";") {
			if v, ok := strings.CutPrefix(rule, "color:"); ok && coloured(v) ||
				rule == "font-weight:bold" || rule == "font-weight:700" || strings.HasPrefix(rule, "background") && !strings.Contains(rule, "white") {
				return true
			}
		}
	}
	return false
}

// coloured tells that a colour is neither the black nor the grey of text.
func coloured(v string) bool {
	v = strings.ToLower(strings.TrimSpace(v))
	switch v {
	case "", "black", "windowtext", "inherit", "initial", "gray", "grey", "#000", "#000000", "#1a1a1a", "#222222", "#242424", "#333", "#333333", "rgb(0,0,0)":
		return false
	}
	return true
}

// numberedText is a question up to what stands behind it.
var numberedText = regexp.MustCompile(`(?i)^\s*(?:domanda\s+)?\d{1,2}\s*[.):°º\-–]?\s*\pL`)

// wordLine tells a paragraph of Outlook for Windows, which is one line.
func wordLine(attrs string) bool {
	return strings.HasPrefix(strings.TrimPrefix(attribute(attrs, "class"), "x_"), "MsoNormal")
}

// attribute reads one attribute of a tag.
func attribute(attrs, want string) string {
	for attrs != "" {
		attrs = strings.TrimLeft(attrs, " \t\r\n/")
		i := strings.IndexAny(attrs, "= \t\r\n")
		if i < 0 {
			return ""
		}
		name := attrs[:i]
		attrs = strings.TrimLeft(attrs[i:], " \t\r\n")
		if !strings.HasPrefix(attrs, "=") {
			continue
		}
		attrs = strings.TrimLeft(attrs[1:], " \t\r\n")
		var value string
		if attrs != "" && (attrs[0] == '"' || attrs[0] == '\'') {
			q := attrs[0]
			end := strings.IndexByte(attrs[1:], q)
			if end < 0 {
				value, attrs = attrs[1:], ""
			} else {
				value, attrs = attrs[1:1+end], attrs[2+end:]
			}
		} else {
			end := strings.IndexAny(attrs, " \t\r\n")
			if end < 0 {
				end = len(attrs)
			}
			value, attrs = attrs[:end], attrs[end:]
		}
		if strings.EqualFold(name, want) {
			return html.UnescapeString(value)
		}
	}
	return ""
}
