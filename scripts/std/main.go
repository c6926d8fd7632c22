// Command std prints the exported API of the Go standard library as Go declarations without bodies, one section
// for each package. The file analysis/library/std.txt is its output.
package main

import (
	"bufio"
	"cmp"
	"go/build"
	"go/importer"
	"go/token"
	"go/types"
	"log"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// The target whose files are read; the same on every host, so that the output is too.
const (
	goos   = "linux"
	goarch = "amd64"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("std: ")
	out := bufio.NewWriter(os.Stdout)
	load().print(out)
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

// load type-checks the standard library from source and takes the exported declarations of every package that
// user code can import.
func load() *library {
	build.Default.GOOS, build.Default.GOARCH, build.Default.CgoEnabled = goos, goarch, false
	build.Default.GOROOT = goCommand("env", "GOROOT")

	source := importer.ForCompiler(token.NewFileSet(), "source", nil).(types.ImporterFrom)
	std := &library{map[*types.Package]bool{}, map[*types.TypeName]bool{}}
	for _, path := range strings.Fields(goCommand("list", "std")) {
		if isPrivate(path) || path == "unsafe" {
			continue
		}
		pkg, err := source.ImportFrom(path, build.Default.GOROOT+"/src", 0)
		if err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		std.add(pkg)
	}
	return std
}

// library is the set of declarations to print.
type library struct {
	public map[*types.Package]bool
	// hidden holds the types that public declarations mention and that user code cannot name.
	hidden map[*types.TypeName]bool
}

// add takes a package with all its exported declarations, and the types that these mention.
func (std *library) add(pkg *types.Package) {
	std.public[pkg] = true
	for _, name := range pkg.Scope().Names() {
		if object := pkg.Scope().Lookup(name); object.Exported() {
			std.mention(object)
		}
	}
}

// mention takes the hidden types that the printed form of a package-level object names.
func (std *library) mention(object types.Object) {
	(&walk{visit: func(name *types.TypeName) {
		pkg := name.Pkg()
		if pkg == nil || pkg == types.Unsafe || name.Exported() && !isPrivate(pkg.Path()) || std.hidden[name] {
			return
		}
		std.hidden[name] = true
		std.mention(name)
	}}).object(object)
}

// packages returns the packages that have something to print.
func (std *library) packages() map[*types.Package]bool {
	packages := maps.Clone(std.public)
	for name := range std.hidden {
		packages[name.Pkg()] = true
	}
	return packages
}

// objects returns the objects of a package to print, by kind and name.
func (std *library) objects(pkg *types.Package) []types.Object {
	var objects []types.Object
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		typeName, _ := object.(*types.TypeName)
		if std.hidden[typeName] || object.Exported() && std.public[pkg] {
			objects = append(objects, object)
		}
	}
	slices.SortStableFunc(objects, func(a, b types.Object) int { return cmp.Compare(order(a), order(b)) })
	return objects
}

func order(object types.Object) int {
	switch object.(type) {
	case *types.Const:
		return 0
	case *types.Var:
		return 1
	case *types.Func:
		return 2
	}
	return 3
}

var private = regexp.MustCompile(`(^|/)(internal|vendor)(/|$)`)

// isPrivate reports whether user code cannot import the package.
func isPrivate(path string) bool { return private.MatchString(path) }

// release returns the language release without a patch version: go1.26.
func release() string {
	version := goCommand("env", "GOVERSION")
	found := regexp.MustCompile(`go1\.[0-9]+`).FindString(version)
	if found == "" {
		log.Fatalf("this Go calls itself %q, which names no release", version)
	}
	return found
}

func goCommand(args ...string) string {
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		log.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
