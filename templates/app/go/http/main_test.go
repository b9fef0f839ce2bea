package main

import (
	"net/http/httptest"
	"testing"
)

// echo stands for the greeter, which knows two languages here.
func echo(language, name string) (string, bool) {
	return language + " " + name, language == "en" || language == "de"
}

func TestRoutes(t *testing.T) {
	service := routesWith(echo)
	for _, test := range []struct {
		method, target string
		status         int
		want           string
	}{
		{"GET", "/", 200, "en World\n"},
		{"GET", "/Ada?x=1", 200, "en Ada\n"},
		{"GET", "/de/Ada", 200, "de Ada\n"},
		{"GET", "/xx/Ada", 404, "404 page not found\n"},
		{"GET", "/a/b/c", 404, "404 page not found\n"},
		{"POST", "/Ada", 405, "Method Not Allowed\n"},
	} {
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest(test.method, test.target, nil))
		if w.Code != test.status || w.Body.String() != test.want {
			t.Errorf("%s %s: status %d, %q", test.method, test.target, w.Code, w.Body)
		}
	}
}
