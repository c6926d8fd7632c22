package main

import (
	"go/types"
	"strings"
)

// canon prints a type as show of analysis/model/types.ts does.
func canon(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Name() {
		case "byte":
			return "uint8"
		case "rune":
			return "int32"
		case "untyped nil":
			return "nil"
		}
		return t.Name()
	case *types.Named:
		name := typeName(t)
		if args := t.TypeArgs(); args.Len() > 0 {
			var list []string
			for i := range args.Len() {
				list = append(list, canon(args.At(i)))
			}
			name += "[" + strings.Join(list, ", ") + "]"
		}
		return name
	case *types.TypeParam:
		return t.Obj().Name()
	case *types.Pointer:
		return "*" + canon(t.Elem())
	case *types.Slice:
		return "[]" + canon(t.Elem())
	case *types.Array:
		return "[...]" + canon(t.Elem())
	case *types.Map:
		return "map[" + canon(t.Key()) + "]" + canon(t.Elem())
	case *types.Chan:
		direction := map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}
		return direction[t.Dir()] + canon(t.Elem())
	case *types.Signature:
		return "func" + signature(t)
	case *types.Struct:
		var list []string
		for i := range t.NumFields() {
			field := canon(t.Field(i).Type())
			if !t.Field(i).Embedded() {
				field = t.Field(i).Name() + " " + field
			}
			list = append(list, field)
		}
		return "struct{" + strings.Join(list, "; ") + "}"
	case *types.Interface:
		var list []string
		for i := range t.NumExplicitMethods() {
			list = append(list, t.ExplicitMethod(i).Name()+signature(t.ExplicitMethod(i).Signature()))
		}
		for i := range t.NumEmbeddeds() {
			list = append(list, canon(t.EmbeddedType(i)))
		}
		return "interface{" + strings.Join(list, "; ") + "}"
	case *types.Tuple:
		return "(" + tuple(t, false) + ")"
	}
	return t.String()
}

func signature(t *types.Signature) string {
	s := "(" + tuple(t.Params(), t.Variadic()) + ")"
	switch t.Results().Len() {
	case 0:
		return s
	case 1:
		return s + " " + canon(t.Results().At(0).Type())
	}
	return s + " (" + tuple(t.Results(), false) + ")"
}

func tuple(t *types.Tuple, variadic bool) string {
	var list []string
	for i := range t.Len() {
		item := canon(t.At(i).Type())
		if variadic && i == t.Len()-1 {
			item = "..." + strings.TrimPrefix(item, "[]")
		}
		list = append(list, item)
	}
	return strings.Join(list, ", ")
}
