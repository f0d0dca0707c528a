package publish

import (
	"context"
	"encoding/xml"
	"errors"
	"math"
	"sort"
	"strconv"

	"newsfeed/storage"
)

// ErrGone says that every entry of an archive has been removed.
var ErrGone = errors.New("publish: gone")

const (
	// blockSize is the number of entries of which an archive is made.
	blockSize = 100

	// noArchive is an archive that nobody will live to see.
	noArchive = math.MaxUint64
)

// arrivals is what archives need of a store: see storage.Index.
type arrivals interface {
	Arrivals(ctx context.Context, before uint64, limit int) ([]storage.Arrival, error)
}

// archives finds its way among the blocks of a store. Block n holds the entries
// from number (n-1)*blockSize+1 to n*blockSize. It is complete when the last of
// these numbers has been given, whatever was removed before or since.
type archives struct{ store arrivals }

// archivesOf returns false when the store does not know in which order its
// entries came.
func archivesOf(r storage.Reader) (archives, bool) {
	store, ok := r.(arrivals)
	return archives{store}, ok
}

// last returns the number of the last complete block, 0 when there is none.
func (a archives) last(ctx context.Context) (uint64, error) {
	newest, err := a.below(ctx, 0)
	return newest / blockSize, err
}

// upTo returns the last block that holds an entry and is not after block n; 0
// when there is none.
func (a archives) upTo(ctx context.Context, n uint64) (uint64, error) {
	if n == 0 {
		return 0, nil
	}
	newest, err := a.below(ctx, n*blockSize+1)
	return (newest + blockSize - 1) / blockSize, err
}

// after returns the first block after n that holds an entry and is not after
// last; 0 when there is none.
func (a archives) after(ctx context.Context, n, last uint64) (uint64, error) {
	var failed error
	i := sort.Search(int(last-n), func(i int) bool {
		held, err := a.upTo(ctx, n+1+uint64(i))
		failed = errors.Join(failed, err)
		return held > n
	})
	if next := n + 1 + uint64(i); failed == nil && next <= last {
		return next, nil
	}
	return 0, failed
}

// below returns the number of the newest entry below a number, or of all if
// that is 0; 0 when there is none.
func (a archives) below(ctx context.Context, before uint64) (uint64, error) {
	newest, err := a.store.Arrivals(ctx, before, 1)
	if err != nil || len(newest) == 0 {
		return 0, err
	}
	return newest[0].Number, nil
}

// block returns the entries of block n, the newest first.
func (a archives) block(ctx context.Context, n uint64) ([]storage.Arrival, error) {
	all, err := a.store.Arrivals(ctx, n*blockSize+1, blockSize)
	if err != nil {
		return nil, err
	}
	// Where some were removed, the store goes on with those of earlier blocks.
	own := sort.Search(len(all), func(i int) bool { return all[i].Number <= (n-1)*blockSize })
	return all[:own], nil
}

// neighbours are the archives before and after a document; 0: there is none.
type neighbours struct{ prev, next uint64 }

// archiveNamed returns the archive that goes by this name in its path.
func archiveNamed(name string) Selection {
	n, err := strconv.ParseUint(name, 10, 64)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != name {
		n = noArchive
	}
	return Selection{Archive: n}
}

// relative is a link from one document of a feed to another: RFC 5005, section 4.
type relative struct{ rel, href string }

// relatives are the links from an archive, and from the feed to its archives.
func (d feed) relatives(f Format) []relative {
	var links []relative
	if d.sel.Archive > 0 {
		links = append(links, relative{"current", feed{base: d.base}.url(f)})
	}
	for _, l := range []struct {
		rel     string
		archive uint64
	}{{"prev-archive", d.archives.prev}, {"next-archive", d.archives.next}} {
		if l.archive > 0 {
			links = append(links, relative{l.rel, d.archive(l.archive, f)})
		}
	}
	return links
}

// archive is where an archive of the feed is read.
func (d feed) archive(n uint64, f Format) string {
	return feed{base: d.base, sel: Selection{Archive: n}}.url(f)
}

// isSettled reports whether the feed is an archive to which nothing is added
// any more: the last one is still to be linked with the next.
func (d feed) isSettled() bool { return d.sel.Archive > 0 && d.archives.next > 0 }

// archiveCaching lets caches keep for a day what hardly ever changes.
const archiveCaching = "max-age=86400"

// historyArchive is fh:archive, which says that a document is an archive.
type historyArchive struct {
	XMLName xml.Name `xml:"fh:archive"`
}

func (d feed) historyArchive() *historyArchive {
	if d.sel.Archive == 0 {
		return nil
	}
	return &historyArchive{}
}

// historyNS is the namespace to declare, where it is used.
func (d feed) historyNS() string {
	if d.sel.Archive == 0 {
		return ""
	}
	return "http://purl.org/syndication/history/1.0"
}
