// Command {{name}} is a service: a component that answers HTTP requests, or a server of its own under `go run .`.
package main

//go:generate withe bindgen go wit -o gen

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// routes says who answers what.
func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", hello)
	mux.HandleFunc("GET /{name}", hello)
	mux.HandleFunc("POST /sum", sum)
	mux.HandleFunc("POST /echo", echo)
	return mux
}

func hello(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "" {
		name = "World"
	}
	fmt.Fprintf(w, "Hello, %s!\n", name)
}

// sum takes {"numbers": [1, 2, 3]} and answers {"sum": 6}.
func sum(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Numbers []float64 `json:"numbers"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&asked); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	total := 0.0
	for _, number := range asked.Numbers {
		total += number
	}
	answer(w, http.StatusOK, map[string]float64{"sum": total})
}

// echo gives the body back while it still comes in.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	// A client that has gone away is no error.
	_, _ = io.Copy(w, r.Body)
}

// answer writes a value as JSON.
func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that has gone away is no error.
	_ = json.NewEncoder(w).Encode(value)
}
