package main

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// isElement tells whether a value comes, within its function and those around it, out of a slice, array, map or
// channel. Variable type analysis has one node for the elements of all containers of a type, so what
// it says of the value is what any of them has.
func isElement(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Index, *ssa.Lookup, *ssa.Next:
		return true
	case *ssa.UnOp:
		return v.Op == token.ARROW || v.Op == token.MUL && isElementAt(v.X, seen)
	case *ssa.Extract:
		return isElement(v.Tuple, seen)
	case *ssa.Select:
		return true
	case *ssa.TypeAssert:
		return isElement(v.X, seen)
	case *ssa.ChangeType:
		return isElement(v.X, seen)
	case *ssa.ChangeInterface:
		return isElement(v.X, seen)
	case *ssa.MakeInterface:
		return isElement(v.X, seen)
	case *ssa.Phi:
		for _, edge := range v.Edges {
			if isElement(edge, seen) {
				return true
			}
		}
	case *ssa.FreeVar:
		return boundTo(v, func(bound ssa.Value) bool { return isElement(bound, seen) })
	case *ssa.Parameter:
		return isPassed(v, func(arg ssa.Value) bool { return isElement(arg, seen) })
	}
	return false
}

// isPassed asks about what is passed for a parameter of a function literal where it is called at once.
func isPassed(parameter *ssa.Parameter, is func(ssa.Value) bool) bool {
	fn := parameter.Parent()
	if fn.Parent() == nil {
		return false
	}
	for _, block := range fn.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || call.Common().StaticCallee() != fn {
				continue
			}
			for i, p := range fn.Params {
				if p == parameter && is(call.Common().Args[i]) {
					return true
				}
			}
		}
	}
	return false
}

// isElementAt tells the same of what an address holds.
func isElementAt(address ssa.Value, seen map[ssa.Value]bool) bool {
	switch address := address.(type) {
	case *ssa.IndexAddr:
		return true
	case *ssa.FreeVar:
		return boundTo(address, func(bound ssa.Value) bool { return isElementAt(bound, seen) })
	case *ssa.Alloc:
		for _, user := range *address.Referrers() {
			if store, ok := user.(*ssa.Store); ok && store.Addr == address && isElement(store.Val, seen) {
				return true
			}
		}
	}
	return false
}

// boundTo asks about what a variable of a closure is bound to where the closure is made.
func boundTo(free *ssa.FreeVar, is func(ssa.Value) bool) bool {
	fn := free.Parent()
	if fn.Parent() == nil {
		return false
	}
	for _, block := range fn.Parent().Blocks {
		for _, instr := range block.Instrs {
			made, ok := instr.(*ssa.MakeClosure)
			if !ok || made.Fn != fn {
				continue
			}
			for i, variable := range fn.FreeVars {
				if variable == free && is(made.Bindings[i]) {
					return true
				}
			}
		}
	}
	return false
}
