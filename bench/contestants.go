package main

// A contestant opens an input.
type contestant struct {
	name string
	load func(in input) error // once, without following
	open func(in input) (session, error)
}

// A session is a configuration in use.
type session struct {
	reload func() error          // reads the file again and puts it into force
	read   func() int            // the value that changes
	set    func(value int) error // changes it in memory and notifies listeners
	listen func(n int, called func())
	close  func()
}

// The others are compared with the first.
var contestants = []contestant{
	{"hotbind", loadHotbind, openHotbind},
	{"hand-written", loadHand, openHand},
	{"viper + schema", loadViper, openViper},
	{"koanf + schema", loadKoanf, openKoanf},
}
