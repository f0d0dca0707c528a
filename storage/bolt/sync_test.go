package bolt

import (
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

func TestF01_SyncsAlways(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "newsfeed.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if s.db().NoSync || s.db().NoGrowSync || s.db().NoFreelistSync {
		t.Errorf("no sync: of commits %v, of growth %v, of the freelist %v",
			s.db().NoSync, s.db().NoGrowSync, s.db().NoFreelistSync)
	}
	if s.db().FreelistType != bbolt.FreelistMapType { // F02
		t.Errorf("freelist type %s", s.db().FreelistType)
	}
}
