// Command front is the program of the app: it greets NAME, or in a language LANGUAGE NAME.
package main

import (
	"fmt"
	"io"
	"os"

	"example.com/{{name}}/front/gen/front"
	"example.com/{{name}}/front/gen/local/{{package}}/greetings"
)

func init() { front.Export(program{}) }

// The host calls what is exported, and never main.
func main() {}

// program implements run.Guest.
type program struct{}

func (program) Run() error {
	err := run(os.Stdout, os.Args[1:], greetings.Greet)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return err
}

// run writes the greeting that the arguments ask for.
func run(to io.Writer, args []string, greet func(language, name string) (string, bool)) error {
	language, name := "en", "World"
	switch len(args) {
	case 0:
	case 1:
		name = args[0]
	default:
		language, name = args[0], args[1]
	}
	greeting, ok := greet(language, name)
	if !ok {
		return fmt.Errorf("the language %q is not known", language)
	}
	_, err := fmt.Fprintln(to, greeting)
	return err
}
