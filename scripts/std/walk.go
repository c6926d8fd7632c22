package main

import "go/types"

// walk calls visit for every declared type that the printed form of an object names.
type walk struct {
	visit func(*types.TypeName)
}

func (w *walk) object(object types.Object) {
	name, ok := object.(*types.TypeName)
	if !ok {
		w.types(object.Type())
		return
	}
	if alias, ok := name.Type().(*types.Alias); ok {
		w.typeParams(alias.TypeParams())
		w.types(alias.Rhs())
		return
	}
	named := name.Type().(*types.Named)
	w.typeParams(named.TypeParams())
	w.types(visible(named))
	for _, m := range methods(named) {
		w.types(m.signature)
	}
}

func (w *walk) types(list ...types.Type) {
	for _, t := range list {
		w.one(t)
	}
}

func (w *walk) one(t types.Type) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			w.visit(types.Unsafe.Scope().Lookup("Pointer").(*types.TypeName))
		}
	case *types.Named:
		w.visit(t.Obj())
		w.types(typeList(t.TypeArgs())...)
	case *types.Alias:
		w.visit(t.Obj())
		w.types(typeList(t.TypeArgs())...)
	case *types.Pointer:
		w.one(t.Elem())
	case *types.Slice:
		w.one(t.Elem())
	case *types.Array:
		w.one(t.Elem())
	case *types.Chan:
		w.one(t.Elem())
	case *types.Map:
		w.types(t.Key(), t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			w.one(v.Type())
		}
	case *types.Signature:
		w.typeParams(t.TypeParams())
		w.types(t.Params(), t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			w.one(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			w.one(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			w.one(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			w.one(term.Type())
		}
	}
}

func (w *walk) typeParams(list *types.TypeParamList) {
	for p := range list.TypeParams() {
		w.one(p.Constraint())
	}
}

func typeList(list *types.TypeList) []types.Type {
	var all []types.Type
	for t := range list.Types() {
		all = append(all, t)
	}
	return all
}
