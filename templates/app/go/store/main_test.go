package main

import "testing"

func TestLanguagesAreKnownByTwoLetters(t *testing.T) {
	if got, ok := (component{}).Hello("de"); got != "Hallo" || !ok {
		t.Errorf("Hello(\"de\") = %q, %v", got, ok)
	}
	if got, ok := (component{}).Hello("German"); ok {
		t.Errorf("Hello(\"German\") = %q", got)
	}
}
