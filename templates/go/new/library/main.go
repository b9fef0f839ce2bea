// Command {{name}} is a component: it implements what the world in wit exports.
package main

//go:generate withe bindgen go wit -o gen

import (
	"slices"

	"example.com/{{name}}/gen/exports/local/{{package}}/greetings"
	"example.com/{{name}}/gen/library"
)

func init() { library.Export(component{}) }

// The host calls what is exported, and never main.
func main() {}

// component implements greetings.Guest.
type component struct{}

func (component) Greet(name string) string { return greeting(name) }

func (component) NewGuestBook() greetings.GuestBook { return &book{} }

// book is what stands behind each handle of a guest-book.
type book struct{ names []string }

func (b *book) Sign(name string) uint32 {
	b.names = append(b.names, name)
	return uint32(len(b.names))
}

func (b *book) Names() []string { return slices.Clone(b.names) }

func greeting(name string) string { return "Hello, " + name + "!" }
