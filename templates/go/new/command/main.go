// Command {{name}} greets whom its arguments name, and the names in a file, one a line.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	from := flag.String("from", "", "a `file` with a name in each line")
	flag.Parse()
	if err := greet(os.Stdout, flag.Args(), *from); err != nil {
		fmt.Fprintln(os.Stderr, "{{name}}:", err)
		os.Exit(1)
	}
}

// greet writes a greeting for each name, for the world if there is none.
func greet(to io.Writer, names []string, from string) error {
	if from != "" {
		more, err := lines(from)
		if err != nil {
			return err
		}
		names = append(names, more...)
	}
	if len(names) == 0 {
		names = []string{"World"}
	}
	for _, name := range names {
		if _, err := fmt.Fprintf(to, "Hello, %s!\n", name); err != nil {
			return err
		}
	}
	return nil
}

// lines are the lines of a file that have something on them.
func lines(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if line := scanner.Text(); line != "" {
			found = append(found, line)
		}
	}
	return found, scanner.Err()
}
