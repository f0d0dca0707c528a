package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
)

// numbers is a set of numbers of sources, 4 bytes each, in order.
type numbers []byte

func numbersOf(list []uint32) numbers {
	slices.Sort(list)
	set := numbers{}
	for _, n := range list {
		set = binary.BigEndian.AppendUint32(set, n)
	}
	return set
}

func (s numbers) has(number uint32) bool {
	n := len(s) / 4
	at := func(i int) uint32 { return binary.BigEndian.Uint32(s[4*i:]) }
	i := sort.Search(n, func(i int) bool { return at(i) >= number })
	return i < n && at(i) == number
}

// numbered returns the numbers of those of the sources that there are.
func (t *tx) numbered(ids []string) (numbers, error) {
	var list []uint32
	for _, id := range ids {
		v := t.sources.Get([]byte(id))
		if v == nil {
			continue
		}
		var src source
		if err := decode(t.packer, v, sourceFields, &src); err != nil {
			return nil, fmt.Errorf("read source %s: %w", id, err)
		}
		list = append(list, src.number)
	}
	return numbersOf(list), nil
}
