package main

import (
	"strings"
	"testing"
)

// echo stands for the greeter, which knows one language here.
func echo(language, name string) (string, bool) { return language + " " + name, language == "en" }

func TestEnglishNeedsNotBeSaid(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "en World\n"},
		{[]string{"Ada"}, "en Ada\n"},
		{[]string{"en", "Ada"}, "en Ada\n"},
	} {
		var out strings.Builder
		if err := run(&out, test.args, echo); err != nil || out.String() != test.want {
			t.Errorf("%q: %q, %v", test.args, out.String(), err)
		}
	}
}

func TestALanguageThatIsNotKnownIsAnError(t *testing.T) {
	var out strings.Builder
	if err := run(&out, []string{"xx", "Ada"}, echo); err == nil || out.Len() > 0 {
		t.Errorf("error %v, written %q", err, out.String())
	}
}
