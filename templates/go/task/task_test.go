//go:build !wasip1

package task

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"withe.test/templates/rt"
)

// A host of one component: sets of waitables, streams of nothing, calls that end when the test says so.
type host struct {
	t        *testing.T
	last     uint32
	setOf    map[uint32]uint32
	sets     map[uint32]bool
	events   map[uint32]event
	writers  map[uint32]uint32
	subtasks map[uint32]bool
	context  uint32
	tasks    []*hostTask
	log      []string
	timeout  int64
}

type event struct{ kind, code uint32 }

// What the host knows of a task: its context, and what it gave back last.
type hostTask struct{ context, code uint32 }

func newHost(t *testing.T) *host {
	runtime.GOMAXPROCS(1)
	tasks, live, ready, pacer, free = map[uint32]*Task{}, nil, nil, nil, nil
	waiting, homeless, operations, timers, yields = map[uint32]*operation{}, nil, 0, nil, nil
	waitFor = nil
	h := &host{t: t, timeout: -1}
	h.setOf, h.sets = map[uint32]uint32{}, map[uint32]bool{}
	h.events, h.writers, h.subtasks = map[uint32]event{}, map[uint32]uint32{}, map[uint32]bool{}
	setNew = func() uint32 { n := h.number(); h.sets[n] = true; return n }
	setDrop = func(set uint32) {
		for _, in := range h.setOf {
			if in == set {
				t.Error("a set is dropped with something in it")
			}
		}
		delete(h.sets, set)
	}
	join = func(handle, set uint32) {
		if set != 0 && !h.sets[set] {
			t.Error("no such set")
		}
		h.setOf[handle] = set
	}
	subtaskCancel = func(handle uint32) uint32 {
		if h.setOf[handle] != 0 {
			t.Error("a subtask is cancelled in a set")
		}
		h.note("subtask.cancel")
		return stateCancelled
	}
	subtaskDrop = func(handle uint32) {
		if h.setOf[handle] != 0 {
			t.Error("a subtask is dropped in a set")
		}
		delete(h.subtasks, handle)
	}
	contextGet = func() uint32 { return h.context }
	contextSet = func(value uint32) { h.context = value }
	taskCancel = func() { h.note("task.cancel") }
	unitNew = func() uint64 {
		reader, writer := h.number(), h.number()
		h.writers[writer] = reader
		return uint64(reader) | uint64(writer)<<32
	}
	unitRead = func(handle, _, _ uint32) uint32 { return blocked }
	unitWrite = func(handle, _, _ uint32) uint32 {
		h.events[h.writers[handle]] = event{2, 1 << 4}
		return 1 << 4
	}
	unitCancelRead = func(uint32) uint32 { return endCancelled }
	unitDropReader = func(handle uint32) { delete(h.setOf, handle) }
	unitDropWriter = func(uint32) {}
	waitIdle = func() int64 {
		for range 200 {
			runtime.Gosched()
		}
		return h.timeout
	}
	return h
}

func (h *host) number() uint32     { h.last++; return h.last }
func (h *host) note(what string)   { h.log = append(h.log, what) }
func (h *host) subtask() uint32    { n := h.number(); h.subtasks[n] = true; return n }
func (h *host) status() uint32     { return h.subtask()<<4 | 1 }
func (h *host) ends(handle uint32) { h.events[handle] = event{eventSubtask, stateReturned} }

// start calls an export.
func (h *host) start(run func(*Task)) *hostTask {
	h.context = 0
	code := Start(run)
	task := &hostTask{h.context, code}
	h.tasks = append(h.tasks, task)
	return task
}

// deliver passes events until there are none; yielding tasks have one turn each.
func (h *host) deliver() {
	for again := true; again; {
		again = false
		for _, task := range h.tasks {
			for handle, e := range h.events {
				if task.code&15 == codeWait && h.setOf[handle] == task.code>>4 {
					delete(h.events, handle)
					h.call(task, e.kind, handle, e.code)
					again = true
					break
				}
			}
		}
	}
}

func (h *host) call(task *hostTask, kind, handle, code uint32) {
	h.context = task.context
	task.code = Callback(kind, handle, code)
}

func (h *host) expect(task *hostTask, code uint32) {
	h.t.Helper()
	if task.code&15 != code {
		h.t.Errorf("the task gives %d, not %d", task.code, code)
	}
}

func TestACallThatNeedsNothingIsOverAtOnce(t *testing.T) {
	h := newHost(t)
	task := h.start(func(t *Task) { t.Return(func() { h.note("return") }) })
	h.expect(task, codeExit)
	if strings.Join(h.log, " ") != "return" || len(tasks) != 0 || len(live) != 0 {
		t.Error(h.log, tasks, live)
	}
}

