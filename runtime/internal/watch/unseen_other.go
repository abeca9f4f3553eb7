//go:build !linux

package watch

// unseen returns "", because the reason is not known on other systems.
func unseen(chain) string { return "" }
