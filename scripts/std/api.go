package main

import "go/types"

// visible returns the underlying type without what other packages cannot see: unexported fields, and
// unexported methods of interfaces. Exported fields of unexported embedded structs become fields.
func visible(named *types.Named) types.Type {
	switch t := named.Underlying().(type) {
	case *types.Struct:
		return types.NewStruct(visibleFields(named, t, 0), nil)
	case *types.Interface:
		return visibleInterface(t)
	default:
		return t
	}
}

// maxDepth bounds the nesting of embedded structs: a struct may embed a pointer to itself.
const maxDepth = 8

func visibleFields(named *types.Named, t *types.Struct, depth int) []*types.Var {
	var fields []*types.Var
	for f := range t.Fields() {
		if f.Exported() {
			found, _, _ := types.LookupFieldOrMethod(named, true, f.Pkg(), f.Name())
			if found == f {
				fields = append(fields, f)
			}
			continue
		}
		inner, ok := pointee(f.Type()).Underlying().(*types.Struct)
		if f.Embedded() && ok && depth < maxDepth {
			fields = append(fields, visibleFields(named, inner, depth+1)...)
		}
	}
	return fields
}

func visibleInterface(t *types.Interface) *types.Interface {
	var methods []*types.Func
	for m := range t.ExplicitMethods() {
		if m.Exported() {
			methods = append(methods, m)
		}
	}
	var embedded []types.Type
	for e := range t.EmbeddedTypes() {
		embedded = append(embedded, e)
	}
	shown := types.NewInterfaceType(methods, embedded)
	if t.IsImplicit() {
		shown.MarkImplicit()
	}
	return shown.Complete()
}

// method is an exported method as it is printed.
type method struct {
	name      string
	signature *types.Signature
	pointer   bool
}

// methods returns the exported methods of a type: its own, and those promoted through unexported embedded
// fields. Methods of exported embedded fields are left to the reader, who sees those fields.
func methods(named *types.Named) []method {
	if types.IsInterface(named) {
		return nil
	}
	values := types.NewMethodSet(named)
	var all []method
	for selection := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		object := selection.Obj()
		if !object.Exported() || throughExported(named, selection.Index()) {
			continue
		}
		signature := selection.Type().(*types.Signature)
		if len(selection.Index()) == 1 {
			signature = object.Type().(*types.Signature)
		}
		pointer := values.Lookup(object.Pkg(), object.Name()) == nil
		all = append(all, method{object.Name(), signature, pointer})
	}
	return all
}

// throughExported reports whether the path of a promoted method passes an exported embedded field.
func throughExported(t types.Type, path []int) bool {
	for _, index := range path[:len(path)-1] {
		field := pointee(t).Underlying().(*types.Struct).Field(index)
		if field.Exported() {
			return true
		}
		t = field.Type()
	}
	return false
}

func pointee(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
