//go:build !wasip1

package main

import (
	"log"
	"net/http"
)

// main serves without WebAssembly, for debuggers and profilers.
func main() {
	const address = "127.0.0.1:8080"
	log.Print("listening on http://", address)
	log.Fatal(http.ListenAndServe(address, routes()))
}
