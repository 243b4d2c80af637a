package bottest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	json "github.com/go-json-experiment/json/v1"
)

// maxBody is what a request may weigh: a document has 50 MB at most.
const maxBody = 52 << 20

// arguments are the checked parameters of a call: numbers as json.Number,
// uploads as Document.
type arguments map[string]any

func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

func (a arguments) integer(name string) int64 {
	switch v := a[name].(type) {
	case json.Number:
		n, _ := v.Int64()
		return n
	case string:
		n, _ := strconv.ParseInt(v, 10, 64)
		return n
	}
	return 0
}

func (a arguments) truth(name string) bool {
	b, _ := a[name].(bool)
	return b
}

// readArgs reads the parameters in any of the forms that Telegram accepts and
// checks them against the table.
func readArgs(w http.ResponseWriter, r *http.Request, fields map[string]field) (arguments, *apiError) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var args arguments
	var err *apiError
	switch kind {
	case "application/json":
		args, err = jsonArgs(r.Body)
	case "multipart/form-data":
		args, err = multipartArgs(r.Body, params["boundary"], fields)
	default:
		if e := r.ParseForm(); e != nil {
			return nil, bad("can't parse the form")
		}
		args, err = formArgs(r.Form, fields)
	}
	if err != nil {
		return nil, err
	}
	if len(r.URL.RawQuery) > 0 && kind == "application/json" {
		return nil, bad("parameters both in the address and in the body")
	}
	return args, checkObject("", args, fields)
}

func jsonArgs(body io.Reader) (arguments, *apiError) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, &apiError{code: http.StatusRequestEntityTooLarge, text: "Request Entity Too Large"}
	}
	args := arguments{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return args, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		return nil, bad("can't parse JSON object")
	}
	return args, nil
}

func formArgs(form url.Values, fields map[string]field) (arguments, *apiError) {
	args := arguments{}
	for name, values := range form {
		v, err := fromText(name, values[0], fields)
		if err != nil {
			return nil, err
		}
		args[name] = v
	}
	return args, nil
}

func multipartArgs(body io.Reader, boundary string, fields map[string]field) (arguments, *apiError) {
	args := arguments{}
	form := multipart.NewReader(body, boundary)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return args, nil
		}
		if err != nil {
			// The library sends a form without any part when there is nothing
			// to say; Telegram takes it.
			if len(args) == 0 && strings.Contains(err.Error(), "EOF") {
				return args, nil
			}
			return nil, bad("can't parse the form")
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			return nil, &apiError{code: http.StatusRequestEntityTooLarge, text: "Request Entity Too Large"}
		}
		name := part.FormName()
		if part.FileName() != "" {
			args[name] = Document{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Body: raw}
			continue
		}
		v, e := fromText(name, string(raw), fields)
		if e != nil {
			return nil, e
		}
		args[name] = v
	}
}

// fromText gives a parameter of a form the type that the table foresees.
func fromText(name, text string, fields map[string]field) (any, *apiError) {
	f, ok := fields[name]
	if !ok {
		return text, nil // refused by checkObject, with the name
	}
	if slices.Contains(f.types, "String") {
		return text, nil
	}
	switch f.types[0] {
	case "InputFile":
		return text, nil
	default:
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, bad("can't parse parameter %q", name)
		}
		return v, nil
	}
}

// checkObject checks the fields of an object, or the parameters of a method
// when what is empty.
func checkObject(what string, got map[string]any, fields map[string]field) *apiError {
	for name, v := range got {
		f, ok := fields[name]
		if !ok {
			return bad("unknown field %q%s", name, of(what))
		}
		if !slices.ContainsFunc(f.types, func(t string) bool { return isA(v, t) == nil }) {
			return bad("field %q%s must be of type %s: %s", name, of(what), strings.Join(f.types, " or "), reason(v, f.types))
		}
	}
	for name, f := range fields {
		if _, ok := got[name]; f.required && !ok {
			return bad("field %q%s is missing", name, of(what))
		}
	}
	return nil
}

// reason is what is wrong with v as the first of the types.
func reason(v any, types []string) string {
	return strings.TrimPrefix(isA(v, types[0]).text, "Bad Request: ")
}

func of(what string) string {
	if what == "" {
		return ""
	}
	return " of " + what
}

// isA tells whether v is a value of a type of the description.
func isA(v any, typ string) *apiError {
	if elem, ok := strings.CutPrefix(typ, "Array of "); ok {
		list, ok := v.([]any)
		if !ok {
			return bad("expected an %s", typ)
		}
		for _, e := range list {
			if err := isA(e, elem); err != nil {
				return err
			}
		}
		return nil
	}
	ok := false
	switch typ {
	case "Integer":
		n, is := v.(json.Number)
		if is {
			_, err := n.Int64()
			ok = err == nil
		}
	case "String":
		_, ok = v.(string)
	case "Boolean":
		_, ok = v.(bool)
	case "InputFile":
		_, ok = v.(Document)
	default:
		object, is := v.(map[string]any)
		if !is {
			break
		}
		fields, known := objects[typ]
		if !known {
			return nil
		}
		return checkObject(typ, object, fields)
	}
	if !ok {
		return bad("expected a value of type %s", typ)
	}
	return nil
}
