// Package shapetest writes down what stored things look like, so that a test fails
// when one changes and those that were stored before would be misread. Tests
// alone use it.
package shapetest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files that are missing")

// Golden compares a thing, each of its fields filled, with its golden file at a
// number, testdata/schema/<name>.<number>.json.
func Golden(t *testing.T, name string, number int, thing any) {
	t.Helper()
	Same(t, fmt.Sprintf("%s.%d", name, number), filled(reflect.TypeOf(thing)).Interface(),
		fmt.Sprintf("the shape of %q changed, and what is stored already has the old one: raise its number, write its upgrade, raise storage.Schema, and run the test with -update (before the first release, the file may be deleted instead)", name))
}

// Same compares a value with its golden file and says why it must not differ.
func Same(t *testing.T, name string, value any, why string) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", "schema", name+".json")
	want, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Errorf("%s has no golden file: run the test with -update", name)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s\nit was\n%s\nand is\n%s", why, want, got)
	}
}

// Olds are the golden files of a thing at the numbers before one.
func Olds(t *testing.T, name string, number int) [][]byte {
	t.Helper()
	var olds [][]byte
	for n := 1; n < number; n++ {
		raw, err := os.ReadFile(filepath.Join("testdata", "schema", fmt.Sprintf("%s.%d.json", name, n)))
		if err != nil {
			t.Fatal(err)
		}
		olds = append(olds, raw)
	}
	return olds
}

// filled is a value of a type with something in each of its fields.
func filled(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if t == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)))
		return v
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && t.Implements(reflect.TypeFor[json.Marshaler]()) {
		v.SetBytes([]byte(`{}`)) // JSON as it came
		return v
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString("a")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Pointer:
		v.Set(filled(t.Elem()).Addr())
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(t.Elem())))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(filled(t.Key()), filled(t.Elem()))
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(filled(t.Field(i).Type))
			}
		}
	}
	return v
}
