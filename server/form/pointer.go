package form

import (
	"strconv"
	"strings"
)

// join adds one step to an RFC 6901 pointer.
func join(pointer, step string) string {
	if strings.ContainsAny(step, "~/") {
		step = strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	}
	return pointer + "/" + step
}

// tokens are the unescaped steps of a pointer.
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	all := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, s := range all {
		if strings.Contains(s, "~") {
			all[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
		}
	}
	return all
}

// parent is the pointer without its last step.
func parent(pointer string) string { return pointer[:max(strings.LastIndexByte(pointer, '/'), 0)] }

// index reads the position of an item as pointers write it: decimal, without
// leading zeros.
func index(step string) (int, bool) {
	n, err := strconv.Atoi(step)
	return n, err == nil && n >= 0 && n <= 999_999 && strconv.Itoa(n) == step
}
