// Command {{name}} is a component whose exports wait: each call has a goroutine.
package main

//go:generate withe bindgen go wit -o gen

import (
	"context"
	"time"

	"example.com/{{name}}/gen/exports/local/{{package}}/numbers"
	"example.com/{{name}}/gen/tasks"
	"example.com/{{name}}/gen/wit"
)

func init() { tasks.Export(component{}) }

// The host calls what is exported, and never main.
func main() {}

// component implements numbers.Guest.
type component struct{}

func (component) Count(ctx context.Context, limit uint32) *wit.StreamReader[uint32] {
	writer, reader := numbers.NewStreamUint32()
	// It goes on after the reader was handed over, for as long as somebody reads.
	go func() {
		defer writer.Close()
		for number := range limit {
			if _, err := writer.Write([]uint32{number}); err != nil {
				return
			}
		}
	}()
	return reader
}

func (component) Sum(ctx context.Context, numbers *wit.StreamReader[uint32]) uint64 {
	defer numbers.Close()
	var sum uint64
	for number := range numbers.All() {
		sum += uint64(number)
	}
	return sum
}

func (component) SquareLater(ctx context.Context, number, milliseconds uint32) uint64 {
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
	case <-ctx.Done(): // The caller has called it off.
	}
	return square(number)
}

func square(number uint32) uint64 { return uint64(number) * uint64(number) }
