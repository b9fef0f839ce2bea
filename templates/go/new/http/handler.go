//go:build wasip1

package main

// From wasi:http to net/http and back: nothing here knows what the service does.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"{{gen}}/{{world}}"
	"{{gen}}/wasi/http/types"
	"{{gen}}/wasi/io/streams"
	"{{gen}}/wit"
)

func init() { {{world}}.Export(handler{routes()}) }

// The host calls what is exported, and never main.
func main() {}

// handler implements incominghandler.Guest.
type handler struct{ http.Handler }

func (h handler) Handle(request *types.IncomingRequest, out *types.ResponseOutparam) {
	defer request.Drop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	body := &reader{request: request}
	defer body.Close()
	w := &writer{out: out, header: http.Header{}}
	if r, err := newRequest(request, body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	} else {
		w.isHead = r.Method == http.MethodHead
		h.ServeHTTP(w, r.WithContext(ctx))
	}
	// Not after a panic, of which the host tells the client.
	w.finish()
}

func newRequest(request *types.IncomingRequest, body io.ReadCloser) (*http.Request, error) {
	target, _ := request.PathWithQuery()
	target = "/" + strings.TrimPrefix(target, "/")
	address, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, err
	}
	fields := request.Headers()
	defer fields.Drop()
	header := http.Header{}
	for _, field := range fields.Entries() {
		header.Add(field.F0, string(field.F1))
	}
	host, isKnown := request.Authority()
	if !isKnown {
		host = header.Get("Host")
	}
	header.Del("Host")
	length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = -1
	}
	return &http.Request{
		Method:        method(request.Method()),
		URL:           address,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          body,
		ContentLength: length,
		Host:          host,
		RequestURI:    target,
	}, nil
}

func method(m types.Method) string {
	switch m := m.(type) {
	case types.MethodGet:
		return http.MethodGet
	case types.MethodHead:
		return http.MethodHead
	case types.MethodPost:
		return http.MethodPost
	case types.MethodPut:
		return http.MethodPut
	case types.MethodDelete:
		return http.MethodDelete
	case types.MethodConnect:
		return http.MethodConnect
	case types.MethodOptions:
		return http.MethodOptions
	case types.MethodTrace:
		return http.MethodTrace
	case types.MethodPatch:
		return http.MethodPatch
	case types.MethodOther:
		return m.Value
	default:
		panic("a method that WASI does not have")
	}
}

// reader is the body of a request. The stream is opened by the first Read: a body that nobody asks for is not read.
type reader struct {
	request *types.IncomingRequest
	body    *types.IncomingBody
	stream  *streams.InputStream
	err     error
}

func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	if r.stream == nil {
		if r.err = r.open(); r.err != nil {
			return 0, r.err
		}
	}
	bytes, err := r.stream.BlockingRead(uint64(len(p)))
	r.err = streamError(err, io.EOF)
	return copy(p, bytes), r.err
}

func (r *reader) open() (err error) {
	if r.body, err = r.request.Consume(); err == nil {
		r.stream, err = r.body.Stream()
	}
	return err
}

// Close drops the stream before the body that it belongs to.
func (r *reader) Close() error {
	r.stream.Drop()
	r.body.Drop()
	r.err = http.ErrBodyReadAfterClose
	return nil
}

// mostHeld is how many bytes of an answer are held back until it is whole, so that its length is known.
const mostHeld = 4096

// writer is an http.ResponseWriter and http.Flusher.
type writer struct {
	out    *types.ResponseOutparam
	header http.Header
	isHead bool
	// What WriteHeader was called with, and the headers as they were then; 0 before.
	status int
	fixed  http.Header
	held   []byte
	// Of an answer whose head is sent.
	body   *types.OutgoingBody
	stream *streams.OutputStream
}

func (w *writer) Header() http.Header { return w.header }

// WriteHeader counts once, as everywhere in net/http. Informational answers are not sent.
func (w *writer) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.fixed = status, w.header.Clone()
	}
}

func (w *writer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	switch {
	case !w.hasBody():
		return 0, http.ErrBodyNotAllowed
	case w.body == nil && len(w.held)+len(p) <= mostHeld:
		w.held = append(w.held, p...)
		return len(p), nil
	}
	if err := w.send(p); err != nil {
		return 0, err
	}
	return w.write(p)
}

// Flush sends what is held back.
func (w *writer) Flush() {
	w.WriteHeader(http.StatusOK)
	// What cannot be sent is told by the next Write.
	_ = w.send(nil)
}

// hasBody tells whether answers with the status may have a body.
func (w *writer) hasBody() bool {
	return w.status != http.StatusNoContent && w.status != http.StatusNotModified
}

// says tells whether the handler has set the header, to nothing perhaps.
func (w *writer) says(name string) bool {
	_, ok := w.fixed[name]
	return ok
}

// finish sends what is left of the answer.
func (w *writer) finish() {
	w.WriteHeader(http.StatusOK)
	if w.body == nil && w.hasBody() && !w.says("Content-Length") {
		w.fixed.Set("Content-Length", strconv.Itoa(len(w.held)))
	}
	// A client that has gone away is no error.
	_ = w.send(nil)
	w.stream.Drop()
	_ = types.OutgoingBodyFinish(w.body, nil)
}

// send sends the head, and what is held back, if that was not done before; next is what follows.
func (w *writer) send(next []byte) error {
	if w.body == nil {
		w.sendHead(next)
	}
	_, err := w.write(w.held)
	w.held = nil
	return err
}

func (w *writer) sendHead(next []byte) {
	if beginning := append(w.held, next...); len(beginning) > 0 && !w.says("Content-Type") {
		w.fixed.Set("Content-Type", http.DetectContentType(beginning))
	}
	fields := types.NewFields()
	for _, name := range slices.Sorted(maps.Keys(w.fixed)) {
		for _, value := range w.fixed[name] {
			// What concerns the connection, such as Transfer-Encoding, is the host's own, and refused.
			_ = fields.Append(name, []byte(value))
		}
	}
	response := types.NewOutgoingResponse(fields)
	if err := response.SetStatusCode(uint16(w.status)); err != nil {
		panic(fmt.Sprint("no status of HTTP: ", w.status))
	}
	// Both are given out once, and this is the first time.
	w.body, _ = response.Body()
	w.stream, _ = w.body.Write()
	types.ResponseOutparamSet(w.out, wit.Result[*types.OutgoingResponse, types.ErrorCode]{Ok: response})
}

func (w *writer) write(p []byte) (int, error) {
	if w.isHead {
		return len(p), nil
	}
	written := 0
	for part := range slices.Chunk(p, 4096) { // as much as one call takes
		if err := w.stream.BlockingWriteAndFlush(part); err != nil {
			return written, streamError(err, io.ErrClosedPipe)
		}
		written += len(part)
	}
	return written, nil
}

// streamError is the error of a stream in words; closed is what its end is called.
func streamError(err, closed error) error {
	var failed streams.StreamErrorLastOperationFailed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		defer failed.Value.Drop()
		return errors.New(failed.Value.ToDebugString())
	default:
		return closed
	}
}
