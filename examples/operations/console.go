package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/examples/operations/settings"
)

// A console answers an operator. What changes is shown by the relay's own log, so an
// answer only says how it ended.
type console struct {
	live   *settings.Live
	screen *screen
}

// A command is one thing that an operator may ask for.
type command struct {
	name, args, help string
	do               func(c *console, ctx context.Context, args []string) (answer string, err error)
}

var errUsage = errors.New("usage")

// greet says where things stand.
func (c *console) greet() {
	s := c.live.Manager().Status()
	c.screen.print(fmt.Sprintf("revision %d is in force, the environment is %s; help lists what may be asked", s.Revision.ID, s.Environment))
}

// do carries out one line and reports whether there may be more.
func (c *console) do(ctx context.Context, line string) (more bool) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return true
	}
	if words[0] == "quit" || words[0] == "exit" {
		return false
	}
	for _, cmd := range commands() {
		if cmd.name != words[0] {
			continue
		}
		c.screen.asked()
		answer, err := cmd.do(c, ctx, words[1:])
		switch {
		case errors.Is(err, errUsage):
			c.screen.print(strings.TrimSpace("usage: " + cmd.name + " " + cmd.args))
		case err != nil:
			c.screen.print("no: " + err.Error())
		default:
			c.screen.print(strings.TrimRight(answer, "\n"))
		}
		return true
	}
	c.screen.print(fmt.Sprintf("there is no command %s; help lists them", words[0]))
	return true
}
