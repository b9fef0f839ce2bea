package main

import (
	"slices"
	"testing"
)

func TestGreetingNamesWhoIsGreeted(t *testing.T) {
	if got := greeting("Ada"); got != "Hello, Ada!" {
		t.Errorf("greeting(\"Ada\") = %q", got)
	}
}

func TestBookKeepsItsNames(t *testing.T) {
	b := component{}.NewGuestBook()
	b.Sign("Ada")
	if count := b.Sign("Grace"); count != 2 {
		t.Errorf("the second name is number %d", count)
	}
	if got := b.Names(); !slices.Equal(got, []string{"Ada", "Grace"}) {
		t.Errorf("Names() = %q", got)
	}
}
