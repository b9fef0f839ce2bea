// Package squares has what the component computes: it imports no bindings, so that it is tested on any machine.
package squares

import (
	"context"
	"time"
)

// Of is the square of a number.
func Of(number uint32) uint64 { return uint64(number) * uint64(number) }

// Later is the square of a number after a while, or at once when the caller calls it off.
func Later(ctx context.Context, number uint32, wait time.Duration) uint64 {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
	return Of(number)
}
