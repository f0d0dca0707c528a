// Package filter evaluates expressions over an entry: which entries of a source
// are kept, and which a view selects.
//
// The expressions are those of the configuration, in the language of
// github.com/expr-lang/expr: checked as a whole when they are compiled, without
// functions that could take much time or room, and without a clock, so that the
// same entry always gets the same answer.
package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"newsfeed/storage"
)

// The bounds of an expression.
const (
	maxLength = 10_000 // bytes
	maxNodes  = 500
)

// functions are those of the language that an expression may use. Nothing in
// it makes more of an entry than there is.
var functions = []string{"all", "any", "none", "one", "count", "len", "lower", "upper", "trim", "date", "duration"}

// Filter is a compiled expression. It is safe for concurrent use.
type Filter struct {
	text    string
	program *vm.Program
	needs   needs
}

// Compile checks an expression and prepares it. The error is one line that
// names the place and, for an unknown name, those there are.
func Compile(text string) (*Filter, error) {
	if len(text) > maxLength {
		return nil, fmt.Errorf("compile expression: it is longer than %d bytes", maxLength)
	}
	f := &Filter{text: text}
	options := []expr.Option{
		expr.Env(fields{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.Timezone("UTC"),
		expr.DisableAllBuiltins(), expr.Patch(&f.needs),
	}
	for _, name := range functions {
		options = append(options, expr.EnableBuiltin(name))
	}
	var err error
	if f.program, err = expr.Compile(text, options...); err != nil {
		return nil, fmt.Errorf("compile expression: %s", explain(err))
	}
	if f.needs.refused != "" {
		return nil, fmt.Errorf("compile expression: %s is not allowed; there are %s", f.needs.refused, strings.Join(functions, ", "))
	}
	return f, nil
}

// String returns the expression as it was written.
func (f *Filter) String() string { return f.text }

// Match reports whether the expression holds for an entry.
func (f *Filter) Match(e storage.Entry) (bool, error) {
	value, err := expr.Run(f.program, f.needs.of(e))
	if err != nil {
		return false, fmt.Errorf("evaluate expression for entry %s: %s", e.ID, explain(err))
	}
	return value.(bool), nil // AsBool checked it
}

// explain is an error of the library in one line.
func explain(err error) string {
	at := (*file.Error)(nil)
	if !errors.As(err, &at) {
		return strings.Join(strings.Fields(err.Error()), " ")
	}
	message := strings.Join(strings.Fields(at.Message), " ")
	if strings.HasPrefix(message, "unknown name ") {
		message += "; there are " + strings.Join(append(names(), functions...), ", ")
	}
	return fmt.Sprintf("line %d, column %d: %s", at.Line, at.Column+1, message)
}

// needs are the fields that an expression looks at: to make the others would
// be in vain. It also finds what an expression must not have.
type needs struct {
	text, summary, content bool
	refused                string
}

// Visit implements ast.Visitor.
func (n *needs) Visit(node *ast.Node) {
	switch node := (*node).(type) {
	case *ast.IdentifierNode:
		n.text = n.text || node.Value == "text" || node.Value == "words"
		n.summary = n.summary || node.Value == "summary"
		n.content = n.content || node.Value == "content"
	case *ast.BuiltinNode:
		if !slices.Contains(functions, node.Name) {
			n.refused = node.Name
		}
	case *ast.BinaryNode:
		if node.Operator == ".." {
			n.refused = node.Operator
		}
	}
}
