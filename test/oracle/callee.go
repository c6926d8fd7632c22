package main

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// callee names what a call calls, as Callee.name of analysis/model/calls.ts does.
func (p *printer) callee(call *ast.CallExpr) string {
	switch obj := typeutil.Callee(p.info, call).(type) {
	case *types.Builtin:
		if obj.Pkg() == types.Unsafe {
			return "unsafe." + obj.Name()
		}
		return "builtin." + obj.Name()
	case *types.Func:
		obj = obj.Origin()
		recv := obj.Type().(*types.Signature).Recv()
		if recv == nil {
			return path(obj.Pkg()) + "." + obj.Name()
		}
		owner := p.owner(call, obj, recv.Type())
		if owner == "" {
			return "-"
		}
		return owner + "." + obj.Name()
	}
	return "-"
}

// owner names the type that declares a method. A method that an exported type of another package has from an
// unexported one it embeds belongs to the exported type, which is all that its importers can name.
func (p *printer) owner(call *ast.CallExpr, method *types.Func, recv types.Type) string {
	owner := typeName(recv)
	named := namedOf(recv)
	if named == nil || named.Obj().Exported() || named.Obj().Pkg() == nil || named.Obj().Pkg() == p.pkg {
		return owner
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || p.info.Selections[sel] == nil {
		return owner
	}
	selection := p.info.Selections[sel]
	at := selection.Recv()
	for _, i := range selection.Index() {
		if n := namedOf(at); n != nil && n.Obj().Exported() && n.Obj().Pkg() == named.Obj().Pkg() {
			owner = typeName(at)
		}
		if st, ok := deref(at).Underlying().(*types.Struct); ok && i < st.NumFields() {
			at = st.Field(i).Type()
		}
	}
	return owner
}

func typeName(t types.Type) string {
	named := namedOf(t)
	if named == nil {
		return ""
	}
	if named.Obj().Pkg() == nil {
		return named.Obj().Name()
	}
	return path(named.Obj().Pkg()) + "." + named.Obj().Name()
}

func namedOf(t types.Type) *types.Named {
	named, _ := types.Unalias(deref(t)).(*types.Named)
	return named
}

func deref(t types.Type) types.Type {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}

// path is the import path as source files write it, also for what the standard library vendors.
func path(pkg *types.Package) string {
	return strings.TrimPrefix(pkg.Path(), "vendor/")
}
