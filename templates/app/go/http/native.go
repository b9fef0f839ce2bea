//go:build !wasip1

package main

import (
	"log"
	"net/http"
)

// main serves without WebAssembly and the other components, for debuggers and profilers: it speaks English alone.
func main() {
	const address = "127.0.0.1:8080"
	log.Print("listening on http://", address)
	hello := func(language, name string) (string, bool) { return "Hello, " + name + "!", language == "en" }
	log.Fatal(http.ListenAndServe(address, routesWith(hello)))
}
