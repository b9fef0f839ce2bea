// Command greeter is the component that has what the app does.
package main

import (
	"example.com/{{name}}/greeter/gen/greeter"
	"example.com/{{name}}/greeter/gen/local/{{package}}/phrases"
)

func init() { greeter.Export(component{}) }

// The host calls what is exported, and never main.
func main() {}

// component implements greetings.Guest.
type component struct{}

func (component) Greet(language, name string) (string, bool) {
	hello, ok := phrases.Hello(language)
	return greeting(hello, name), ok
}

func greeting(hello, name string) string { return hello + ", " + name + "!" }
