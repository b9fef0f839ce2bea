// Command front is the service of the app: a component that answers HTTP requests.
package main

import (
	"fmt"
	"net/http"

	"example.com/{{name}}/front/gen/local/{{package}}/greetings"
)

// routes says who answers what.
func routes() http.Handler { return routesWith(greetings.Greet) }

// routesWith asks for greetings where it is told to, so that tests and `go run .` need no other component.
func routesWith(greet func(language, name string) (string, bool)) http.Handler {
	hello := func(w http.ResponseWriter, r *http.Request) {
		language, name := r.PathValue("language"), r.PathValue("name")
		if language == "" {
			language = "en"
		}
		if name == "" {
			name = "World"
		}
		greeting, ok := greet(language, name)
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintln(w, greeting)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", hello)
	mux.HandleFunc("GET /{name}", hello)
	mux.HandleFunc("GET /{language}/{name}", hello)
	return mux
}
