// Command oracle prints what the Go type checker knows about the concurrency of packages, one fact a line:
//
//	file <TAB> start <TAB> end <TAB> operand <TAB> type
//	file <TAB> start <TAB> end <TAB> callee  <TAB> name, or - for a call without a static callee
//
//	file <TAB> 0     <TAB> 0   <TAB> skipped <TAB> why nothing is printed for the file
//
// start and end are byte offsets of an expression (of the whole call for a callee). An operand is a channel
// operand, the receiver of a sync type's method, a context argument, or an expression of an HTTP client, request
// or response type (operands.go). Callees are printed for every call in a function or package-level variable that
// contains an operand. Types are in the notation of analysis/model/types.ts.
//
// With -calls, what every call of the packages can reach:
//
//	file <TAB> start <TAB> end <TAB> static | method | value <TAB> file:start ... + ~
//
// The places are functions of the package of the call, + stands for others. ~ says that what is called is an element
// of a container, and the places those of the elements of all containers of its type in the program. static is a call of a function or method
// that the type checker knows, method one of a method of an interface or type parameter, value one of a function
// value; "unreached value" one that no path leads to; cgo stands for a place in a file that cgo rewrites. -own looks only at the bodies of the packages themselves.
//
//	usage: oracle [-calls [-own]] DIR PATTERN...
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	calls := flag.Bool("calls", false, "print what calls reach")
	own := flag.Bool("own", false, "look at the bodies of the packages alone")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: oracle [-calls [-own]] DIR PATTERN...")
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	dir, patterns := flag.Arg(0), flag.Args()[1:]
	var err error
	if *calls {
		err = printCalls(dir, patterns, !*own, out)
	} else {
		err = printTypes(dir, patterns, out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		out.Flush()
		os.Exit(1)
	}
}

// printTypes prints the types of operands and the names of callees.
func printTypes(dir string, patterns []string, out *bufio.Writer) error {
	config := &packages.Config{
		Dir:   dir,
		Tests: true,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedSyntax |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}
	loaded, err := packages.Load(config, patterns...)
	if err != nil {
		return err
	}
	// The test variant of a package holds its other files too: take each file from the largest package.
	sort.SliceStable(loaded, func(i, j int) bool { return len(loaded[i].Syntax) > len(loaded[j].Syntax) })
	done := map[string]bool{}
	skipped := map[string]string{}
	for _, pkg := range loaded {
		for _, name := range pkg.IgnoredFiles {
			if strings.HasSuffix(name, ".go") {
				skipped[name] = "not built for this target"
			}
		}
		if len(pkg.Errors) > 0 {
			for _, name := range pkg.GoFiles {
				skipped[name] = "its package has an error: " + oneLine(pkg.Errors[0].Msg)
			}
			if len(pkg.GoFiles) == 0 {
				skipped[pkg.PkgPath] = "not loaded: " + oneLine(pkg.Errors[0].Msg)
			}
			continue
		}
		for _, file := range pkg.Syntax {
			name := pkg.Fset.PositionFor(file.FileStart, false).Filename
			if done[name] {
				continue
			}
			done[name] = true
			p := printer{pkg.Fset, pkg.TypesInfo, pkg.Types, name, out}
			for _, decl := range file.Decls {
				p.declaration(decl)
			}
		}
		// What uses cgo is compiled from a rewritten copy, which is not the text that goleash sees.
		for _, name := range pkg.GoFiles {
			if !done[name] {
				skipped[name] = "rewritten by cgo"
			}
		}
	}
	for name, why := range skipped {
		if !done[name] {
			fmt.Fprintf(out, "%s\t0\t0\tskipped\t%s\n", name, why)
		}
	}
	return nil
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

// declaration prints the facts of a function, or of the variables of a declaration.
func (p *printer) declaration(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Body != nil {
			p.body(decl.Body)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if variable, ok := spec.(*ast.ValueSpec); ok && decl.Tok == token.VAR {
				p.body(variable)
			}
		}
	}
}

func (p *printer) body(body ast.Node) {
	operands := p.operands(body)
	if len(operands) == 0 {
		return
	}
	for _, operand := range operands {
		p.fact(operand, "operand", canon(p.info.TypeOf(operand)))
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !p.info.Types[call.Fun].IsType() {
			p.fact(call, "callee", p.callee(call))
		}
		return true
	})
}
