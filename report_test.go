package main

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"vanthu/record"
)

// Every kind of error has its exit code: the kinds are read from the source,
// so that a new one cannot be forgotten.
func TestEveryKindHasAnExitCode(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "record/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Kind" {
			kinds++
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := exitOf[record.Kind(name)]; !ok {
				t.Errorf("kind %s has no exit code", name)
			}
		}
		return true
	})
	if kinds != len(exitOf) || kinds < 5 {
		t.Errorf("%d kinds in the source, %d in the table", kinds, len(exitOf))
	}
}

func TestReport(t *testing.T) {
	fault := record.Faulty("bad", "Dữ liệu chưa đúng", []record.Fault{{Pointer: "/a", Code: "required", Message: "Thiếu “A”"}})
	for _, c := range []struct {
		err    error
		asJSON bool
		exit   int
		says   []string
	}{
		{nil, false, exitGood, nil},
		{errSaidNo, false, exitNo, nil},
		{fault, false, exitNo, []string{"Dữ liệu chưa đúng", "/a: Thiếu “A” [required]"}},
		{fault, true, exitNo, []string{`"code": "bad"`, `"pointer": "/a"`, `"message": "Thiếu “A”"`}},
		{record.E(record.Unavailable, "store", "Kho không trả lời"), true, exitWrong, []string{`"type": "unavailable"`}},
		{errors.New("lạ"), false, exitWrong, []string{"lạ"}},
	} {
		var b bytes.Buffer
		if got := report(&b, c.asJSON, c.err); got != c.exit {
			t.Errorf("%v: exit %d, want %d", c.err, got, c.exit)
		}
		for _, want := range c.says {
			if !bytes.Contains(b.Bytes(), []byte(want)) {
				t.Errorf("%v: %s does not say %q", c.err, b.String(), want)
			}
		}
	}
}
