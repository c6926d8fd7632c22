package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// operands collects the expressions below a node whose types the engine depends on, each once.
func (p *printer) operands(body ast.Node) []ast.Expr {
	c := collector{info: p.info, seen: map[ast.Expr]bool{}}
	ast.Inspect(body, c.visit)
	return c.found
}

type collector struct {
	info  *types.Info
	seen  map[ast.Expr]bool
	found []ast.Expr
}

func (c *collector) add(e ast.Expr) {
	if !c.seen[e] && c.info.TypeOf(e) != nil {
		c.seen[e] = true
		c.found = append(c.found, e)
	}
}

func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		// The names in a type are no expressions.
		return false
	case *ast.KeyValueExpr:
		// Nor is the key of a struct literal.
		if id, ok := n.Key.(*ast.Ident); !ok || !isField(c.info.ObjectOf(id)) {
			ast.Inspect(n.Key, c.visit)
		}
		ast.Inspect(n.Value, c.visit)
		return false
	case *ast.SelectorExpr:
		// Nor is what a selector selects.
		c.addHTTP(n)
		c.addReceiver(n)
		ast.Inspect(n.X, c.visit)
		return false
	case *ast.SendStmt:
		c.add(n.Chan)
	case *ast.RangeStmt:
		c.addChan(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.add(n.X)
		}
		c.addHTTP(n)
	case *ast.CallExpr:
		c.addArguments(n)
		c.addHTTP(n)
	case *ast.Ident:
		if n.Name != "_" {
			c.addHTTP(n)
		}
	case ast.Expr:
		c.addHTTP(n)
	}
	return true
}

// addReceiver adds the x of x.Lock, also where x has the method from a sync type that it embeds.
func (c *collector) addReceiver(sel *ast.SelectorExpr) {
	selection := c.info.Selections[sel]
	if selection == nil || selection.Kind() != types.MethodVal {
		return
	}
	method := selection.Obj().Type().(*types.Signature)
	if isSync(c.info.TypeOf(sel.X)) || method.Recv() != nil && isSync(method.Recv().Type()) {
		c.add(sel.X)
	}
}

// addArguments adds the channels that builtins take, and what is a context or is passed as one.
func (c *collector) addArguments(call *ast.CallExpr) {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, ok := c.info.Uses[id].(*types.Builtin); ok {
			for _, arg := range call.Args {
				if id.Name == "close" || id.Name == "len" || id.Name == "cap" {
					c.addChan(arg)
				}
			}
		}
	}
	fn := c.info.TypeOf(call.Fun)
	if fn == nil {
		return
	}
	signature, _ := fn.Underlying().(*types.Signature)
	for i, arg := range call.Args {
		isPassed := signature != nil && i < signature.Params().Len() && isContext(signature.Params().At(i).Type())
		if isPassed || isContext(c.info.TypeOf(arg)) {
			c.add(arg)
		}
	}
}

func (c *collector) addChan(e ast.Expr) {
	if t := c.info.TypeOf(e); t != nil {
		if _, ok := t.Underlying().(*types.Chan); ok {
			c.add(e)
		}
	}
}

func (c *collector) addHTTP(e ast.Expr) {
	t := c.info.TypeOf(e)
	if t == nil || c.info.Types[e].IsType() {
		return
	}
	for _, name := range []string{"Client", "Request", "Response"} {
		if isNamed(t, "net/http", name) {
			c.add(e)
		}
	}
}

func isField(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.IsField()
}

func isSync(t types.Type) bool {
	for _, name := range []string{"Mutex", "RWMutex", "WaitGroup", "Cond", "Once", "Locker"} {
		if isNamed(t, "sync", name) {
			return true
		}
	}
	return false
}

func isContext(t types.Type) bool {
	return isNamed(t, "context", "Context")
}

func isNamed(t types.Type, pkg, name string) bool {
	if t == nil {
		return false
	}
	named := namedOf(t)
	return named != nil && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == pkg && named.Obj().Name() == name
}
