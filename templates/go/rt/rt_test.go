package rt

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// passed is what the other side does to pass bytes: it asks for memory, and writes them there.
func passed(data string) (p, n uint32) {
	n = uint32(len(data))
	p = witheGrow(0, 0, 1, n)
	copy(unsafe.Slice((*byte)(At(p)), n), data)
	return p, n
}

func atLevel(t *testing.T, before Stats) {
	t.Helper()
	if now := Used(); now != before {
		t.Errorf("in use: %+v before, %+v now", before, now)
	}
}

func TestStringsOfEverySizeAreTakenOver(t *testing.T) {
	before := Used()
	for _, size := range []int{0, 1, 7, 1000, Big - 1, Big, Big + 1, 200_000} {
		want := strings.Repeat("x", size)
		p, n := passed(want)
		if got := LiftString(p, n); got != want {
			t.Errorf("%d bytes came as %d", size, len(got))
		}
	}
	atLevel(t, before)
}

func TestAStringGrowsAndShrinksAsTranscodersDo(t *testing.T) {
	before := Used()
	for _, sizes := range [][]uint32{{10, 20, 15}, {100, 40_000, 39_000}, {40_000, 10}, {40_000, 90_000, 90_000, 3}, {Big - 1, Big, Big - 1}} {
		p, old := witheGrow(0, 0, 1, sizes[0]), sizes[0]
		*(*byte)(At(p)) = 'a'
		for _, size := range sizes[1:] {
			p, old = witheGrow(p, old, 1, size), size
		}
		if s := LiftString(p, old); s[0] != 'a' || len(s) != int(old) {
			t.Errorf("sizes %v: %d bytes, %q", sizes, len(s), s[0])
		}
	}
	atLevel(t, before)
}

func TestManyBlocksAtOnceNeedChunksThatAreDroppedAgain(t *testing.T) {
	before := Used()
	type place struct{ p, n uint32 }
	var all []place
	for i := range 3000 {
		p, n := passed(strings.Repeat(string(rune('a'+i%26)), 1+i*13%(Big+2000)))
		all = append(all, place{p, n})
	}
	if Used().Chunks == 0 || Used().Blocks == 0 {
		t.Errorf("the test needs several chunks and big blocks: %+v", Used())
	}
	for step := range 3 {
		for i := step; i < len(all); i += 3 {
			s := LiftString(all[i].p, all[i].n)
			if s != strings.Repeat(string(rune('a'+i%26)), 1+i*13%(Big+2000)) {
				t.Fatalf("block %d is damaged", i)
			}
		}
	}
	atLevel(t, before)
}

func TestBigBlocksAreCollectedThoughNothingElseIsAllocated(t *testing.T) {
	var before, after runtime.MemStats
	data := strings.Repeat("x", 100_000)
	runtime.ReadMemStats(&before)
	for range 1000 {
		p, n := passed(data)
		LiftString(p, n)
	}
	runtime.ReadMemStats(&after)
	if after.NumGC == before.NumGC || after.HeapSys > before.HeapSys+32<<20 {
		t.Errorf("%d collections; the heap grew from %d to %d bytes", after.NumGC-before.NumGC, before.HeapSys, after.HeapSys)
	}
}

func TestALongCallHoldsNoChunkBack(t *testing.T) {
	before := Used()
	long := BeginLong()
	long.Alloc(100)
	for range 10_000 {
		c := Begin()
		c.Alloc(20_000)
		c.End()
	}
	if Used().Chunks > before.Chunks {
		t.Errorf("%+v", Used())
	}
	long.End()
	atLevel(t, before)
}

func TestListsOfStringsGoThereAndBack(t *testing.T) {
	before := Used()
	for _, count := range []int{0, 1, 100, 10_000} {
		var want []string
		for i := range count {
			want = append(want, fmt.Sprint("item ", i))
		}
		// Lowered, then copied as the other side does it, then lifted.
		c := Begin()
		p, n := List(c, want, 8, StoreString)
		q := witheGrow(0, 0, 4, n*8)
		for i := range n {
			s, length := passed(unsafe.String((*byte)(At(Load[uint32](c, p+i*8))), Load[uint32](c, p+i*8+4)))
			storePair(q+i*8, s, length)
		}
		got := LiftList(c, q, n, 8, LoadString)
		c.End()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d items came as %d", len(want), len(got))
		}
	}
	atLevel(t, before)
}

