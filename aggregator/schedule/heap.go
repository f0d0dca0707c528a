package schedule

import "container/heap"

// node is what a tree holds: it is ordered, and knows its place.
type node[T any] interface {
	before(T) bool
	moved(place int)
}

// tree is a heap.Interface.
type tree[T node[T]] []T

func (t tree[T]) Len() int           { return len(t) }
func (t tree[T]) Less(i, j int) bool { return t[i].before(t[j]) }

func (t tree[T]) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].moved(i)
	t[j].moved(j)
}

func (t *tree[T]) Push(x any) {
	n := x.(T)
	n.moved(len(*t))
	*t = append(*t, n)
}

func (t *tree[T]) Pop() any {
	old := *t
	last := old[len(old)-1]
	var none T
	old[len(old)-1] = none
	*t = old[:len(old)-1]
	return last
}

func (t *tree[T]) add(n T)          { heap.Push(t, n) }
func (t *tree[T]) remove(place int) { heap.Remove(t, place) }
