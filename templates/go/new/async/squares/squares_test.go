package squares

import (
	"context"
	"math"
	"testing"
	"time"
)

func TestTheGreatestNumberHasASquare(t *testing.T) {
	if got := Of(math.MaxUint32); got != 0xffff_fffe_0000_0001 {
		t.Errorf("Of(MaxUint32) = %#x", got)
	}
}

func TestNobodyWaitsForWhatWasCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Later(ctx, 12, time.Hour); got != 144 {
		t.Errorf("Later(12) = %d", got)
	}
}
