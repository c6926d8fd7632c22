// Command oracle prints what the Go type checker knows about the concurrency of packages, one fact a line:
//
//	file <TAB> start <TAB> end <TAB> operand <TAB> type
//	file <TAB> start <TAB> end <TAB> callee  <TAB> name, or - for a call without a static callee
//
// start and end are byte offsets of an expression (of the whole call for a callee). An operand is a channel
// operand, the receiver of a sync type's method, a context argument, or an expression of an HTTP client, request
// or response type. Callees are printed for every call in a function that contains an operand. Types are in the
// notation of analysis/model/types.ts.
//
//	usage: oracle DIR PATTERN...
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"sort"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: oracle DIR PATTERN...")
		os.Exit(2)
	}
	config := &packages.Config{
		Dir:   os.Args[1],
		Tests: true,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedSyntax |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}
	loaded, err := packages.Load(config, os.Args[2:]...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	// The test variant of a package holds its other files too: take each file from the largest package.
	sort.SliceStable(loaded, func(i, j int) bool { return len(loaded[i].Syntax) > len(loaded[j].Syntax) })
	done := map[string]bool{}
	for _, pkg := range loaded {
		for _, file := range pkg.Syntax {
			name := pkg.Fset.Position(file.FileStart).Filename
			if done[name] || len(pkg.TypeErrors) > 0 {
				continue
			}
			done[name] = true
			for _, decl := range file.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					p := printer{pkg.Fset, pkg.TypesInfo, pkg.Types, name, out}
					p.function(fn)
				}
			}
		}
	}
}

type printer struct {
	fset *token.FileSet
	info *types.Info
	pkg  *types.Package
	file string
	out  *bufio.Writer
}

func (p *printer) fact(node ast.Node, kind, value string) {
	start, end := p.fset.Position(node.Pos()).Offset, p.fset.Position(node.End()).Offset
	fmt.Fprintf(p.out, "%s\t%d\t%d\t%s\t%s\n", p.file, start, end, kind, value)
}

func (p *printer) function(fn *ast.FuncDecl) {
	operands := p.operands(fn.Body)
	if len(operands) == 0 {
		return
	}
	for _, operand := range operands {
		p.fact(operand, "operand", canon(p.info.TypeOf(operand)))
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !p.info.Types[call.Fun].IsType() {
			p.fact(call, "callee", p.callee(call))
		}
		return true
	})
}

// operands collects the expressions whose types the engine depends on, each once.
func (p *printer) operands(body ast.Node) []ast.Expr {
	var found []ast.Expr
	seen := map[ast.Expr]bool{}
	add := func(e ast.Expr) {
		if e != nil && !seen[e] && p.info.TypeOf(e) != nil {
			seen[e] = true
			found = append(found, e)
		}
	}
	isChan := func(e ast.Expr) bool {
		t := p.info.TypeOf(e)
		if t == nil {
			return false
		}
		_, ok := t.Underlying().(*types.Chan)
		return ok
	}
	addHTTP := func(e ast.Expr) {
		t := p.info.TypeOf(e)
		if tv := p.info.Types[e]; tv.IsType() || t == nil {
			return
		}
		if isNamed(t, "net/http", "Client") || isNamed(t, "net/http", "Request") || isNamed(t, "net/http", "Response") {
			add(e)
		}
	}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			add(n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				add(n.X)
			}
			addHTTP(n)
		case *ast.RangeStmt:
			if isChan(n.X) {
				add(n.X)
			}
		case *ast.CallExpr:
			p.callOperands(n, add, isChan)
			addHTTP(n)
		case *ast.KeyValueExpr:
			// The key of a struct literal is no expression.
			ast.Inspect(n.Value, visit)
			return false
		case *ast.SelectorExpr:
			// Nor is what a selector selects.
			addHTTP(n)
			ast.Inspect(n.X, visit)
			return false
		case *ast.Ident:
			if n.Name != "_" {
				addHTTP(n)
			}
		case ast.Expr:
			addHTTP(n)
		}
		return true
	}
	ast.Inspect(body, visit)
	return found
}

func (p *printer) callOperands(n *ast.CallExpr, add func(ast.Expr), isChan func(ast.Expr) bool) {
	if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "close" && len(n.Args) == 1 && isChan(n.Args[0]) {
		add(n.Args[0])
	}
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok && p.info.Selections[sel] != nil && isSync(p.info.TypeOf(sel.X)) {
		add(sel.X)
	}
	for _, arg := range n.Args {
		if t := p.info.TypeOf(arg); t != nil && isNamed(t, "context", "Context") {
			add(arg)
		}
	}
}

func isSync(t types.Type) bool {
	for _, name := range []string{"Mutex", "RWMutex", "WaitGroup", "Cond", "Once", "Locker"} {
		if isNamed(t, "sync", name) {
			return true
		}
	}
	return false
}

func isNamed(t types.Type, pkg, name string) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == pkg && named.Obj().Name() == name
}
