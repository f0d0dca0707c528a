package main

import (
	"fmt"
	"strings"

	"newsfeed/aggregator/filter"
)

// expressions are the filters of a configuration by their text: each is compiled
// once, although it is checked before it is used and many sources may have it.
// A nil one keeps none.
type expressions map[string]*filter.Filter

// compile returns the filter of an expression; of none: nil.
func (e expressions) compile(text string) (*filter.Filter, error) {
	if f := e[text]; f != nil || text == "" {
		return f, nil
	}
	f, err := filter.Compile(text)
	if err == nil && e != nil {
		e[text] = f
	}
	return f, err
}

// check returns what is wrong with an expression of the configuration.
func (e expressions) check(text string) error {
	_, err := e.compile(text)
	if err == nil {
		return nil
	}
	why := strings.TrimPrefix(err.Error(), "compile expression: ")
	return fmt.Errorf(`is not an expression: %s; write for example 'title matches "(?i)ukrain"'`, why)
}
