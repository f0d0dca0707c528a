package publish

import (
	"strings"
	"testing"
	"time"
)

func TestWhatDidNotChangeIsNotCompressedAgain(t *testing.T) {
	body := strings.Repeat("news ", 1000)
	first, err := newPacker().pack([]byte(body), "text/plain", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	again, err := newPacker(nil, &page{Rendering: first}).pack([]byte(body), "text/plain", time.Unix(2, 0))
	if err != nil {
		t.Fatal(err)
	}
	for c, coded := range again.coded {
		if &coded[0] != &first.coded[c][0] {
			t.Errorf("%s was made again", codingNames[c])
		}
	}
	if !again.LastModified.Equal(time.Unix(2, 0)) {
		t.Errorf("modified at %s", again.LastModified)
	}
}
