package config

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dustin/go-humanize"
)

// Size is a number of bytes, written as in "15MiB", "512 kB" or "1000".
type Size int64

const (
	kibibyte Size = 1 << 10
	mebibyte      = kibibyte << 10
	gibibyte      = mebibyte << 10
)

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil {
		return fmt.Errorf(`%q is not a size; write for example "15MiB"`, text)
	}
	if n > math.MaxInt64 {
		return fmt.Errorf("%q is larger than any disk; write less", text)
	}
	*s = Size(n)
	return nil
}

// MarshalText writes the size as String does.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String returns the size without loss, in the greatest unit that divides it:
// "15MiB", "1000".
func (s Size) String() string {
	for _, unit := range []struct {
		name  string
		value Size
	}{{"GiB", gibibyte}, {"MiB", mebibyte}, {"KiB", kibibyte}} {
		if s != 0 && s%unit.value == 0 {
			return strconv.FormatInt(int64(s/unit.value), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}