func TestCallsAllocateNothingOnceTheyHaveRun(t *testing.T) {
	s, words := strings.Repeat("s", 1000), []string{"one", "two"}
	call := func() {
		c := Begin()
		String(c, s)
		List(c, words, 8, StoreString)
		c.Area(16)
		c.End()
	}
	call()
	if n := testing.AllocsPerRun(100, call); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

func TestStringsThatAreNoUTF8AreMended(t *testing.T) {
	c := Begin()
	defer c.End()
	p, n := String(c, "a\xffb")
	if got := unsafe.String((*byte)(At(p)), n); got != "a\uFFFDb" {
		t.Errorf("%q", got)
	}
}

func TestOptionsAndMapsGoThereAndBack(t *testing.T) {
	c := Begin()
	defer c.End()
	seven := uint64(7)
	for _, want := range []*uint64{nil, &seven} {
		p := c.Area(16)
		StoreOption(c, p, want, 8, Store[uint64])
		got := LoadOption(c, p, 8, Load[uint64])
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%v came as %v", want, got)
		}
		if v, ok := LoadMaybe(c, p, 8, Load[uint64]); ok != (want != nil) || ok && v != 7 {
			t.Errorf("%v came as %v, %v", want, v, ok)
		}
	}
	p, n := Map(c, map[uint8]float64{1: 1.5, 2: 2.5}, 16, 8, Store[uint8], Store[float64])
	sum := 0.0
	for i := range n {
		sum += float64(Load[uint8](c, p+i*16)) * 100 * Load[float64](c, p+i*16+8)
	}
	if sum != 650 || n != 2 {
		t.Errorf("%v, %v", sum, n)
	}
}

func panics(t *testing.T, part string, f func()) {
	t.Helper()
	defer func() {
		if message := fmt.Sprint(recover()); !strings.Contains(message, part) {
			t.Errorf("it says %q, not %q", message, part)
		}
	}()
	f()
}

func TestBadValuesPanic(t *testing.T) {
	panics(t, "case 3 of 3", func() { Case(uint8(3), 3) })
	panics(t, "no char", func() { Char(0xD800) })
	panics(t, "no char", func() { Char(math.MaxUint32) })
	if Char(0x10FFFF) != 0x10FFFF || Case(uint16(2), 3) != 2 {
		t.Error("good values do not pass")
	}
}

type counter struct{ handle Handle }

func TestAResourceIsDroppedOnce(t *testing.T) {
	var drops []uint32
	drop := func(h uint32) { drops = append(drops, h) }
	before := Handles
	c := Own[counter](5, drop)
	call := Begin()
	if Borrow(call, c) != 5 {
		t.Error("another handle is lent")
	}
	call.End()
	Drop(c)
	Drop(c)
	panics(t, "after it was dropped", func() { Borrow(Begin(), c) })
	given := Own[counter](6, drop)
	if Give(nil, given) != 6 {
		t.Error("another handle is given")
	}
	Drop(given)
	panics(t, "given away", func() { Give(nil, given) })
	panics(t, "without its constructor", func() { Give(nil, new(counter)) })
	panics(t, "nil pointer", func() { Give[counter](nil, nil) })
	if fmt.Sprint(drops) != "[5]" || Handles != before {
		t.Error(drops, Handles)
	}
}

func TestALentResourceEndsWithTheCall(t *testing.T) {
	var drops []uint32
	call := Begin()
	c := Lend[counter](call, 9, func(h uint32) { drops = append(drops, h) })
	panics(t, "given away", func() { Give(nil, c) })
	call.End()
	call = Begin()
	panics(t, "after the call that lent it", func() { Borrow(call, c) })
	call.End()
	if fmt.Sprint(drops) != "[9]" {
		t.Error(drops)
	}
}

