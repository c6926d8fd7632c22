// Package errgroup has the surface of golang.org/x/sync/errgroup, so that fixtures compile without a download.
package errgroup

import (
	"context"
	"sync"
)

// A Group waits for goroutines and keeps the first error of them.
type Group struct {
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	slots  chan struct{}
	once   sync.Once
	err    error
}

// WithContext makes a group and a context that ends with the first error, or when Wait returns.
func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &Group{cancel: cancel}, ctx
}

// SetLimit bounds how many goroutines run at once; Go then waits for a place.
func (g *Group) SetLimit(n int) { g.slots = make(chan struct{}, n) }

// Go runs f on a goroutine.
func (g *Group) Go(f func() error) {
	if g.slots != nil {
		g.slots <- struct{}{}
	}
	g.run(f)
}

// TryGo runs f on a goroutine if the limit leaves room for it.
func (g *Group) TryGo(f func() error) bool {
	if g.slots != nil {
		select {
		case g.slots <- struct{}{}:
		default:
			return false
		}
	}
	g.run(f)
	return true
}

func (g *Group) run(f func() error) {
	g.wg.Go(func() {
		defer func() {
			if g.slots != nil {
				<-g.slots
			}
		}()
		if err := f(); err != nil {
			g.once.Do(func() {
				g.err = err
				if g.cancel != nil {
					g.cancel(err)
				}
			})
		}
	})
}

// Wait returns the first error once all goroutines are done.
func (g *Group) Wait() error {
	g.wg.Wait()
	if g.cancel != nil {
		g.cancel(g.err)
	}
	return g.err
}
