package normalize

import (
	"encoding/binary"
	"math/bits"
)

// octets are eight bytes of a text, looked at at once: most texts are ASCII
// for long stretches in which there is nothing to do.
type octets uint64

const (
	ones  octets = 0x0101010101010101
	highs octets = 0x8080808080808080
)

// octetsAt returns the bytes from i to i+8.
func octetsAt(s string, i int) octets { return octets(binary.LittleEndian.Uint64([]byte(s[i : i+8]))) }

// arePrintable reports whether all of them are ASCII and none is a control
// character.
func (o octets) arePrintable() bool { return (o|(o-' '*ones)|(o+ones))&highs == 0 }

// holdMarkup reports whether one of them is markup, in a text or in the value
// of an attribute.
func (o octets) holdMarkup() bool {
	return o.find('&')|o.find('<')|o.find('>')|o.find('"') != 0
}

// folded returns how many of the first of them are surely printable ASCII with
// no more than single blanks, the last of which stands before another character:
// seven or eight, or else none.
func (o octets) folded() int {
	blanks := o.find(' ')
	if !o.arePrintable() || blanks&(blanks<<8) != 0 {
		return 0
	}
	return 8 - int(blanks>>63)
}

// areASCII reports whether all of them are.
func (o octets) areASCII() bool { return o&highs == 0 }

// countWords returns how many words begin in them, all of which are ASCII, and
// whether they end within one. Letters and digits begin a word, white space ends
// it, and anything else belongs to what is before it.
func (o octets) countWords(within bool) (begin int, still bool) {
	words := o.between('0', '9') | (o|' '*ones).between('a', 'z')
	carry := highs &^ (words | o.between(' ', ' ') | o.between('\t', '\r'))
	before := octets(0)
	if within {
		before = 0x80
	}
	in := words | carry&before
	in |= carry & (in << 8)
	carry &= carry << 8
	in |= carry & (in << 16)
	carry &= carry << 16
	in |= carry & (in << 32)
	return bits.OnesCount64(uint64(words &^ (in<<8 | before))), in>>63 == 1
}

// between marks the bytes from first to last, where all of them are ASCII.
func (o octets) between(first, last byte) octets {
	return (o + octets(0x80-first)*ones) &^ (o + octets(0x7F-last)*ones) & highs
}

// find marks the bytes that are c by their highest bits. Behind one of those it
// may mark others too.
func (o octets) find(c byte) octets {
	o ^= octets(c) * ones
	return (o - ones) &^ o & highs
}
