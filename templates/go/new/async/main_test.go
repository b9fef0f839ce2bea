package main

import (
	"context"
	"math"
	"testing"
)

func TestTheGreatestNumberHasASquare(t *testing.T) {
	if got := square(math.MaxUint32); got != 0xffff_fffe_0000_0001 {
		t.Errorf("square(MaxUint32) = %#x", got)
	}
}

func TestNobodyWaitsForWhatWasCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := (component{}).SquareLater(ctx, 12, math.MaxUint32); got != 144 {
		t.Errorf("SquareLater(12) = %d", got)
	}
}