func TestForgottenResourcesAreDroppedAtTheNextCall(t *testing.T) {
	seen := map[uint32]bool{}
	drop := func(h uint32) { seen[h] = true }
	before := Handles
	for i := range uint32(1000) {
		Own[counter](i+1, drop)
	}
	for range 20 {
		runtime.GC()
		runtime.Gosched()
	}
	DropUnused()
	// Some may still be found on the stack.
	if len(seen) < 990 || Handles-before != 1000-len(seen) {
		t.Error(len(seen), Handles-before)
	}
}

func TestHandlesThatAreKeptStayWhileOthersAreForgotten(t *testing.T) {
	drops := map[uint32]int{}
	drop := func(h uint32) { drops[h]++ }
	before := Handles
	var kept []*counter
	for i := range uint32(300) {
		c := Own[counter](i+1, drop)
		switch i % 3 {
		case 0:
			kept = append(kept, c)
		case 1:
			Drop(c)
		}
		if i%100 == 50 {
			runtime.GC()
			runtime.Gosched()
		}
	}
	call := BeginLong()
	for _, c := range kept[:50] {
		Give(call, c)
	}
	call.TakeBack(25)
	for range 20 {
		runtime.GC()
		runtime.Gosched()
	}
	Begin().End()
	for i, c := range kept {
		index := uint32(3*i + 1)
		if drops[index] > 0 {
			t.Error(index, "is dropped, and is in use")
		}
		Drop(c)
		Drop(c)
		if isGiven := i < 25; isGiven == (drops[index] == 1) {
			t.Error(index, drops[index])
		}
	}
	call.End()
	for index, times := range drops {
		if times > 1 {
			t.Error(index, "is dropped", times, "times")
		}
	}
	// Some may still be found on the stack.
	if len(drops) < 270 || Handles-before != 275-len(drops) {
		t.Error(len(drops), Handles-before)
	}
}

type value struct{ drops *int }

func (v value) Drop() { *v.drops++ }

func TestATableFindsValuesAndUsesNumbersAgain(t *testing.T) {
	var table Table[any]
	drops := 0
	a, b := table.Put(value{&drops}), table.Put("b")
	if a == 0 || a == b || table.Get(b) != "b" {
		t.Error(a, b)
	}
	Destroy(&table, b)
	if c := table.Put("c"); c != b || table.Get(c) != "c" {
		t.Error("the number is not used again")
	}
	Destroy(&table, a)
	if drops != 1 {
		t.Error(drops)
	}
	panics(t, "no resource", func() { table.Get(a) })
	panics(t, "no resource", func() { Destroy(&table, a) })
	panics(t, "no resource", func() { table.Get(77) })
	d := table.Put(value{&drops})
	table.Take(d)
	panics(t, "no resource", func() { table.Get(d) })
	Destroy(&table, d)
	if drops != 1 || table.Len() != 1 {
		t.Error(drops, table.Len())
	}
}

func TestGoroutinesShareTheArena(t *testing.T) {
	before := Used()
	done := make(chan bool)
	for g := range 8 {
		go func() {
			ok := true
			for i := range 200 {
				want := strings.Repeat(string(rune('a'+g)), 1+(i*997)%(Big*2))
				p, n := passed(want)
				runtime.Gosched()
				c := Begin()
				c.Alloc(uint32(i))
				ok = ok && LiftString(p, n) == want
				runtime.Gosched()
				c.End()
			}
			done <- ok
		}()
	}
	for range 8 {
		if !<-done {
			t.Error("a string is damaged")
		}
	}
	atLevel(t, before)
}

func TestHandlesThatNobodyTookComeBack(t *testing.T) {
	before := Handles
	dropped := []uint32{}
	drop := func(h uint32) { dropped = append(dropped, h) }
	c := BeginLong()
	first, second := Own[counter](3, drop), Own[counter](4, drop)
	Give(c, first)
	kept := c.Gifts()
	Give(c, second)
	returned := []uint32{}
	c.Gave(GiverFunc(func(h uint32) { returned = append(returned, h) }), 5)
	c.TakeBack(kept)
	c.End()
	if fmt.Sprint(returned) != "[5]" {
		t.Error(returned)
	}
	panics(t, "given away", func() { Give(nil, first) })
	Drop(second)
	if fmt.Sprint(dropped) != "[4]" || Handles != before {
		t.Error(dropped, Handles)
	}
}