func TestATaskThatAnotherOneAnswersIsWoken(t *testing.T) {
	h := newHost(t)
	mail := make(chan string)
	first := h.start(func(t *Task) { s := <-mail; t.Return(func() { h.note(s) }) })
	h.expect(first, codeWait)
	second := h.start(func(t *Task) { mail <- "post"; t.Return(func() { h.note("sent") }) })
	h.expect(second, codeExit)
	h.deliver()
	h.expect(first, codeExit)
	if strings.Join(h.log, " ") != "sent post" {
		t.Error(h.log)
	}
}

func TestATaskStaysForWhatItBegan(t *testing.T) {
	h := newHost(t)
	status := h.status()
	over := false
	first := h.start(func(t *Task) { t.Context(); <-make(chan int) })
	second := h.start(func(t *Task) {
		go func() { CallContext(context.Background(), nil, status); over = true }()
		runtime.Gosched()
		t.Return(func() {})
	})
	h.expect(first, codeWait)
	h.expect(second, codeWait)
	if h.setOf[status>>4] != second.code>>4 {
		t.Error("the operation is in no set that is waited on")
	}
	h.ends(status >> 4)
	h.deliver()
	h.expect(second, codeExit)
	if !over || operations != 0 || len(h.subtasks) != 0 {
		t.Error(over, operations, h.subtasks)
	}
}

func TestTheLastTaskStaysForWhatOutlivesIt(t *testing.T) {
	h := newHost(t)
	status := h.status()
	task := h.start(func(t *Task) {
		go CallContext(context.Background(), nil, status)
		runtime.Gosched()
		t.Return(func() { h.note("return") })
	})
	h.expect(task, codeWait)
	if len(h.log) != 1 {
		t.Error("the result waits as well")
	}
	h.ends(status >> 4)
	h.deliver()
	h.expect(task, codeExit)
}

func TestCancellation(t *testing.T) {
	for _, c := range []struct {
		err      error
		expected string
	}{{context.Canceled, "task.cancel"}, {errors.New("other"), "return"}, {nil, "return"}} {
		h := newHost(t)
		task := h.start(func(t *Task) {
			<-t.Context().Done()
			t.ReturnUnless(c.err, func() { h.note("return") })
		})
		h.expect(task, codeWait)
		h.call(task, eventCancelled, 0, 0)
		h.expect(task, codeExit)
		if strings.Join(h.log, " ") != c.expected {
			t.Error(c.err, h.log)
		}
	}
}

func TestACallIsCalledOffByItsContext(t *testing.T) {
	h := newHost(t)
	status := h.status()
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	first := h.start(func(t *Task) {
		err = CallContext(ctx, nil, status)
		t.Return(func() {})
	})
	h.expect(first, codeWait)
	second := h.start(func(t *Task) { cancel(); t.Return(func() {}) })
	h.expect(second, codeExit)
	h.deliver()
	h.expect(first, codeExit)
	if err != context.Canceled || strings.Join(h.log, " ") != "subtask.cancel" || len(h.subtasks) != 0 {
		t.Error(err, h.log, h.subtasks)
	}
}

func TestYieldAndTimersComeBack(t *testing.T) {
	h := newHost(t)
	task := h.start(func(t *Task) { Yield(); t.Return(func() {}) })
	h.expect(task, codeYield)
	h.call(task, 0, 0, 0)
	h.expect(task, codeExit)

	// Without the host's timers a sleeping task comes back again and again, and one of several is enough.
	sleep := make(chan int)
	h.timeout = 5
	first := h.start(func(t *Task) { <-sleep; t.Return(func() {}) })
	second := h.start(func(t *Task) { <-sleep; t.Return(func() {}) })
	h.expect(first, codeYield)
	h.expect(second, codeWait)
	go func() { sleep <- 1; sleep <- 1 }()
	h.call(first, 0, 0, 0)
	h.timeout = -1
	h.deliver()
	h.expect(first, codeExit)
	h.expect(second, codeExit)
}

func TestTimersOfTheHost(t *testing.T) {
	h := newHost(t)
	var asked []uint64
	var handle uint32
	SetTimer(func(n uint64) uint32 { asked = append(asked, n); handle = h.subtask(); return handle<<4 | 1 })
	h.timeout = int64(time.Hour)
	sleep := make(chan int)
	task := h.start(func(t *Task) { <-sleep; t.Return(func() {}) })
	other := h.start(func(t *Task) { t.Return(func() {}) })
	h.expect(task, codeWait)
	h.expect(other, codeExit)
	if len(asked) != 1 || asked[0] != uint64(time.Hour) {
		t.Error(asked)
	}
	go func() { sleep <- 1 }()
	h.timeout = -1
	h.ends(handle)
	h.deliver()
	h.expect(task, codeExit)
	if len(timers) != 0 || len(h.subtasks) != 0 {
		t.Error(timers, h.subtasks)
	}
}

