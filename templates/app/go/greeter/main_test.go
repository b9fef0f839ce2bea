package main

import "testing"

func TestGreetingNamesWhoIsGreeted(t *testing.T) {
	if got := greeting("Hello", "Ada"); got != "Hello, Ada!" {
		t.Errorf("greeting(\"Hello\", \"Ada\") = %q", got)
	}
}
