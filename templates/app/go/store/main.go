// Command store is the component that has what the app knows.
package main

import (
	"example.com/{{name}}/store/gen/store"
)

func init() { store.Export(component{}) }

// The host calls what is exported, and never main.
func main() {}

// component implements phrases.Guest.
type component struct{}

func (component) Hello(language string) (string, bool) {
	hello, ok := phrases[language]
	return hello, ok
}

var phrases = map[string]string{
	"de": "Hallo",
	"en": "Hello",
	"es": "Hola",
	"fr": "Bonjour",
	"ja": "こんにちは",
}