func TestAnOperationBeforeAnyTaskIsAdopted(t *testing.T) {
	h := newHost(t)
	status := h.status()
	current = nil
	over := false
	go func() { CallContext(context.Background(), nil, status); over = true }()
	waitIdle()
	task := h.start(func(t *Task) { t.Return(func() {}) })
	h.expect(task, codeWait)
	h.ends(status >> 4)
	h.deliver()
	h.expect(task, codeExit)
	if !over {
		t.Error("the event is lost")
	}
}

func TestSetsAreUsedAgain(t *testing.T) {
	h := newHost(t)
	for range 3 {
		var held []*hostTask
		stop := make(chan int)
		for range maxFree + 10 {
			held = append(held, h.start(func(t *Task) { <-stop; t.Return(func() {}) }))
		}
		close(stop)
		h.start(func(t *Task) { t.Return(func() {}) })
		h.deliver()
		for _, task := range held {
			h.expect(task, codeExit)
		}
	}
	if len(h.sets) != maxFree || len(tasks) != 0 {
		t.Error(len(h.sets), len(tasks))
	}
}

func TestASynchronousExportWakesATask(t *testing.T) {
	h := newHost(t)
	mail := make(chan string, 1)
	task := h.start(func(t *Task) { s := <-mail; t.Return(func() { h.note(s) }) })
	h.expect(task, codeWait)
	mail <- "post"
	Settle()
	h.deliver()
	h.expect(task, codeExit)
	if strings.Join(h.log, " ") != "post" {
		t.Error(h.log)
	}
}

func TestTheLastTaskStaysForAnOpenWriter(t *testing.T) {
	h := newHost(t)
	w := newWriter(99, func(uint32) {})
	task := h.start(func(t *Task) { t.Return(func() { h.note("return") }) })
	h.expect(task, codeWait)
	w.close()
	Settle()
	next := h.start(func(t *Task) { t.Return(func() {}) })
	h.expect(next, codeExit)
	live[0].wake()
	h.deliver()
	h.expect(task, codeExit)
	if openWriters != 0 || len(h.log) != 1 {
		t.Error(openWriters, h.log)
	}
}

func TestAReaderThatNobodyTookIsTheProgramsAgain(t *testing.T) {
	newHost(t)
	dropped := 0
	drop := func(uint32) { dropped++ }
	stream := NewStreamReader(7, &StreamPayload[string]{DropReadable: drop})
	future := NewFutureReader(8, &FuturePayload[string]{DropReadable: drop})
	call := rt.BeginLong()
	if stream.Take(call) != 7 || future.Take(call) != 8 {
		t.Error("another handle is given away")
	}
	stream.Close()
	future.Close()
	if _, err := future.GetContext(context.Background()); err != errGiven || dropped != 0 {
		t.Error(err, dropped)
	}
	call.TakeBack(1)
	select {
	case <-future.end.closing:
		t.Error("a read of what came back is stopped")
	default:
	}
	stream.Close()
	future.Close()
	if dropped != 1 {
		t.Error(dropped)
	}
	call.End()
	// A call that nobody overtakes takes nothing back.
	short := rt.Begin()
	NewStreamReader(9, &StreamPayload[string]{DropReadable: drop}).Take(short)
	if short.Gifts() != 0 {
		t.Error("the short call notes what it gave away")
	}
	short.End()
}

func TestAReadIsStoppedByClose(t *testing.T) {
	h := newHost(t)
	dropped, cancelled := 0, 0
	stream := NewStreamReader(7, &StreamPayload[byte]{
		Read:         func(_, _, _ uint32) uint32 { return blocked },
		CancelRead:   func(uint32) uint32 { cancelled++; return endCancelled },
		DropReadable: func(uint32) { dropped++ },
	})
	var err error
	task := h.start(func(t *Task) {
		_, err = stream.Read(make([]byte, 1))
		t.Return(func() {})
	})
	h.expect(task, codeWait)
	closer := h.start(func(t *Task) { stream.Close(); t.Return(func() {}) })
	h.expect(closer, codeExit)
	h.deliver()
	h.expect(task, codeExit)
	if err != io.ErrClosedPipe || cancelled != 1 || dropped != 1 {
		t.Error(err, cancelled, dropped)
	}
}

func TestACallThatIsCalledOffLaterIsWaitedFor(t *testing.T) {
	h := newHost(t)
	status := h.status()
	subtaskCancel = func(uint32) uint32 { return blocked }
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	task := h.start(func(t *Task) {
		err = CallContext(ctx, nil, status)
		t.Return(func() {})
	})
	h.expect(task, codeWait)
	h.start(func(t *Task) { cancel(); t.Return(func() {}) })
	h.deliver()
	h.expect(task, codeWait)
	h.events[status>>4] = event{eventSubtask, stateCancelled}
	h.deliver()
	h.expect(task, codeExit)
	if err != context.Canceled || len(h.subtasks) != 0 {
		t.Error(err, h.subtasks)
	}
}
