package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
	"golang.org/x/tools/go/types/typeutil"
)

// printCalls prints what every call of the packages can reach, by variable type analysis over the packages and, if
// whole is set, over all that they import.
func printCalls(dir string, patterns []string, whole bool, out *bufio.Writer) error {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedSyntax |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedImports
	if whole {
		mode |= packages.NeedDeps
	}
	loaded, err := packages.Load(&packages.Config{Dir: dir, Tests: true, Mode: mode}, patterns...)
	if err != nil {
		return err
	}
	var sound []*packages.Package
	for _, pkg := range loaded {
		if len(pkg.Errors) == 0 {
			sound = append(sound, pkg)
			continue
		}
		for _, name := range pkg.GoFiles {
			fmt.Fprintf(out, "%s\t0\t0\tskipped\tits package has an error: %s\n", name, oneLine(pkg.Errors[0].Msg))
		}
	}
	g := newCallGraph(sound, whole)
	done := map[*ast.CallExpr]bool{}
	for _, pkg := range sound {
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && !done[call] && !pkg.TypesInfo.Types[call.Fun].IsType() {
					done[call] = true
					g.print(pkg, call, out)
				}
				return true
			})
		}
	}
	return nil
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

type callGraph struct {
	fset *token.FileSet
	// The package of each file, without the brackets of a test variant.
	pkgs map[string]string
	// Where functions are declared, by the position of their names.
	declared map[token.Pos]*ast.FuncDecl
	// What the calls reach, by the position of their left parenthesis. A call is in a function, in its variant for
	// tests and in each of its instances.
	reached map[token.Pos][]*ssa.Function
	// The calls of elements of containers, by the same position.
	elements map[token.Pos]bool
	graph    *callgraph.Graph
}

func newCallGraph(loaded []*packages.Package, whole bool) *callGraph {
	build := ssautil.Packages
	if whole {
		build = ssautil.AllPackages
	}
	prog, _ := build(loaded, ssa.InstantiateGenerics)
	prog.Build()
	g := &callGraph{
		fset:     prog.Fset,
		pkgs:     map[string]string{},
		declared: map[token.Pos]*ast.FuncDecl{},
		reached:  map[token.Pos][]*ssa.Function{},
		elements: map[token.Pos]bool{},
	}
	// The first graph is made from class-hierarchy analysis, the second one from the first.
	functions := ssautil.AllFunctions(prog)
	g.graph = vta.CallGraph(functions, vta.CallGraph(functions, nil))
	for _, pkg := range loaded {
		for _, file := range pkg.Syntax {
			g.pkgs[g.at(file.FileStart).Filename] = pkg.PkgPath
			for _, decl := range file.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok {
					g.declared[fn.Name.Pos()] = fn
				}
			}
		}
	}
	for fn, node := range g.graph.Nodes {
		if fn == nil || fn.Syntax() == nil {
			continue
		}
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok {
					pos := call.Common().Pos()
					g.reached[pos] = append(g.reached[pos], nil)
					if isElement(call.Common().Value, map[ssa.Value]bool{}) {
						g.elements[pos] = true
					}
				}
			}
		}
		for _, edge := range node.Out {
			pos := edge.Site.Common().Pos()
			g.reached[pos] = append(g.reached[pos], edge.Callee.Func)
		}
	}
	return g
}

func (g *callGraph) at(pos token.Pos) token.Position {
	return g.fset.PositionFor(pos, false)
}

func (g *callGraph) print(pkg *packages.Package, call *ast.CallExpr, out *bufio.Writer) {
	kind, truth := "value", ""
	switch callee := typeutil.Callee(pkg.TypesInfo, call).(type) {
	case *types.Builtin:
		return
	case *types.Func:
		kind = "method"
		if typeutil.StaticCallee(pkg.TypesInfo, call) != nil {
			kind, truth = "static", g.static(callee.Origin(), pkg)
		}
	}
	if kind != "static" {
		functions, isReached := g.reached[call.Lparen]
		if isReached {
			truth = g.targets(functions, pkg)
			if g.elements[call.Lparen] {
				truth += " ~"
			}
		} else {
			kind = "unreached " + kind
		}
	}
	start, end := g.at(call.Pos()), g.at(call.End())
	fmt.Fprintf(out, "%s\t%d\t%d\t%s\t%s\n", start.Filename, start.Offset, end.Offset, kind, truth)
}

// static is the place of a function of the package itself, + for one elsewhere or without a body, cgo for one in a
// file that cgo has rewritten, where places are others.
func (g *callGraph) static(fn *types.Func, pkg *packages.Package) string {
	decl := g.declared[fn.Pos()]
	if decl == nil || decl.Body == nil || fn.Pkg().Path() != pkg.PkgPath {
		return "+"
	}
	if !strings.HasSuffix(g.at(decl.Pos()).Filename, ".go") {
		return "cgo"
	}
	return g.place(decl.Pos())
}

func (g *callGraph) place(pos token.Pos) string {
	at := g.at(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Offset)
}

// targets are the places of functions of the package itself, and + if there are others.
func (g *callGraph) targets(functions []*ssa.Function, pkg *packages.Package) string {
	places := map[string]bool{}
	seen := map[*ssa.Function]bool{}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		if fn == nil || seen[fn] {
			return
		}
		seen[fn] = true
		switch syntax := fn.Syntax().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			decl, isDecl := syntax.(*ast.FuncDecl)
			if g.pkgs[g.at(syntax.Pos()).Filename] == pkg.PkgPath && (!isDecl || decl.Body != nil) {
				pos := syntax.Pos()
				if isDecl {
					pos = decl.Type.Pos()
				}
				places[g.place(pos)] = true
				return
			}
			places["+"] = true
		case nil:
			// What stands between a call and a method: a wrapper, a bound method, a method expression.
			if node := g.graph.Nodes[fn]; node != nil && len(fn.Blocks) > 0 {
				for _, edge := range node.Out {
					add(edge.Callee.Func)
				}
				return
			}
			places["+"] = true
		default:
			// The body of a range over a function.
			places["+"] = true
		}
	}
	for _, fn := range functions {
		add(fn)
	}
	var list []string
	for place := range places {
		list = append(list, place)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}
