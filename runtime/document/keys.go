package document

import (
	"hash/maphash"
	"strconv"
)

// fewKeys is the size up to which a linear search is as fast as a table.
const fewKeys = 8

// A keyTable finds keys among the members of a large object in constant time. It is a
// hash table with linear probing.
type keyTable struct {
	seed  maphash.Seed
	slots []uint32 // the index of a member plus 1; 0: free
	used  int      // members in the table
}

// find returns the index of key among members, or -1. It first adds those members that
// the table lacks, the last ones.
func (t *keyTable) find(members []Member, key string) int {
	for ; t.used < len(members); t.used++ {
		t.reserve(members)
		t.slots[t.slot(members, members[t.used].Key())] = uint32(t.used) + 1
	}
	return int(t.slots[t.slot(members, key)]) - 1
}

// slot returns the slot of key, or the free one where it belongs.
func (t *keyTable) slot(members []Member, key string) int {
	mask := len(t.slots) - 1
	at := int(maphash.String(t.seed, key)) & mask
	for t.slots[at] != 0 && members[t.slots[at]-1].Key() != key {
		at = (at + 1) & mask
	}
	return at
}

// reserve keeps at least half of the slots free.
func (t *keyTable) reserve(members []Member) {
	if 2*(t.used+1) <= len(t.slots) {
		return
	}
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
	}
	t.slots = make([]uint32, max(4*fewKeys, 2*len(t.slots)))
	for i := range t.used {
		t.slots[t.slot(members, members[i].Key())] = uint32(i) + 1
	}
}

// A keyIndex finds keys among members while they are collected.
type keyIndex struct {
	table    *keyTable // nil for few keys
	reported map[string]bool
}

// find returns the index of key among members, or -1.
func (x *keyIndex) find(members []Member, key string) int {
	if len(members) <= fewKeys {
		return findFew(members, key)
	}
	if x.table == nil {
		x.table = &keyTable{}
	}
	return x.table.find(members, key)
}

func findFew(members []Member, key string) int {
	for i := range members {
		if members[i].Key() == key {
			return i
		}
	}
	return -1
}

// complete returns the table for members, or nil if they are few. The members may be
// found concurrently from then on.
func (x *keyIndex) complete(members []Member) *keyTable {
	if len(members) <= fewKeys {
		return nil
	}
	x.find(members, "")
	return x.table
}

// duplicate reports a second key at pos, once per key.
func (x *keyIndex) duplicate(r *report, t *trail, first Member, pos Position) {
	key := first.Key()
	if x.reported[key] {
		return
	}
	if x.reported == nil {
		x.reported = map[string]bool{}
	}
	x.reported[key] = true
	t.enterKey(key)
	r.add(Finding{
		Pos:     pos,
		Path:    t.path(),
		Message: "duplicate key " + Quote(key) + ", first written on line " + strconv.Itoa(first.Pos().Line),
		Hint:    "remove or rename one of them",
	})
	t.leave()
}
