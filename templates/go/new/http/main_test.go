package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	service := routes()
	for _, test := range []struct {
		method, target, body string
		status               int
		want                 string
	}{
		{"GET", "/", "", 200, "Hello, World!\n"},
		{"GET", "/Ada?x=1", "", 200, "Hello, Ada!\n"},
		{"GET", "/a/b", "", 404, "404 page not found\n"},
		{"POST", "/Ada", "", 405, "Method Not Allowed\n"},
		{"POST", "/sum", `{"numbers": [1, 2, 3.5]}`, 200, `{"sum":6.5}` + "\n"},
		{"POST", "/sum", `{"numbers": "many"}`, 400, ""},
		{"POST", "/echo", "as it is", 200, "as it is"},
	} {
		r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		if w.Code != test.status || test.want != "" && w.Body.String() != test.want {
			t.Errorf("%s %s: status %d, %q", test.method, test.target, w.Code, w.Body)
		}
	}
}
