//go:build !linux

package watch

// unseen is not known on other systems.
func unseen(chain) string { return "" }
