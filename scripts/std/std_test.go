package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPrintedAPI type-checks the printed declarations and compares them with the packages they were made from.
func TestPrintedAPI(t *testing.T) {
	std := load()
	var text strings.Builder
	std.print(&text)
	printed := &sections{t, map[string]string{}, map[string]*types.Package{"unsafe": types.Unsafe}}
	// The type checker wants bodies of generic functions.
	withBodies := regexp.MustCompile(`(?m)^func .*`).ReplaceAllString(text.String(), "$0 {}")
	for _, section := range strings.Split(withBodies, "\n=== ")[1:] {
		path, source, _ := strings.Cut(section, "\n")
		printed.texts[path] = source
	}
	for _, pkg := range sorted(std.public) {
		shown, err := printed.Import(pkg.Path())
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range pkg.Scope().Names() {
			want, got := pkg.Scope().Lookup(name), shown.Scope().Lookup(name)
			if want.Exported() && describe(want) != describe(got) {
				t.Errorf("%s.%s is\n\t%s\nand is printed as\n\t%s", pkg.Path(), name, describe(want), describe(got))
			}
		}
	}
}

// sections is an importer of the printed packages.
type sections struct {
	t        *testing.T
	texts    map[string]string
	packages map[string]*types.Package
}

func (s *sections) Import(path string) (*types.Package, error) {
	if pkg := s.packages[path]; pkg != nil {
		return pkg, nil
	}
	source, ok := s.texts[path]
	if !ok {
		return nil, fmt.Errorf("no section %s", path)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{
		Importer:         s,
		IgnoreFuncBodies: true,
		Sizes:            types.SizesFor("gc", goarch),
		Error:            func(err error) { s.t.Error(err) },
	}
	pkg, _ := config.Check(path, fset, []*ast.File{file}, nil)
	s.packages[path] = pkg
	return pkg, nil
}

// describe renders what user code can see of an object, with full package paths.
func describe(object types.Object) string {
	if object == nil {
		return "absent"
	}
	switch object := object.(type) {
	case *types.TypeName:
		return describeType(object)
	case *types.Const:
		if path := object.Pkg().Path() + "." + object.Name(); platform[path] {
			return fmt.Sprintf("var %s %s", path, types.Default(object.Type()))
		}
		return fmt.Sprintf("const %s %s", object.Type(), rounded(object.Val()))
	}
	return types.ObjectString(object, nil)
}

func rounded(value constant.Value) string {
	if value.Kind() == constant.Float {
		f, _ := constant.Float64Val(value)
		return fmt.Sprint(f)
	}
	return value.ExactString()
}

func describeType(name *types.TypeName) string {
	var text strings.Builder
	if alias, ok := name.Type().(*types.Alias); ok {
		fmt.Fprintf(&text, "alias %s %s", alias.TypeParams(), alias.Rhs())
		return text.String()
	}
	named := name.Type().(*types.Named)
	fmt.Fprintf(&text, "type %s", named)
	switch under := named.Underlying().(type) {
	case *types.Struct:
		for _, field := range reachable(under, 0) {
			if found, _, _ := types.LookupFieldOrMethod(named, true, name.Pkg(), field); found != nil {
				fmt.Fprintf(&text, "\n\t%s %s", field, found.Type())
			}
		}
	case *types.Interface:
		// The method set below says all that is visible, unless it is a constraint.
		if !under.IsMethodSet() {
			fmt.Fprintf(&text, " %s", under)
		}
	default:
		fmt.Fprintf(&text, " %s", under)
	}
	receiver := types.Type(types.NewPointer(named))
	if types.IsInterface(named) {
		receiver = named
	}
	values := types.NewMethodSet(named)
	for m := range types.NewMethodSet(receiver).Methods() {
		if m.Obj().Exported() {
			fmt.Fprintf(&text, "\n\t%s %s by value: %t", m.Obj().Name(), m.Type(), values.Lookup(nil, m.Obj().Name()) != nil)
		}
	}
	return text.String()
}

// reachable returns the names of the exported fields of a struct and of the structs it embeds, sorted.
func reachable(t *types.Struct, depth int) []string {
	names := map[string]bool{}
	for f := range t.Fields() {
		if f.Exported() {
			names[f.Name()] = true
		}
		inner, ok := pointee(f.Type()).Underlying().(*types.Struct)
		if f.Embedded() && ok && depth < maxDepth {
			for _, name := range reachable(inner, depth+1) {
				names[name] = true
			}
		}
	}
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
