package main

import (
	"strings"
	"testing"
)

func TestGreetsArgumentsThenTheFile(t *testing.T) {
	var out strings.Builder
	if err := greet(&out, []string{"Linus"}, "tests/names.txt"); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "Hello, Linus!\nHello, Ada!\nHello, Grace!\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFileThatIsNotThereIsAnError(t *testing.T) {
	var out strings.Builder
	if err := greet(&out, nil, "tests/nothing.txt"); err == nil || out.Len() > 0 {
		t.Errorf("error %v, written %q", err, out.String())
	}
}
